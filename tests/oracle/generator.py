# SPDX-License-Identifier: Apache-2.0
"""Random cases: `case(release, seed, number)` is the same on every machine. Most jobs are good; about one in five is wrong."""
import random

STREAM = "org.apache.samza.container.grouper.stream."
TASK = "org.apache.samza.container.grouper.task."
KAFKA = "org.apache.samza.system.kafka.KafkaSystemFactory"
ROCKS = "org.apache.samza.storage.kv.RocksDbKeyValueStorageEngineFactory"
IN_MEMORY = "org.apache.samza.storage.kv.inmemory.InMemoryKeyValueStorageEngineFactory"
MATCHER = "job.systemstreampartition.matcher."

PLAIN = ["A", "B", "orders", "page-views", "clicks_2", "T1"]
# dots, hyphens, blanks, what JSON escapes, and characters that sort otherwise in UTF-16 than in UTF-8
ODD = ["a.b.c", "page.views", "-", "#en.wikipedia", 'quo"te\\x', "with blank", "a/b", "[x]", "caf\u00e9", "\u65e5\u672c",
       "\uff21", "\ufb01x", "\U0001f680", "z\U0001f680", "x\u2028y", "tab\tx", "\u007f", "a1b", "Standby-x-0"]
TEXTS = ["", " ", "plain", "a,b", "tab\tnl\n\"q\\\x01\x1f\x7f\u2028/<>&'", "\u00e9\u65e5\U0001f680", "${x}", "=:#!"]


def after(release, other):
    return [int(x) for x in release.split(".")] >= [int(x) for x in other.split(".")]


REGEXES = [".*", ".+s", "[A-Z]", "[a-z.]+", "page.views", "page\\.views|B", "\\w+", "\\W", "[^.]*", "(?i)[a-b]", "\\p{Alpha}+", "\\p{L}+",
           "[\\p{Lu}&&[^B-Z]].*", "[a-z&&[^cp]-]+.*", "[a-c[x-z]].*", "\\Qa.b.c\\E", "\\x41", "\\u0041|orders", "(?<n>A|B)", ".", "..", "\\S+",
           "\\p{Punct}.*", "^A$", "[\\[\\]x]+", "caf\u00e9", "caf.", "(?u)\\w+", ".*\\d", "T\\d??.*", "(?:a|p).*+", "\\D+", "(?=o).*", "[^\\w]",
           "\\p{IsLatin}+", "\\p{javaLowerCase}.*", "\\P{ASCII}.*", "\\p{InHiragana}", "\\h", "(a)?\\1.*", "\U0001f680|z.", "(?x) A # c", "(?s).*",
           "\\z", "\\0101", "\\cA", "[&&a]", "[a&&]", "*", "[", "a{2", "(", "\\p{Foo}", "x{1001}", "\\"]


