# SPDX-License-Identifier: Apache-2.0
"""Runs unittest suites and prints TAP.  At the end of a file that also runs alone: `if __name__ == "__main__": tap.main()`."""
import sys
import time
import traceback
import unittest


class Result(unittest.TestResult):
    """again(test): may this test be tried a second time, alone, before it counts as failed?"""

    def __init__(self, again=lambda test: False):
        super().__init__()
        self.number, self.again = 0, again
        self.later, self.tried = [], []

    def deferred(self, test):
        test = getattr(test, "test_case", test)
        if test in self.tried or not self.again(test):
            return False
        if test not in self.later:
            self.later.append(test)
        return True

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
        if self.deferred(test):
            return
        super().addError(test, err)
        self.report(test, False, details="".join(traceback.format_exception(*err)))

    def addFailure(self, test, err):
        if self.deferred(test):
            return
        super().addFailure(test, err)
        self.report(test, False, details="".join(traceback.format_exception(*err)))

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.report(test, True, " # SKIP " + reason)

    def addSubTest(self, test, subtest, err):
        if err is not None and not self.deferred(subtest):
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


def run(suite, again=lambda test: False):
    """-> exit status"""
    result = Result(again)
    suite.run(result)
    for test in result.later:
        print("# failed among others; a second try, alone: " + name(test), flush=True)
        result.tried.append(test)
        test.run(result)
    print("1..%d" % result.number, flush=True)
    return 0 if result.wasSuccessful() else 1


def main():
    sys.exit(run(unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])))
