# SPDX-License-Identifier: Apache-2.0
"""Runs unittest suites and prints TAP.  At the end of a file that also runs alone: `if __name__ == "__main__": tap.main()`."""
import sys
import time
import traceback
import unittest


class Result(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.number = 0

    def startTest(self, test):
        super().startTest(test)
        self.begin = time.monotonic()

    def report(self, test, ok, note="", details=""):
        self.number += 1
        lines = ["%s %d - %s%s" % ("ok" if ok else "not ok", self.number, name(test), note)]
        lines += ["# %.1f s" % (time.monotonic() - self.begin)] if time.monotonic() - self.begin > 1 else []
        lines += ["# " + line for line in details.splitlines()]
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()

    def addSuccess(self, test):
        self.report(test, True)

    def addError(self, test, err):
        super().addError(test, err)
        self.report(test, False, details="".join(traceback.format_exception(*err)))

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.report(test, False, details="".join(traceback.format_exception(*err)))

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.report(test, True, " # SKIP " + reason)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            super().addSubTest(test, subtest, err)
            self.report(subtest, False, details="".join(traceback.format_exception(*err)))


def name(test):
    """A test's name as a sentence: its method without `test_`, blanks for underscores."""
    subtest = getattr(test, "_subDescription", None)
    base = getattr(test, "test_case", test)
    method = getattr(base, "_testMethodName", None)
    if method is None:
        return str(test)
    words = base.sentence if hasattr(base, "sentence") else method[5:].replace("_", " ")
    return words + (" " + subtest() if subtest else "")


def run(suite):
    """-> exit status"""
    result = Result()
    suite.run(result)
    print("1..%d" % result.number, flush=True)
    return 0 if result.wasSuccessful() else 1


def main():
    sys.exit(run(unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])))
