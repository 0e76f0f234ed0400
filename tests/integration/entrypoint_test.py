# SPDX-License-Identifier: Apache-2.0
"""examples/image/entrypoint.sh under every shell that is here, with a script in place of Samza's."""
import os
import shutil
import signal
import subprocess
import tempfile
import unittest

import program

ENTRYPOINT = os.path.join(program.ROOT, "examples", "image", "entrypoint.sh")
SHELLS = [x for x in (["dash"], ["bash"], ["bash", "--posix"], ["busybox", "sh"], ["sh"]) if shutil.which(x[0])]
# what an unquoted echo would spoil
MODEL = '-n {"a":"two  blanks * ? [a-z] \\n \\\\ \\c $(HOME) ${HOME} $$ `id` %s %d \' \t é"}\n\n'
RUN = """#!/bin/sh
echo "pid $$"
echo "url $SAMZA_COORDINATOR_URL"
echo "log $SAMZA_LOG_DIR"
echo "opts ${JAVA_OPTS-unset}"
echo "model ${SAMZA_JOB_CONFIG-unset}"
echo "arguments $*"
pwd
"""
JAVA = """#!/bin/sh
[ "$1" = -XX:+PrintGCDateStamps ] && exit %d
"""


class EntrypointTest(unittest.TestCase):
    def setUp(self):
        self.home = os.path.realpath(tempfile.mkdtemp(prefix="samzak8s-entrypoint-"))
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        for folder in ("bin", "lib", "java8/bin", "java17/bin"):
            os.makedirs(os.path.join(self.home, folder))
        self.script("bin/run-container.sh", RUN)
        self.script("java8/bin/java", JAVA % 0)
        self.script("java17/bin/java", JAVA % 1)

    def script(self, name, text):
        path = os.path.join(self.home, name)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, 0o755)

    def start(self, shell, *arguments, **env):
        env = {"PATH": os.environ["PATH"], "SAMZA_HOME": self.home, "SAMZA_CONTAINER_ID": "0",
               "JAVA_HOME": self.home + "/java8", **{k: v for k, v in env.items() if v is not None}}
        env = {k: v for k, v in env.items() if v != "-"}
        return subprocess.Popen([*shell, ENTRYPOINT, *arguments], env=env, cwd="/", text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run_with(self, shell, *arguments, **env):
        child = self.start(shell, *arguments, **env)
        out, err = child.communicate(timeout=20)
        return child.returncode, out.splitlines(), err, child.pid

    def each(self):
        for shell in SHELLS:
            with self.subTest(shell=" ".join(shell)):
                yield shell

    def test_the_model_arrives_byte_for_byte(self):
        for shell in self.each():
            code, out, err, pid = self.run_with(shell, SAMZA_JOB_CONFIG=MODEL)
            self.assertEqual((code, err), (0, ""))
            path = self.home + "/job-model.json"
            self.assertEqual(out, ["pid %d" % pid, "url file://" + path, "log %s/log" % self.home, "opts unset",
                                   "model unset", "arguments ", self.home])
            with open(path, newline="") as file:
                self.assertEqual(file.read(), MODEL)
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)

    def test_the_largest_variable_that_linux_takes(self):
        for shell in self.each():
            code, out, err, _ = self.run_with(shell, SAMZA_JOB_CONFIG="x" * (131071 - len("SAMZA_JOB_CONFIG=")))
            self.assertEqual((code, err, len(out)), (0, "", 7))

    def test_a_url_is_left_alone(self):
        for shell in self.each():
            code, out, err, _ = self.run_with(shell, SAMZA_COORDINATOR_URL="http://127.0.0.1:8090/")
            self.assertEqual((code, err, out[1]), (0, "", "url http://127.0.0.1:8090/"))
            self.assertFalse(os.path.exists(self.home + "/job-model.json"))

    def test_arguments_are_the_command(self):
        for shell in self.each():
            code, out, _, _ = self.run_with(shell, "bin/run-container.sh", "a  b", "*", SAMZA_COORDINATOR_URL="file:///x")
            self.assertEqual((code, out[5]), (0, "arguments a  b *"))

    def test_java_9_and_later_get_a_log_of_the_collector(self):
        for shell in self.each():
            url = "file:///x"
            new = self.home + "/java17"
            _, out, _, _ = self.run_with(shell, SAMZA_COORDINATOR_URL=url, JAVA_HOME=new, JAVA_OPTS="-Xmx1g")
            self.assertEqual(out[3], "opts -Xmx1g -Xloggc:%s/log/gc.log" % self.home)
            _, out, _, _ = self.run_with(shell, SAMZA_COORDINATOR_URL=url, JAVA_HOME=new, JAVA_OPTS="-Xloggc:/x")
            self.assertEqual(out[3], "opts -Xloggc:/x")
            _, out, _, _ = self.run_with(shell, SAMZA_COORDINATOR_URL=url, JAVA_OPTS="-Xmx1g")
            self.assertEqual(out[3], "opts -Xmx1g")

    def test_what_is_missing_is_said(self):
        for shell in self.each():
            def refused(**env):
                code, out, err, _ = self.run_with(shell, **env)
                self.assertEqual((code, out), (1, []))
                return err
            self.assertEqual(refused(), "entrypoint: neither SAMZA_COORDINATOR_URL nor SAMZA_JOB_CONFIG is set\n")
            self.assertEqual(refused(SAMZA_CONTAINER_ID="-"), "entrypoint: SAMZA_CONTAINER_ID is not set\n")
            self.assertIn("entrypoint: /no/such is missing\n", refused(SAMZA_HOME="/no/such"))
            self.assertEqual(refused(SAMZA_JOB_CONFIG="{}", SAMZA_LOG_DIR="/proc/none"),
                             "entrypoint: /proc/none is not writable for uid %d\n" % os.getuid())
            os.rename(self.home + "/lib", self.home + "/other")
            self.assertEqual(refused(SAMZA_JOB_CONFIG="{}"),
                             "entrypoint: %s/lib is missing: add your job's package (bin/ and lib/) to %s\n"
                             % (self.home, self.home))
            os.rename(self.home + "/other", self.home + "/lib")

    def test_the_command_takes_the_place_of_the_shell_and_gets_the_signal(self):
        self.script("bin/run-container.sh", "#!/bin/sh\ntrap 'exit 43' TERM\necho ready\nwhile :; do sleep 0.05; done\n")
        for shell in self.each():
            child = self.start(shell, SAMZA_JOB_CONFIG="{}")
            self.assertEqual(child.stdout.readline(), "ready\n")
            child.send_signal(signal.SIGTERM)
            child.communicate(timeout=20)
            self.assertEqual(child.returncode, 43)
