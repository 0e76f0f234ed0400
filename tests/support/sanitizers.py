# SPDX-License-Identifier: Apache-2.0
"""Bindings that were built with sanitizers, in a Lua that was not."""
import functools
import os
import re
import subprocess


@functools.lru_cache(None)
def preload(binding):
    """-> LD_PRELOAD for a program that loads the binding: the sanitizer's library and, as what only their own variables hold
    would seem lost once they are unloaded, the libraries that must outlive it.  Empty without sanitizers."""
    if "LIBASAN" not in os.environ:
        return ""
    linked = subprocess.run(["ldd", binding], capture_output=True, text=True).stdout
    return " ".join([os.environ["LIBASAN"], *re.findall(r"=> (\S*/lib(?:rdkafka|zookeeper_mt|crypto)\.so\S*)", linked)])
