# SPDX-License-Identifier: Apache-2.0
"""The REPL at a terminal: editing, completion, Ctrl-C, history."""
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import stat
import struct
import tempfile
import termios
import time
import unittest

import program
import tap

PROPERTIES = """job.name=page-views
task.inputs=kafka.page-views
systems.kafka.samza.factory=org.apache.samza.system.kafka.KafkaSystemFactory
kubernetes.samza.version=0.9.1
kubernetes.container.image=example.org/job:1
sensitive.token=hunter2hunter2
"""
SNAPSHOT = '{"systems":{"kafka":{"topics":{"page-views":4,"orders":2}}}}'
PROMPT = "samzak8s page-views (snapshot)> "
MORE = "..." + " " * (len(PROMPT) - 5) + "> "
LIMIT = 20


class Terminal:
    """The program in a terminal of 120 columns; `text` is all it printed, without escape sequences."""

    def __init__(self, folder, *arguments, out=None, **env):
        self.text = ""
        self.seen = 0
        self.code = None
        self.child, self.fd = pty.fork()
        if self.child == 0:
            os.chdir(folder)
            if out:
                os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT), 1)
            environment = program.environment({"HOME": folder, "TERM": "xterm", "LC_ALL": "C.UTF-8", **env})
            os.execve(program.PROGRAM, [program.PROGRAM, "repl", "job.properties", "--partitions", "snapshot.json",
                                        *arguments], environment)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def read(self, seconds):
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:     # the program has ended
            data = b""
        plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", data.decode("utf-8", "replace"))
        self.text += plain.replace("\r", "")
        return bool(data)

    def wait(self, text):
        """Read until `text` comes behind what was waited for before; -> what came, `text` included."""
        end = time.monotonic() + LIMIT
        while text not in self.text[self.seen:]:
            if time.monotonic() > end or not self.read(end - time.monotonic()) and text not in self.text[self.seen:]:
                raise AssertionError("waited for %r, got %r" % (text, self.text[self.seen:]))
        start = self.seen
        self.seen = self.text.index(text, start) + len(text)
        return self.text[start:self.seen]

    def send(self, text):
        os.write(self.fd, text.encode())

    def run(self, text, prompt=PROMPT):
        """Type a line; -> what comes before the next prompt."""
        self.send(text + "\n")
        return self.wait(prompt)

    def end(self):
        """-> exit code"""
        limit = time.monotonic() + LIMIT
        while time.monotonic() < limit:
            while self.read(0.02):
                pass
            done, status = os.waitpid(self.child, os.WNOHANG)
            if done:
                os.close(self.fd)
                self.child = 0
                return os.waitstatus_to_exitcode(status)
        raise AssertionError("the program does not end; it printed %r" % self.text[self.seen:])

    def kill(self):
        if self.child:
            os.kill(self.child, signal.SIGKILL)
            os.waitpid(self.child, 0)
            os.close(self.fd)


