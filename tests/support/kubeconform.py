#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kubeconform, a validator of Kubernetes manifests, built once by Go into the tests' cache.

`python3 tests/support/kubeconform.py` builds ahead of time.  Go 1.19 or newer is enough.
"""
import fcntl
import os
import subprocess

import jars

VERSION = "v0.6.0"      # the last that Go 1.19 builds
PACKAGE = "github.com/yannh/kubeconform/cmd/kubeconform@" + VERSION
SCHEMAS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "k8s-schemas")
WITHOUT_SCHEMA = "Kustomization,CronJob"


def path():
    return os.path.join(jars.cache(), "kubeconform-" + VERSION, "kubeconform")


def fetch():
    """-> path of the program"""
    folder = os.path.dirname(path())
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(path()):
            done = subprocess.run(["go", "install", PACKAGE], cwd=folder, env={**os.environ, "GOBIN": folder, "GOFLAGS": "-modcacherw"},
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if done.returncode != 0:
                raise RuntimeError("go could not build %s:\n%s" % (PACKAGE, done.stdout.decode("utf-8", "replace")))
    return path()


def releases():
    return sorted(name[1:] for name in os.listdir(SCHEMAS) if name.startswith("v"))


def validate(release, files):
    """-> exit status, what kubeconform said of those that are not valid"""
    location = os.path.join(SCHEMAS, "{{ .NormalizedKubernetesVersion }}", "{{ .ResourceKind }}{{ .KindSuffix }}.json")
    done = subprocess.run([fetch(), "-strict", "-n", "1", "-skip", WITHOUT_SCHEMA, "-kubernetes-version", release,
                           "-schema-location", location, *files], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    return done.returncode, done.stdout.decode("utf-8", "replace")


if __name__ == "__main__":
    print(fetch())
