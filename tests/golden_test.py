#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""golden_test.py [--repl] [--update] [NAME...]: compare what the program prints with what it printed when last reviewed.

A case is a directory tests/golden/NAME/ with `cmd` (the arguments, quoted as for a shell) and input files; it runs in a
copy of that directory.  Expected: `out`, `err` (missing: empty), `code` (missing: 0) and, for files the program
writes, `files/NAME`.  With --repl a case is tests/repl/NAME.cmd, NAME.in goes to standard input, and NAME.out, NAME.err and
NAME.code are expected; the case runs in a copy of tests/repl, whose other files all cases share.
`env` (NAME.env) holds K=V lines for the environment.
Each case runs twice, in the locales C and C.UTF-8, and must give the same bytes.  --update rewrites what is expected.
"""
import concurrent.futures
import difflib
import os
import re
import shlex
import shutil
import sys
import tempfile

TESTS = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(TESTS, "support"))
import program  # noqa: E402

OURS = ("cmd", "env", "in", "out", "err", "code", "files")


class Case:
    """Where a case's files are: DIRECTORY + PREFIX + one of OURS."""

    def __init__(self, name, directory, prefix):
        self.name, self.directory, self.prefix = name, directory, prefix

    def path(self, part):
        return os.path.join(self.directory, self.prefix + part)

    def read(self, part):
        try:
            with open(self.path(part), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def expected(self):
        found = {"out": self.read("out") or b"", "err": self.read("err") or b"",
                 "code": (self.read("code") or b"0").strip()}
        folder = self.path("files")
        if os.path.isdir(folder):
            for name, data in contents(folder).items():
                found["files/" + name] = data
        return found

    def run(self, locale):
        """-> what `expected` returns, from a fresh process in a fresh copy"""
        with tempfile.TemporaryDirectory(prefix="samzak8s-golden-") as top:
            work = os.path.join(top, "case")
            ignore = shutil.ignore_patterns(*(["*." + x for x in OURS] if self.prefix else OURS))
            shutil.copytree(self.directory, work, symlinks=True, ignore=ignore)
            before = contents(work)
            env = {"LC_ALL": locale, "HOME": top}
            for line in (self.read("env") or b"").decode().splitlines():
                key, value = line.split("=", 1)
                env[key] = value
            done = program.Run(shlex.split(self.read("cmd").decode()), cwd=work, env=env, stdin=self.read("in") or b"")
            found = {"out": anonymous(done.out), "err": done.err, "code": str(done.code).encode()}
            for name, data in contents(work).items():
                if before.get(name) != data:
                    found["files/" + name] = anonymous(data)
            return found

    def update(self, found):
        shutil.rmtree(self.path("files"), ignore_errors=True)
        for part in ("out", "err", "code"):
            if os.path.exists(self.path(part)):
                os.remove(self.path(part))
        for part, data in found.items():
            if data in (b"", b"0") and not part.startswith("files/"):
                continue
            os.makedirs(os.path.dirname(self.path(part)), exist_ok=True)
            with open(self.path(part), "wb") as file:
                file.write(data + b"\n" if part == "code" else data)


def anonymous(data):
    """-> data with the annotation that names this build's version made the same for every build"""
    return re.sub(rb'(samzak8s\.io/tool-version: )"[^"]*"', rb'\1"VERSION"', data)


def contents(folder):
    """-> { path below folder: bytes } of the regular files"""
    found = {}
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(at, name)
            if os.path.isfile(path) and os.access(path, os.R_OK):
                with open(path, "rb") as file:
                    found[os.path.relpath(path, folder)] = file.read()
    return found


def differences(expected, found, title):
    """-> lines, none when all is equal"""
    lines = []
    for part in sorted(expected.keys() | found.keys()):
        a, b = expected.get(part), found.get(part)
        if a == b:
            continue
        if a is None or b is None:
            lines.append("%s: %s is %s" % (title, part, "new" if a is None else "missing"))
            continue
        text = [x.decode("utf-8", "backslashreplace").splitlines(keepends=True) for x in (a, b)]
        lines += ["%s: %s differs" % (title, part)]
        lines += [x.rstrip("\n") for x in difflib.unified_diff(*text, "expected", "found")]
    return lines


def check(case, update):
    """-> lines that say what is wrong"""
    first, second = case.run("C"), case.run("C.UTF-8")
    problems = differences(first, second, "two runs, in C and in C.UTF-8")
    if update and not problems:
        case.update(first)
    return problems + differences(case.expected(), first, "against the reviewed result")


def cases(repl):
    if repl:
        folder = os.path.join(TESTS, "repl")
        names = sorted(x[:-4] for x in os.listdir(folder) if x.endswith(".cmd"))
        return [Case(name, folder, name + ".") for name in names]
    folder = os.path.join(TESTS, "golden")
    return [Case(name, os.path.join(folder, name), "") for name in sorted(os.listdir(folder))
            if os.path.exists(os.path.join(folder, name, "cmd"))]


def main():
    options = [x for x in sys.argv[1:] if x.startswith("--")]
    wanted = [x for x in sys.argv[1:] if not x.startswith("--")]
    chosen = [x for x in cases("--repl" in options) if not wanted or x.name in wanted]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        done = pool.map(lambda case: check(case, "--update" in options), chosen)
        for number, (case, problems) in enumerate(zip(chosen, done), 1):
            print("%s %d - %s" % ("not ok" if problems else "ok", number, case.name.replace("-", " ")))
            print("".join("# %s\n" % line for line in problems), end="", flush=True)
            failed += bool(problems)
    print("1..%d" % len(chosen))
    sys.exit(1 if failed else 0)


main()