class Pty(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="samzak8s-pty-")
        self.addCleanup(shutil.rmtree, self.folder)
        for name, text in (("job.properties", PROPERTIES), ("snapshot.json", SNAPSHOT)):
            with open(os.path.join(self.folder, name), "w") as file:
                file.write(text)
        self.history = os.path.join(self.folder, "state/samzak8s/history")

    def open(self, *arguments, **env):
        env.setdefault("XDG_STATE_HOME", os.path.join(self.folder, "state"))
        terminal = Terminal(self.folder, *arguments, **env)
        self.addCleanup(terminal.kill)
        terminal.wait(PROMPT)
        return terminal

    def kept(self):
        with open(self.history) as file:
            return file.read()

    def test_opens_with_a_banner_and_a_prompt_that_says_where_it_stands(self):
        terminal = self.open()
        self.assertRegex(terminal.text, r"^samzak8s \S+, Lua 5\.4\. \\help lists")
        terminal.send("\x04")
        self.assertEqual(terminal.end(), 0)

    def test_prints_values_and_goes_on_after_an_error(self):
        terminal = self.open()
        self.assertIn("\n4\n", terminal.run("#partitions"))
        self.assertIn("samzak8s: error: stdin:1: unknown name 'partitons' (did you mean 'partitions'?)",
                      terminal.run("partitons"))
        self.assertIn('\n"page-views"\n', terminal.run('config["job.name"]'))
        terminal.send("\\quit\n")
        self.assertEqual(terminal.end(), 0)

    def test_completes_with_TAB(self):
        terminal = self.open()
        terminal.send("#parti\t")
        terminal.wait("#partitions")
        self.assertIn("\n4\n", terminal.run(""))
        terminal.send("x = con\t")
        self.assertIn("config      containers\n" + PROMPT, terminal.wait("x = con") + terminal.wait("x = con"))
        self.assertIn("\n4\n", terminal.run("fig print(4)"))

    def test_shows_the_signature_on_TAB_behind_a_parenthesis(self):
        terminal = self.open()
        terminal.send("where(\t")
        terminal.wait("where(stream, [partition]) -> {stream, partition, task, container}\n")
        terminal.wait("where(")

    def test_keeps_a_pasted_TAB(self):
        terminal = self.open()
        self.assertIn("\n3\n", terminal.run('#"a\tb"'))
        terminal.run('s = "x\ty"')
        self.assertIn('"x\\ty"', terminal.run("s"))

    def test_takes_statements_of_several_lines_as_one_history_entry(self):
        terminal = self.open()
        terminal.run("for i = 1, 2 do", MORE)
        terminal.run("\tprint(i * 11)", MORE)
        self.assertIn("\n11\n22\n", terminal.run("end"))
        self.assertEqual(self.kept(), "for i = 1, 2 do\\n\tprint(i * 11)\\nend\n")
        terminal.send("\x1b[A")
        terminal.wait("for i = 1, 2 do")
        terminal.wait("end")
        self.assertIn("\n11\n22\n", terminal.run(""))

    def test_returns_to_the_prompt_on_Ctrl_C_while_typing(self):
        terminal = self.open()
        terminal.send("half a line")
        terminal.wait("half a line")
        terminal.send("\x03")
        terminal.wait("^C\n" + PROMPT)
        self.assertIn("\n2\n", terminal.run("1 + 1"))
        terminal.run("for i = 1, 2 do", MORE)
        terminal.send("\x03")
        terminal.wait("^C\n" + PROMPT)
        self.assertIn("\n3\n", terminal.run("1 + 2"))

    def test_stops_a_loop_on_Ctrl_C(self):
        terminal = self.open()
        for _ in range(2):
            terminal.send('print("begun"); while true do end\n')
            terminal.wait("\nbegun\n")
            terminal.send("\x03")
            terminal.wait("samzak8s: error: interrupted\n")
            terminal.wait(PROMPT)
        self.assertIn("\n2\n", terminal.run("1 + 1"))

    def test_dies_of_a_second_Ctrl_C_where_Lua_cannot_stop(self):
        terminal = self.open()
        terminal.send('print("begun"); return ("a"):rep(40):find(("a*"):rep(40) .. "b")\n')
        terminal.wait("\nbegun\n")
        time.sleep(0.2)
        terminal.send("\x03")
        time.sleep(0.2)
        terminal.send("\x03")
        self.assertEqual(terminal.end(), -signal.SIGINT)

    def test_keeps_history_private_and_for_the_next_session(self):
        terminal = self.open()
        terminal.run("first = 1")
        terminal.run("second = 2")
        terminal.send("\x04")
        self.assertEqual(terminal.end(), 0)
        self.assertEqual(stat.S_IMODE(os.stat(self.history).st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(os.path.dirname(self.history)).st_mode), 0o700)
        terminal = self.open()
        terminal.send("\x1b[A\x1b[A")
        terminal.wait("first = 1")
        terminal.run("")
        terminal.send("\x12sec")
        terminal.wait("second = 2")

    def test_cuts_a_long_history_to_its_newest_entries(self):
        os.makedirs(os.path.dirname(self.history))
        with open(self.history, "w") as file:
            file.write("".join("x = %d\n" % i for i in range(2001)))
        os.chmod(self.history, 0o644)
        terminal = self.open()
        terminal.send("\x1b[A")
        terminal.wait("x = 2000")
        self.assertEqual(self.kept(), "".join("x = %d\n" % i for i in range(1001, 2001)))
        self.assertEqual(stat.S_IMODE(os.stat(self.history).st_mode), 0o600)

    def test_recalls_backslashes_and_newlines_as_they_were_typed(self):
        statement = 'print("a\\nb", "\\\\n")'
        terminal = self.open()
        first = terminal.run(statement)
        terminal.send("\x04")
        self.assertEqual(terminal.end(), 0)
        terminal = self.open()
        terminal.send("\x1b[A")
        terminal.wait(statement)
        self.assertEqual(terminal.run(""), first[len(statement):])
        self.assertEqual(self.kept().count("\n"), 2)

    def test_writes_no_secret_into_the_history(self):
        terminal = self.open()
        self.assertIn('"********"', terminal.run('config["sensitive.token"]'))
        terminal.run('x = "hunter2hunter2"')
        terminal.run("y = 1")
        self.assertEqual(self.kept(), "y = 1\n")
        self.assertNotIn("hunter2", re.sub(r'x = "hunter2hunter2"', "", terminal.text))

    def test_has_no_history_when_told_so(self):
        for path in ("", "/dev/null"):
            terminal = self.open(SAMZAK8S_HISTFILE=path)
            terminal.run("y = 1")
            terminal.send("\x04")
            self.assertEqual(terminal.end(), 0)
        self.assertFalse(os.path.exists(self.history))
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))

    def test_says_once_that_the_history_cannot_be_written(self):
        terminal = self.open(SAMZAK8S_HISTFILE="job.properties/history")
        self.assertIn("job.properties/history: the history cannot be written: Not a directory", terminal.run("y = 1"))
        self.assertNotIn("history", terminal.run("y = 2"))

    def test_opens_on_a_job_that_is_broken_and_says_why(self):
        with open(os.path.join(self.folder, "job.properties"), "w") as file:
            file.write("kubernetes.pod.cuont=4\n")
        terminal = Terminal(self.folder, XDG_STATE_HOME=os.path.join(self.folder, "state"))
        self.addCleanup(terminal.kill)
        terminal.wait("samzak8s: error: job.properties:1: kubernetes.pod.cuont: unknown property")
        terminal.wait("samzak8s (snapshot)> ")
        self.assertNotIn("unknown property", terminal.run("1", "samzak8s (snapshot)> "))
        self.assertIn("config.unknown-key", terminal.run("_err.code", "samzak8s (snapshot)> "))

    def test_ends_on_a_Ctrl_D_that_was_typed_ahead(self):
        terminal = self.open()
        terminal.send('print("begun"); local t = os.clock(); while os.clock() < t + 0.3 do end\n')
        terminal.wait("\nbegun\n")
        terminal.send("\x04")
        self.assertEqual(terminal.end(), 0)

    def test_keeps_prompt_and_echo_out_of_a_redirected_output(self):
        terminal = self.open(out="out")
        terminal.run("#partitions")
        terminal.send("yaml({ a = 1 })\n\x04")
        self.assertEqual(terminal.end(), 0)
        with open(os.path.join(self.folder, "out")) as file:
            self.assertEqual(file.read(), "4\n---\na: 1\n")

    def test_reads_wide_characters(self):
        terminal = self.open()
        self.assertIn("\n6 7\n", terminal.run('print(utf8.len("grüße!") .. " " .. utf8.len("日本語grüß"))'))


if __name__ == "__main__":
    tap.main()
