# SPDX-License-Identifier: Apache-2.0
"""What an image has at /samza: the start scripts of a Samza release in bin, its jars and a job of ours in lib."""
import glob
import os
import shutil
import stat
import subprocess
import sys
import tarfile
import zipfile

import jars

# `jar` for machines with a mere JRE; Samza's scripts call it as `jar -cvmf MANIFEST FILE`.
JAR = """\
#!%s
import sys, zipfile
with zipfile.ZipFile(sys.argv[3], "w") as out, open(sys.argv[2]) as manifest:
    lines = ["Manifest-Version: 1.0", *(line.rstrip(chr(10)) for line in manifest), ""]
    out.writestr("META-INF/MANIFEST.MF", chr(10).join(x for x in lines if x) + chr(10))
""" % sys.executable


def make(version, home, sources):
    """Makes folder HOME; sources: paths of Java files for lib/job.jar"""
    lib, binaries = os.path.join(home, "lib"), os.path.join(home, "bin")
    os.makedirs(lib)
    for archive in glob.glob(os.path.join(jars.fetch("samza-shell-" + version), "*.tgz")):
        with tarfile.open(archive) as file:
            file.extractall(binaries)
    for jar in glob.glob(os.path.join(jars.fetch("samza-" + version), "*.jar")):
        os.symlink(jar, os.path.join(lib, os.path.basename(jar)))
    classes = os.path.join(home, "classes")
    subprocess.run(["java", "-cp", jars.class_path("compiler"), "org.eclipse.jdt.internal.compiler.batch.Main",
                    "-nowarn", "-source", "8", "-target", "8", "-cp", jars.expanded(jars.class_path("samza-" + version)),
                    "-d", classes, *sources], check=True)
    with zipfile.ZipFile(os.path.join(lib, "job.jar"), "w") as jar:
        for name in os.listdir(classes):
            jar.write(os.path.join(classes, name), name)
    shutil.rmtree(classes)
    if not shutil.which("jar"):
        path = os.path.join(binaries, "jar")
        with open(path, "w") as file:
            file.write(JAR)
        os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)
