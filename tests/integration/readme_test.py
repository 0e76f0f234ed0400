# SPDX-License-Identifier: Apache-2.0
"""What the README shows is what the program prints."""
import os
import re
import shlex
import tempfile
import unittest

import program
import tap


def commands(text):
    """The console blocks: (command line, expected lines)."""
    for block in re.findall(r"^ *```console\n(.*?)^ *```", text, re.S | re.M):
        lines = [line.strip("\n") for line in block.splitlines()]
        indent = len(lines[0]) - len(lines[0].lstrip())
        found = []
        for line in (line[indent:] for line in lines):
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
        yield from found


def matches(expected, actual):
    """A line `...` stands for any lines."""
    if not expected:
        return not actual
    if expected[0] == "...":
        return any(matches(expected[1:], actual[i:]) for i in range(len(actual) + 1))
    return bool(actual) and actual[0] == expected[0] and matches(expected[1:], actual[1:])


class ReadmeTest(unittest.TestCase):
    def setUp(self):
        with open(os.path.join(program.ROOT, "README.md"), encoding="utf-8") as file:
            self.text = file.read()

    def test_README_shows_the_real_output(self):
        shown = list(commands(self.text))
        self.assertGreaterEqual(len(shown), 4)
        for line, expected in shown:
            with self.subTest(line), tempfile.TemporaryDirectory() as top:
                os.symlink(os.path.join(program.ROOT, "examples"), os.path.join(top, "examples"))
                words = shlex.split(line)
                self.assertEqual(words[0], "samzak8s")
                run = program.Run(words[1:], cwd=top)
                actual = (run.out + run.err).decode().splitlines()
                self.assertTrue(matches(expected, actual), "\n".join(actual[:40]))

    def test_README_shows_the_example_grouper(self):
        shown = re.search(r"^```lua\n(.*?)^```", self.text, re.S | re.M).group(1)
        path = os.path.join(program.ROOT, "examples", "policies", "one-task-each", "one-task-each.lua")
        with open(path, encoding="utf-8") as file:
            self.assertTrue(file.read().endswith(shown))

    def test_README_links_lead_somewhere(self):
        for target in re.findall(r"\]\(([^)#:]+)\)", self.text):
            with self.subTest(target):
                self.assertTrue(os.path.exists(os.path.join(program.ROOT, target)), target)


if __name__ == "__main__":
    tap.main()
