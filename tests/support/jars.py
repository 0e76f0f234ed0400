# SPDX-License-Identifier: Apache-2.0
"""The Java programs that tests start, fetched once by Maven into ${XDG_CACHE_HOME:-~/.cache}/samzak8s-tests.

All versions stand here.  `python3 tests/support/jars.py SET...` fetches ahead of time.
"""
import fcntl
import glob
import os
import shutil
import subprocess
import sys
import tempfile

COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"

SETS = {
    # the last Kafka that knows ZooKeeper, and the ZooKeeper it brings
    "kafka-zookeeper": ["org.apache.kafka:kafka_2.13:3.9.2", "org.slf4j:slf4j-reload4j:1.7.36"],
    "kafka-kraft": ["org.apache.kafka:kafka_2.13:4.4.0", "org.slf4j:slf4j-simple:1.7.36"],
    # the oldest Samza we write models for, its start scripts, and a Java compiler that needs no JDK
    "samza-0.9.1": ["org.apache.samza:samza-core_2.10:0.9.1", "org.apache.samza:samza-kafka_2.10:0.9.1",
                    "com.fasterxml.jackson.dataformat:jackson-dataformat-yaml:2.6.3",
                    "com.fasterxml.jackson.core:jackson-databind:2.6.3", "org.slf4j:slf4j-log4j12:1.6.2"],
    "samza-shell-0.9.1": ["org.apache.samza:samza-shell:0.9.1:tgz:dist"],
    # with RocksDB stores; JAXB for Samza's code before Java 11, an slf4j that fits the other half of it
    "samza-0.14.1": ["org.apache.samza:samza-core_2.11:0.14.1", "org.apache.samza:samza-kafka_2.11:0.14.1",
                     "org.apache.samza:samza-kv-rocksdb_2.11:0.14.1", "javax.xml.bind:jaxb-api:2.3.1", "org.slf4j:slf4j-log4j12:1.6.2"],
    "samza-shell-0.14.1": ["org.apache.samza:samza-shell:0.14.1:tgz:dist"],
    "samza-1.8.0": ["org.apache.samza:samza-core_2.12:1.8.0", "org.apache.samza:samza-kafka_2.12:1.8.0",
                    "org.apache.samza:samza-kv-rocksdb_2.12:1.8.0", "org.slf4j:slf4j-api:1.7.25"],
    "samza-shell-1.8.0": ["org.apache.samza:samza-shell:1.8.0:tgz:dist"],
    "compiler": ["org.eclipse.jdt:ecj:3.33.0"],
}
# dependencies from the days of JDK 1.4 that no repository serves any more
GONE = ["com.sun.jdmk:jmxtools", "com.sun.jmx:jmxri", "javax.jms:jms"]


def cache():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "samzak8s-tests")


def pom(name, artefacts):
    exclusions = "".join("<exclusion><groupId>%s</groupId><artifactId>%s</artifactId></exclusion>" % tuple(x.split(":"))
                         for x in GONE)
    dependencies = ""
    for artefact in artefacts:
        parts = dict(zip(("groupId", "artifactId", "version", "type", "classifier"), artefact.split(":")))
        dependencies += "<dependency>%s<exclusions>%s</exclusions></dependency>\n" % (
            "".join("<%s>%s</%s>" % (k, v, k) for k, v in parts.items()), exclusions)
    return ('<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
            "<groupId>samzak8s.tests</groupId><artifactId>%s</artifactId><version>1</version><packaging>pom</packaging>\n"
            "<dependencies>\n%s</dependencies></project>\n" % (name, dependencies))


def fetch(name):
    """-> directory with the jars of a set; downloads it when it is not there or is of other versions"""
    folder, wanted = os.path.join(cache(), name), "\n".join(SETS[name])
    os.makedirs(cache(), exist_ok=True)
    with open(os.path.join(cache(), "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = os.path.join(folder, "versions")
        if os.path.exists(stamp):
            with open(stamp) as file:
                if file.read() == wanted:
                    return folder
        with tempfile.TemporaryDirectory(dir=cache()) as work:
            with open(os.path.join(work, "pom.xml"), "w") as file:
                file.write(pom(name, SETS[name]))
            done = subprocess.run(["mvn", "-q", "-B", COPY, "-DoutputDirectory=jars", "-DincludeScope=runtime"],
                                  cwd=work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if done.returncode != 0:
                raise RuntimeError("mvn could not fetch %s:\n%s" % (name, done.stdout.decode("utf-8", "replace")))
            with open(os.path.join(work, "jars", "versions"), "w") as file:
                file.write(wanted)
            shutil.rmtree(folder, ignore_errors=True)
            os.rename(os.path.join(work, "jars"), folder)
    return folder


def class_path(*names):
    return ":".join(os.path.join(fetch(name), "*") for name in names)


def expanded(path):
    """A class path without wildcards, for the compiler, which knows none."""
    found = []
    for each in path.split(":"):
        found += sorted(glob.glob(each + ".jar")) if each.endswith("/*") else [each]
    return ":".join(found)


if __name__ == "__main__":
    for each in sys.argv[1:] or SETS:
        print(fetch(each))
