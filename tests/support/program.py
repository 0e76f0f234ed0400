# SPDX-License-Identifier: Apache-2.0
"""Runs the program under test."""
import os
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.join(ROOT, os.environ.get("BUILD", "build"), "samzak8s")


class Run:
    """One finished run: out and err (bytes), code, seconds."""

    def __init__(self, arguments, cwd=None, env=None, stdin=b"", limit=60):
        begin = time.monotonic()
        try:
            done = subprocess.run([PROGRAM, *arguments], cwd=cwd, env=environment(env), input=stdin,
                                  capture_output=True, timeout=limit)
            self.out, self.err, self.code = done.stdout, done.stderr, done.returncode
        except subprocess.TimeoutExpired as late:
            self.out, self.err, self.code = late.stdout or b"", late.stderr or b"", None
        self.seconds = time.monotonic() - begin

    @property
    def messages(self):
        return self.err.decode("utf-8", "replace")


def environment(extra=None):
    """A fixed environment: nothing of the user's settings reaches the program, sanitizer options do."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "TMPDIR") or k.endswith("SAN_OPTIONS")}
    return {"HOME": "/nonexistent", "LC_ALL": "C", **kept, **(extra or {})}
