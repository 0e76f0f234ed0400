# SPDX-License-Identifier: Apache-2.0
"""Our reader of .properties files against java.util.Properties, on 100,000 random files."""
import os
import shutil
import subprocess
import tempfile

import jars
import program
import real
import tap

FUZZ = os.path.join(program.ROOT, "tests", "fuzz")


class PropertiesTest(real.Test):
    def test_properties_files_are_read_as_java_util_Properties_reads_them(self):
        classes = tempfile.mkdtemp(prefix="samzak8s-properties-")
        self.addCleanup(shutil.rmtree, classes, ignore_errors=True)
        subprocess.run(["java", "-cp", jars.class_path("compiler"), "org.eclipse.jdt.internal.compiler.batch.Main",
                        "-nowarn", "-source", "11", "-target", "11", "-d", classes, os.path.join(FUZZ, "PropertiesJdk.java")], check=True)
        library = os.path.join(os.path.dirname(program.PROGRAM), "?.so")
        run = subprocess.run([os.environ.get("LUA", "lua5.4"), os.path.join(FUZZ, "properties_jdk.lua"), "1", "100000"],
                             env={**os.environ, "LUA_CPATH": library, "PROPERTIES_JDK": "java -cp '%s' PropertiesJdk" % classes,
                                  "LD_PRELOAD": os.environ.get("LIBASAN", "")},
                             capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout[-2000:] + run.stderr[-2000:])
        self.assertNotIn("SKIP", run.stdout)


if __name__ == "__main__":
    tap.main()