class Maker:
    def __init__(self, release, rng):
        self.release, self.rng = release, rng
        self.config, self.topics, self.previous = {}, {}, {}

    def chance(self, percent):
        return self.rng.random() * 100 < percent

    def since(self, other, percent, before=3):
        """A feature of `other` and later: asked for often there, now and then where it must not matter."""
        return self.chance(percent if after(self.release, other) else before)

    def pick(self, *values):
        return self.rng.choice(values)

    def partitions(self):
        kind = self.rng.random()
        return self.rng.randint(1, 8) if kind < 0.75 else self.rng.randint(9, 40) if kind < 0.95 else self.rng.randint(41, 130)

    # --- the job

    def make(self):
        self.basics()
        self.inputs()
        if after(self.release, "1.3.0") and self.chance(15):
            self.rewriter()
        self.grouper()
        if self.since("0.10.1", 25, 10):
            self.broadcast()
        if self.since("0.10.1", 15):
            self.matcher()
        if self.since("1.7.0", 15):
            self.config["job.elasticity.factor"] = self.pick("1", "2", "2", "3")
        self.stores()
        self.containers()
        if self.since("1.1.0", 18):
            self.config["job.standbytasks.replication.factor"] = self.pick("1", "2", "2", "3")
        if self.chance(50):
            self.history()
        if self.chance(24):
            self.spoil()
        case = {"config": self.config, "topics": self.topics}
        case.update({"previous_" + name: value for name, value in self.previous.items() if value})
        return case

    def basics(self):
        self.config.update({
            "job.name": self.pick("demo", "demo", "my_job-2", "Caf\u00e9 job"), "task.class": "com.example.Task",
            "job.coordinator.system": "kafka", "systems.kafka.samza.factory": KAFKA,
            "task.checkpoint.factory": "org.apache.samza.checkpoint.kafka.KafkaCheckpointManagerFactory"})
        if self.chance(20):
            self.config["job.id"] = self.pick("1", "2", "x-y")
        if self.chance(5):
            del self.config["task.checkpoint.factory"]
        if self.chance(30):
            for i in range(self.rng.randint(1, 3)):
                self.config["text.%d%s" % (i, self.pick("", ".x", "\u00e9", "-\U0001f680"))] = self.pick(*TEXTS)

    def inputs(self):
        systems = ["kafka"]
        if self.chance(20):
            systems.append(self.pick("kafka2", "k-2", "\u00fc"))
            self.config["systems.%s.samza.factory" % systems[1]] = KAFKA
        for system in systems:
            names = [self.pick(*(ODD if self.chance(35) else PLAIN)) for _ in range(self.pick(1, 1, 2, 2, 3, 5))]
            self.topics[system] = {name: self.partitions() for name in names}
        self.all = [(s, t) for s in systems for t in self.topics[s]]
        readable = [x for x in self.all if "," not in x[1] and x[1] == x[1].strip()]
        self.streams = self.rng.sample(readable, self.rng.randint(1, len(readable)))
        names = [".".join(x) for x in self.streams]
        if self.chance(10):
            names.append(self.pick(*names))
        blanks = [",", ",", ",", ", ", " ,", ",\t"] if self.chance(30) else [","]
        text = names[0]
        for name in names[1:]:
            text += self.pick(*blanks) + name
        self.config["task.inputs"] = text

    def rewriter(self):
        """The releases before keep RegExTopicGenerator in samza-kafka, where it asks a real cluster."""
        prefix = "job.config.rewriter.r."
        self.config.update({"job.config.rewriters": "r", prefix + "class": "org.apache.samza.config.RegExTopicGenerator",
                            prefix + "system": "kafka", prefix + "regex": self.pick(*REGEXES)})
        if self.chance(30):
            self.config[prefix + "config.samza.offset.default"] = "oldest"
        if self.chance(50):
            del self.config["task.inputs"]
        if self.chance(8):
            self.config.pop(prefix + self.pick("class", "system", "regex"))

    def grouper(self):
        kind = self.rng.random()
        self.by = "partition"
        if kind < 0.4:
            self.by = "ssp"
            self.config["job.systemstreampartition.grouper.factory"] = STREAM + "GroupBySystemStreamPartitionFactory"
        elif kind < 0.5 and after(self.release, "0.12.0"):
            self.by = "all"
            self.config["job.systemstreampartition.grouper.factory"] = STREAM + "AllSspToSingleTaskGrouperFactory"
            if self.chance(90):
                self.config["processor.id"] = self.pick("0", "7", "12")
        elif kind < 0.6:
            self.config["job.systemstreampartition.grouper.factory"] = STREAM + "GroupByPartitionFactory"

    def broadcast(self):
        if self.by == "all" and not self.chance(10):
            return
        items = []
        for _ in range(self.pick(1, 1, 2, 3)):
            system, topic = self.pick(*self.all, ("kafka", "cfg"), ("nowhere", "x.y"))
            if "#" in topic or topic != topic.strip():
                continue
            count = self.topics.get(system, {}).get(topic, 3)
            a, b = self.rng.randint(0, count), self.rng.randint(0, count)
            items.append("%s.%s#%s" % (system, topic, "%d" % a if self.chance(50) else "[%d-%d]" % (a, b)))
        self.config["task.broadcast.inputs"] = self.pick(",", ", ", " ,").join(items)

    def matcher(self):
        self.config["job.factory.class"] = self.pick("org.apache.samza.job.local.ThreadJobFactory",
                                                     "org.apache.samza.job.local.ProcessJobFactory",
                                                     "org.apache.samza.job.yarn.YarnJobFactory")
        if self.chance(20):
            self.config[MATCHER + "config.job.factory.regex"] = self.pick(".*Yarn.*", ".*", "org\\.apache\\..*(Thread|Yarn)JobFactory", "x")
        if self.chance(50):
            self.config[MATCHER + "class"] = "org.apache.samza.system.RangeSystemStreamPartitionMatcher"
            self.config[MATCHER + "config.ranges"] = self.pick("0-3", "0", "0-1,1-2", "0,2,4-200", "7-3,0-5", "00-02")
        else:
            self.config[MATCHER + "class"] = "org.apache.samza.system.RegexSystemStreamPartitionMatcher"
            self.config[MATCHER + "config.regex"] = self.pick("[0-2]", "\\d", ".*", "0|1\\d*", "[^3]+", "(?:0|[12]+)", "\\p{Digit}",
                                                              "[0-9&&[^5]]", "\\d{1,2}?", "0++|1")

    def stores(self):
        for name in ("s", "my-store", "x.y")[:self.pick(0, 0, 0, 1, 1, 2, 3)]:
            self.config["stores.%s.factory" % name] = self.pick(ROCKS, ROCKS, IN_MEMORY)
            if self.chance(70):
                self.config["stores.%s.changelog" % name] = "kafka.%s-changelog" % name
        if self.since("1.4.0", 10):
            self.config["job.systemstreampartition.input.expansion.enabled"] = self.pick("true", "false", "FALSE", "no")

    # --- containers

    def tasks_estimate(self):
        counts = [self.topics[s][t] for s, t in self.streams]
        return {"partition": max(counts), "ssp": sum(counts), "all": 5}[self.by]

    def containers(self):
        count = self.rng.randint(1, max(1, min(self.tasks_estimate(), self.pick(2, 3, 4, 12, 30))))
        kind = self.rng.random()
        if self.release == "0.9.1" or kind < 0.2:
            self.config["yarn.container.count"] = str(count)
        if kind >= 0.2 and self.chance(95):
            self.config["job.container.count"] = str(count)
        self.count = count
        kind = self.rng.random()
        if kind < 0.2 and (after(self.release, "0.14.0") or self.chance(10)):
            self.config["task.name.grouper.factory"] = TASK + "GroupByContainerIdsFactory"
            if self.chance(20):
                self.config["job.container.count"] = str(self.rng.randint(1, 30))
        elif kind < 0.3 and (after(self.release, "0.12.0") or self.chance(10)):
            self.config["task.name.grouper.factory"] = TASK + "SingleContainerGrouperFactory"
            if self.chance(92):
                self.config["processor.id"] = self.pick("0", "5", "12") if self.release == "0.12.0" else self.pick("0", "5", "a1-b")
        elif kind < 0.5:
            self.config["task.name.grouper.factory"] = TASK + "GroupByContainerCountFactory"
        if self.since("0.10.1", 25):
            key = "yarn.samza.host-affinity.enabled" if self.release == "0.10.1" or self.chance(15) else "job.host-affinity.enabled"
            self.config[key] = self.pick("true", "true", "true", "TRUE", "false")
        if self.since("1.4.0", 12):
            self.config["job.autosizing.enabled"] = self.pick("true", "true", "false")
            if self.chance(85):
                self.config["job.autosizing.container.count"] = str(self.rng.randint(1, max(1, min(8, self.tasks_estimate()))))

    # --- what an earlier run left

    def earlier_tasks(self):
        """task -> inputs of a run before the topics changed"""
        change = self.pick("same", "same", "same", "half", "half", "third", "less", "more")
        tasks = {}
        elastic = int(self.config.get("job.elasticity.factor", "1")) if after(self.release, "1.7.0") and self.chance(80) else 1
        for system, topic in self.streams:
            count = now = self.topics[system][topic]
            if change in ("half", "third"):
                factor = 2 if change == "half" else 3
                count = max(1, now // factor)
                if self.chance(93):
                    self.topics[system][topic] = count * factor
            elif change != "same":
                count = max(1, now + (-1 if change == "less" else 1))
            for p in range(count):
                for b in range(elastic):
                    bucket = ([b] if elastic > 1 else []) if self.chance(50) or elastic > 1 else [-1]
                    name = "Partition %d" % p + (" %d" % b if elastic > 1 else "")
                    if self.by == "ssp":
                        name = "SystemStreamPartition [%s, %s, %d%s]" % (system, topic, p, ", %d" % b if elastic > 1 else "")
                    tasks.setdefault(name, []).append([system, topic, p, *bucket] if after(self.release, "1.7.0") else [system, topic, p])
        if self.by == "all":
            inputs = [x for each in tasks.values() for x in each]
            tasks = {"Task-%d" % i: list(inputs) for i in range(self.count)}
        return tasks

    def history(self):
        tasks = self.earlier_tasks()
        names = sorted(tasks, key=lambda x: x.encode("utf-16-be"))
        if self.chance(15):
            names = self.rng.sample(names, self.rng.randint(1, len(names)))
        ids = list(range(len(names)))
        if self.chance(25):
            ids = self.rng.sample(range(len(names) * 2 + 3), len(names))
        if self.chance(85):
            self.previous["changelog"] = dict(zip(names, ids))
            if self.chance(15):
                self.previous["changelog"]["Partition 977"] = max(ids) + self.pick(1, 5)
        containers = max(1, self.count + self.pick(0, 0, -1, 1, 2))
        if self.chance(75):
            self.previous["task_container"] = {n: str(i % containers) for i, n in enumerate(names)}
        if self.chance(75):
            self.previous["task_ssps"] = {n: tasks[n] for n in names}
        if self.chance(85 if self.release == "1.1.0" else 50):
            self.previous["task_mode"] = {n: "Active" for n in names}
        if self.since("1.1.0", 18, 2):
            self.standby_history(names, containers)
        if self.chance(40):
            self.previous["container_host"] = {str(i): self.pick("host-a", "host-b", "c.example.com") for i in range(containers)}

    def standby_history(self, names, containers):
        """What a run with a replication factor of 2 keeps of its standby tasks."""
        for i, name in enumerate(names):
            standby = "Standby-%s-0" % name
            for member, value in (("task_container", "%d-0" % (i % containers)), ("task_mode", "Standby"),
                                  ("task_ssps", self.previous.get("task_ssps", {}).get(name)),
                                  ("changelog", self.previous.get("changelog", {}).get(name))):
                # older releases keep no such container; the changelog may have come from anywhere
                if value is not None and member in self.previous and (member == "changelog" or after(self.release, "1.1.0")):
                    self.previous[member][standby] = value
        if "task_mode" not in self.previous:
            self.previous["task_mode"] = {"Standby-%s-0" % n: "Standby" for n in names}

    # --- what users get wrong

    def spoil(self):
        wrong = [
            {"task.inputs": ""}, {"task.inputs": None}, {"task.inputs": self.config.get("task.inputs", "") + self.pick(", ", ",,kafka.A")},
            {"task.inputs": self.pick("kafka", "orders,kafka.A", ".", "kafka.")},
            {"task.inputs": self.config.get("task.inputs", "kafka.A") + ",kafka.nosuch"}, {"task.inputs": self.config.get("task.inputs", "kafka.A") + ",other.B"},
            {"job.container.count": self.pick("0", "-1", "2 ", "", "two", "1.5", "99999999999", "+3")},
            {"job.container.count": str(self.rng.randint(30, 60))}, {"yarn.container.count": self.pick("0", "x", "50")},
            {"task.broadcast.inputs": self.pick("kafka.cfg", "kafka.cfg#", "kafka.cfg#x", "kafka.cfg#[1,2]", "kafka.cfg#1 ", "cfg#1", "",
                                                " ", "kafka.cfg#0,", ",kafka.cfg#0", "kafka.a#b#1", "kafka.cfg#99999999999")},
            {"job.systemstreampartition.grouper.factory": self.pick("com.example.MyGrouper", "")},
            {"task.name.grouper.factory": "com.example.MyGrouper"},
            {MATCHER + "class": "org.apache.samza.system.RangeSystemStreamPartitionMatcher",
             "job.factory.class": "org.apache.samza.job.local.ThreadJobFactory",
             MATCHER + "config.ranges": self.pick(None, "", "0, 1", "a", "1-", "-1", "0-99999999999", "0,", "1-2-3")},
            {MATCHER + "class": "org.apache.samza.system.RegexSystemStreamPartitionMatcher",
             "job.factory.class": "org.apache.samza.job.local.ThreadJobFactory", MATCHER + "config.regex": self.pick(None, "", "[0", "x")},
            {MATCHER + "class": "com.example.Matcher", "job.factory.class": "org.apache.samza.job.local.ThreadJobFactory"},
            {MATCHER + "class": "org.apache.samza.system.RangeSystemStreamPartitionMatcher", MATCHER + "config.ranges": "0",
             MATCHER + "config.job.factory.regex": "(["},
            {"job.elasticity.factor": self.pick("0", "-2", "x", "", "2 ")},
            {"job.standbytasks.replication.factor": self.pick("0", "-1", "x", "")},
            {"job.autosizing.enabled": "true", "job.autosizing.container.count": self.pick("0", "x", "")},
            {"stores.s.factory": ROCKS, "task.checkpoint.factory": None},
            {"stores.s.factory": ROCKS, "stores.s.changelog": self.pick("nodot", "other.x", "kafka.x")},
            {"job.coordinator.system": None},
        ]
        for key, value in self.pick(*wrong).items():
            if value is None:
                self.config.pop(key, None)
            else:
                self.config[key] = value


def case(release, seed, number):
    made = Maker(release, random.Random("%s/%s/%d" % (release, seed, number))).make()
    made["id"] = "%s seed %s number %d" % (release, seed, number)
    return made
