# SPDX-License-Identifier: Apache-2.0
"""Our reader of .properties files and our Java regexes against the JDK's, on random input."""
import os
import shutil
import subprocess
import tempfile

import jars
import program
import real
import sanitizers
import tap

FUZZ = os.path.join(program.ROOT, "tests", "fuzz")
LUA_PATH = os.path.join(program.ROOT, "lua", "?.lua")


class JdkTest(real.Test):
    def compare(self, name, main, count):
        """Run tests/fuzz/NAME_jdk.lua on COUNT inputs that MAIN.java makes and judges."""
        classes = tempfile.mkdtemp(prefix="samzak8s-jdk-")
        self.addCleanup(shutil.rmtree, classes, ignore_errors=True)
        subprocess.run(["java", "-cp", jars.class_path("compiler"), "org.eclipse.jdt.internal.compiler.batch.Main",
                        "-nowarn", "-source", "11", "-target", "11", "-d", classes, os.path.join(FUZZ, main + ".java")], check=True)
        library = os.path.join(os.path.dirname(program.PROGRAM), "?.so")
        run = subprocess.run([os.environ.get("LUA", "lua5.4"), os.path.join(FUZZ, name + "_jdk.lua"), "1", str(count)],
                             env={**os.environ, "LUA_CPATH": library, "LUA_PATH": LUA_PATH,
                                  name.upper() + "_JDK": "env -u LD_PRELOAD java -cp '%s' %s" % (classes, main), "LD_PRELOAD": sanitizers.preload(library.replace("?", "samzak8s"))},
                             capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout[-2000:] + run.stderr[-2000:])
        self.assertNotIn("SKIP", run.stdout)

    def test_properties_files_are_read_as_java_util_Properties_reads_them(self):
        self.compare("properties", "PropertiesJdk", 100000)

    def test_regexes_match_as_java_util_regex_says_or_are_refused(self):
        self.compare("regex", "RegexJdk", 40000)


if __name__ == "__main__":
    tap.main()
