# SPDX-License-Identifier: Apache-2.0
"""Real Samza and our program over the same cases (tests/oracle/README.md says what a case is).

`python3 tests/support/oracle.py` compiles the driver ahead of time.
"""
import concurrent.futures
import fcntl
import hashlib
import json
import os
import re
import subprocess
import tempfile
import threading

import jars
import program

ORACLE = os.path.join(program.ROOT, "tests", "oracle")
RELEASES = ("0.9.1", "0.10.1", "0.12.0", "0.14.1", "1.0.0", "1.1.0", "1.3.0", "1.5.1", "1.8.0")
JVM = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx1g", "-Dfile.encoding=UTF-8",
       "-Dlog4j.configuration=file:" + os.path.join(ORACLE, "log4j.properties")]


# --- our Maven project

def sources():
    """Everything that the compiled driver depends on, as one hash."""
    found = hashlib.sha256()
    for folder, folders, files in os.walk(ORACLE):
        folders.sort()
        for name in sorted(files):
            if name.endswith(".java") or name == "pom.xml":
                with open(os.path.join(folder, name), "rb") as file:
                    found.update(os.path.relpath(os.path.join(folder, name), ORACLE).encode() + b"\0" + file.read() + b"\0")
    return found.hexdigest()


def build():
    """Compile the driver for every release, unless that was done before; -> its folder, outside of the repository"""
    target, wanted = os.path.join(jars.cache(), "oracle"), sources()
    os.makedirs(target, exist_ok=True)
    with open(os.path.join(target, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = os.path.join(target, "sources")
        if os.path.exists(stamp):
            with open(stamp) as file:
                if file.read() == wanted and all(os.path.exists(x) for r in RELEASES for x in class_path(target, r)):
                    return target
        done = subprocess.run(["nice", "mvn", "-q", "-B", "-Doracle.build=" + target, "clean", "compile"], cwd=ORACLE,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise RuntimeError("mvn could not build tests/oracle:\n" + done.stdout.decode("utf-8", "replace"))
        with open(stamp, "w") as file:
            file.write(wanted)
    return target


def class_path(target, release):
    folder = os.path.join(target, "samza-" + release)
    listed = os.path.join(folder, "classpath")
    if not os.path.exists(listed):
        return [listed]
    with open(listed) as file:
        return [os.path.join(folder, "classes"), *file.read().strip().split(":")]


class Samza:
    """A release in a JVM of its own: `ask(requests)` answers in order. Use as a context manager."""

    def __init__(self, release):
        command = ["nice", *JVM, "-cp", ":".join(class_path(build(), release)), "samzak8s.oracle.Main"]
        self.release, self.log = release, tempfile.TemporaryFile()
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)

    def ask(self, requests):
        texts = [json.dumps(x).encode() + b"\n" for x in requests]
        writer = threading.Thread(target=self.write, args=(texts,))
        writer.start()
        answers = []
        for _ in texts:
            line = self.child.stdout.readline()
            if not line:
                self.log.seek(0)
                raise RuntimeError("the JVM died after %d answers:\n%s" % (len(answers), self.log.read()[-4000:].decode()))
            answers.append(json.loads(line))
        writer.join()
        return answers

    def write(self, texts):
        try:
            for text in texts:
                self.child.stdin.write(text)
            self.child.stdin.flush()
        except BrokenPipeError:
            pass  # the reader says why

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.stdin.close()
        self.child.wait()
        self.child.stdout.close()
        self.log.close()


# --- our program

def escape(text):
    """A properties key or value."""
    if text.isascii() and text.replace(".", "").replace("-", "").isalnum():
        return text
    out = []
    for unit in text.encode("utf-16-be").hex(" ", 2).split():
        c = chr(int(unit, 16))
        out.append(c if c.isalnum() and c.isascii() or c == "." else "\\u" + unit)
    return "".join(out)


STATE = {"previous_changelog": "changelog", "previous_task_container": "containers", "previous_task_ssps": "partitions",
         "previous_task_mode": "modes", "previous_container_host": "hosts"}


def files(case):
    """name -> content of the files that our program is given"""
    properties = "".join("%s=%s\n" % (escape(k), escape(v)) for k, v in sorted(case["config"].items()))
    snapshot = {"systems": {s: {"topics": t} for s, t in case["topics"].items()}}
    # no changelog member would say that the numbering is not known
    state = {"changelog": {}, **{ours: case[theirs] for theirs, ours in STATE.items() if case.get(theirs) is not None}}
    return {"job.properties": properties, "snapshot.json": json.dumps(snapshot), "state.json": json.dumps(state)}


def arguments(release, dialect=None):
    return ["model", "job.properties", "--config", "kubernetes.samza.version=" + release, "--partitions", "snapshot.json",
            "--state", "state.json", "--format", "json", *(["--dialect", dialect] if dialect else [])]


def save(folder, case):
    os.makedirs(folder, exist_ok=True)
    for name, text in files(case).items():
        with open(os.path.join(folder, name), "w", encoding="ascii") as file:
            file.write(text)


class Ours:
    """What our program said to a case: `model` (parsed), or `error`, the last diagnostic of level error; `text`, `messages`."""

    def __init__(self, run):
        self.code, self.text, self.messages = run.code, run.out.decode("utf-8", "replace"), run.messages
        self.model = json.loads(self.text) if run.code == 0 else None
        errors = [json.loads(x) for x in self.messages.splitlines() if x.startswith("{")]
        errors = [x for x in errors if x["level"] == "error"]
        self.error = errors[-1] if errors else None

    def __str__(self):
        return "exit code %s %s" % (self.code, json.dumps(self.error, ensure_ascii=False) if self.error else self.messages)

    @property
    def refused(self):
        """A Java regex with no exact counterpart here is refused with its place, and no model is made of it."""
        return self.code == 1 and self.error is not None and self.error["code"] in ("regex.unsupported", "regex.ascii", "regex.limit")


def ours(case, release, dialect=None):
    with tempfile.TemporaryDirectory(prefix="samzak8s-oracle-") as top:
        save(top, case)
        return Ours(program.Run(arguments(release, dialect), cwd=top))


def all_ours(cases, release):
    """Two at a time."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda case: ours(case, release), cases))


# --- comparison

def containers_of(model):
    """container -> task -> what every dialect says of it, in one form."""
    found = {}
    for key, container in model["containers"].items():
        found[key] = {name: {"changelog": task["changelog-partition"], "mode": task.get("task-mode", "Active"),
                             "inputs": sorted((p["system"], p["stream"], p["partition"], p.get("keyBucket", -1))
                                              for p in task["system-stream-partitions"])}
                      for name, task in container["tasks"].items()}
    return found


def config_of(model):
    return {k: v for k, v in model["config"].items() if k != "kubernetes.samza.version"}


def placed_by_identity(case):
    """Does Samza place tasks by an order that it takes from Object.hashCode? Then only the sizes are the same each time."""
    config = case["config"]
    affinity = config.get("job.host-affinity.enabled") or config.get("yarn.samza.host-affinity.enabled") or ""
    return affinity.lower() == "true" and config.get("task.name.grouper.factory", "").endswith("GroupByContainerIdsFactory")


def sizes(containers):
    return {key: len(tasks) for key, tasks in containers.items()}, {n: t for tasks in containers.values() for n, t in tasks.items()}


def differences(name, want, have):
    """Lines that say where two values differ."""
    if want == have:
        return []
    if isinstance(want, dict) and isinstance(have, dict):
        lines = []
        for key in sorted({*want, *have}):
            lines += differences("%s.%s" % (name, key) if name else str(key), want.get(key), have.get(key))
        return lines
    return ["%s: Samza %s, ours %s" % (name, json.dumps(want, ensure_ascii=False), json.dumps(have, ensure_ascii=False))]


# Where Samza dies of an error of its own, or of a library's, we fail in our own words.
OWN_WORDS = ("java.lang.NullPointerException", "java.util.regex.PatternSyntaxException", "java.lang.ClassNotFoundException",
             "java.lang.IllegalStateException", "java.lang.ClassCastException", "org.codehaus.jackson.", "com.fasterxml.jackson.")
NO_COORDINATOR = "Missing job.coordinator.system configuration."
WRAPPER = "Error in partition-to-task assignment via the SSPGroupProxy."
MULTIPLE = re.compile(r"New partition count: \d+ should be a multiple of previous partition count: \d+\.")


def unnumbered(text):
    return MULTIPLE.sub("New partition count: N should be a multiple of previous partition count: N.", text)


def admin_error(mine):
    """Is it what Kafka's admin would have raised, before anything else? In the driver's memory there is no such admin."""
    return mine.code == 1 and mine.error["code"] in ("samza.stream-name", "samza.changelog-system") \
        and mine.error.get("key", "").startswith("stores.")


def compare_error(case, answer, mine):
    """-> lines that say what differs"""
    if NO_COORDINATOR in answer["error"] and mine.code in (0, 1):
        return []
    if mine.code != 1 or mine.error is None:
        return ["Samza fails: %s" % answer["error"], "ours: %s" % mine]
    chain = [answer["error"], *answer.get("causes", [])]
    if any(each.startswith(OWN_WORDS) for each in chain):
        return []
    texts = [each.split(": ", 1)[1] for each in chain]
    said = [mine.error["message"], *(mine.error.get("notes") or [])]
    if case["config"].get("task.inputs", "").count(","):
        # of several streams that grew by no multiple, the one in Samza's hash order
        texts, said = list(map(unnumbered, texts)), list(map(unnumbered, said))
    if said[0] in texts[:2] and (not texts[0].startswith(WRAPPER) or texts[-1] in said):
        return []
    return differences("error", texts, said)


def compare(case, answer, mine):
    """-> lines that say how our answer differs from Samza's; none: the same"""
    if admin_error(mine):
        return []
    if "error" in answer:
        return compare_error(case, answer, mine)
    if mine.code != 0:
        return ["Samza makes a model", "ours: %s" % mine]
    want, have = containers_of(answer["model"]), containers_of(mine.model)
    if placed_by_identity(case):
        want, have = sizes(want), sizes(have)
        lines = differences("tasks per container", want[0], have[0]) + differences("task", want[1], have[1])
    else:
        lines = differences("container", want, have)
    return differences("config", answer["model"]["config"], config_of(mine.model)) + lines


def native(model):
    """A model as a release wrote it, less what no container reads and what reading cannot know."""
    model = {k: v for k, v in model.items() if k != "all-container-locality"}
    model["config"] = config_of(model)
    # GroupByContainerIds and SingleContainer of 0.13 and 0.14 write -1
    model["containers"] = {key: {k: v for k, v in container.items() if k != "container-id" or "processor-id" not in container}
                           for key, container in model["containers"].items()}
    return model


def compare_read(case, answer, read):
    """-> how our model, as the release's own mapper read and wrote it, differs from the model that the release made"""
    if "error" in read:
        return ["Samza cannot read our model: %s" % read["error"]]
    if placed_by_identity(case):
        return []
    return differences("read back", native(answer["model"]), native(read["model"]))


class Verdict:
    """One case: `lines` say what differs; `refused`: ours does not compute this; `reads`: how many of our documents were read."""

    def __init__(self, case, answer, mine):
        self.case, self.answer, self.mine, self.reads, self.refused = case, answer, mine, 0, mine.refused
        self.lines = [] if self.refused else compare(case, answer, mine)

    def add_read(self, dialect, read):
        self.reads += 1
        if not self.lines:
            self.lines = ["dialect %s: %s" % (dialect, line) for line in compare_read(self.case, self.answer, read)]


DIALECTS = {"U": RELEASES, "N2": RELEASES[1:], "N3": RELEASES[3:], "S": RELEASES[4:]}
SAMPLE = 10  # of so many models one is written in every dialect


def documents(verdicts, release):
    """[verdict, dialect, text]: every model in the dialect that is chosen for it, some in each that the release reads."""
    good = [x for x in verdicts if x.mine.code == 0 and "model" in x.answer]
    more = [(x, name) for x in good[::SAMPLE] for name, readers in DIALECTS.items() if release in readers]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for (verdict, name), mine in zip(more, pool.map(lambda job: ours(job[0].case, release, job[1]), more)):
            if mine.code == 0:
                yield verdict, name, mine.text
            elif mine.error is None or mine.error["code"] != "samza.dialect":  # it cannot say standby tasks, say
                verdict.lines.append("dialect %s: %s" % (name, mine))
    for verdict in good:
        yield verdict, "auto", verdict.mine.text


def verdicts(samza, cases, mine):
    """Ask a release for its models, and to read ours."""
    found = [Verdict(*each) for each in zip(cases, samza.ask(cases), mine)]
    written = list(documents(found, samza.release))
    for (verdict, dialect, _), read in zip(written, samza.ask([{"read": text} for _, _, text in written])):
        verdict.add_read(dialect, read)
    return found


if __name__ == "__main__":
    build()
