# SPDX-License-Identifier: Apache-2.0
"""Runs a pod of a manifest as a kubelet would, as far as processes of this machine can: volumes, environment, commands, sidecars.

An image is a folder: it stands for /samza of the Samza container, and helper containers use this machine's BusyBox.  Instead of mounting,
every path of a mount in commands and variables becomes a path of ours, and the pod's port on 127.0.0.1 a free one.  User ids, capabilities
and limits are not applied.
"""
import base64
import os
import re
import signal
import subprocess
import time

SECONDS = 60


class Pod:
    def __init__(self, documents, template, folder, image, labels=(), ports=()):
        """template: a `spec.template` of one of the documents; folder: for the pod's files; labels: what its controller adds;
        ports: { port of the pod: free port }"""
        self.objects = {(x["kind"], x["metadata"]["name"]): x for x in documents}
        self.spec, self.folder, self.ports = template["spec"], folder, dict(ports)
        self.labels = {**template["metadata"]["labels"], **dict(labels)}
        self.root = os.path.join(folder, "samza")
        os.makedirs(self.root)
        for name in os.listdir(image):
            os.symlink(os.path.join(image, name), os.path.join(self.root, name))
        self.volumes = {x["name"]: self.lay_out(x) for x in self.spec["volumes"]}
        self.sidecars, self.process = [], None

    def lay_out(self, volume):
        """-> folder of a volume"""
        folder = os.path.join(self.folder, "volumes", volume["name"])
        os.makedirs(folder)
        for source in volume["projected"]["sources"] if "projected" in volume else [volume]:
            for name, data in self.files(source):
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(data)
        return folder

    def files(self, source):
        """-> [(name, bytes)] of a volume's source; none of an emptyDir"""
        if "secret" in source:
            found = source["secret"]
            secret = self.objects["Secret", found.get("secretName") or found["name"]]
            data = {key: base64.b64decode(x) for key, x in secret.get("data", {}).items()}
            data.update((key, x.encode()) for key, x in secret.get("stringData", {}).items())
        elif "configMap" in source:
            found = source["configMap"]
            data = {key: x.encode() for key, x in self.objects["ConfigMap", found["name"]]["data"].items()}
        else:
            assert "emptyDir" in source, source
            return []
        return [(x["path"], data[x["key"]]) for x in found.get("items", [{"key": key, "path": key} for key in data])]

    def paths(self, container):
        """-> { path in the container: path of ours }"""
        found = {"/samza": self.root} if container is self.spec["containers"][0] else {}
        for mount in container.get("volumeMounts", []):
            inside = mount["mountPath"]
            found[inside] = self.volumes[mount["name"]]
            if inside.startswith("/samza/") and "/samza" in found and not os.path.lexists(self.root + inside[6:]):
                os.symlink(found[inside], self.root + inside[6:])   # for scripts that go there by themselves
        return found

    def translate(self, text, paths):
        names = "|".join(re.escape(x) for x in sorted(paths, key=len, reverse=True))
        text = re.sub(r"(?<![\w.-])(%s)(?![\w.-])" % names, lambda found: paths[found[1]], text)
        for inside, outside in self.ports.items():
            text = text.replace("127.0.0.1:%d" % inside, "127.0.0.1:%d" % outside)
        return text

    @staticmethod
    def expand(text, values):
        """As a kubelet does in variables and commands: $(NAME), and $$ for $"""
        return re.sub(r"\$\$|\$\((\w+)\)", lambda found: values.get(found[1], found[0]) if found[1] else "$", text)

    def environment(self, container, paths):
        values = {}
        for variable in container.get("env", []):
            field = variable.get("valueFrom", {}).get("fieldRef", {}).get("fieldPath")
            if field:
                values[variable["name"]] = self.labels[re.fullmatch(r"metadata\.labels\['(.*)'\]", field)[1]]
            else:
                values[variable["name"]] = self.translate(self.expand(variable.get("value", ""), values), paths)
        return values

    def run(self, container, command):
        paths = self.paths(container)
        values = self.environment(container, paths)
        env = {"PATH": os.environ["PATH"] + ":" + self.root + "/bin", "HOME": "/nonexistent", **values}
        with open(self.log_path(container["name"]), "ab") as log:
            return subprocess.Popen([self.translate(self.expand(x, values), paths) for x in command], env=env,
                                    cwd=self.translate(container.get("workingDir", "/"), paths), stdin=subprocess.DEVNULL,
                                    stdout=log, stderr=log, start_new_session=True)

    def log_path(self, name):
        return os.path.join(self.folder, name + ".log")

    def log(self, name=None):
        with open(self.log_path(name or self.spec["containers"][0]["name"]), errors="replace") as file:
            return file.read()

    def start(self):
        """Init containers in turn, those that stay, then the Samza container -> its process"""
        main, *beside = self.spec["containers"]
        for container in self.spec.get("initContainers", []):
            child = self.run(container, container["command"])
            if container.get("restartPolicy") == "Always":
                self.stay(container, child)
            elif child.wait(SECONDS):
                raise AssertionError("%s: %s" % (container["name"], self.log(container["name"])))
        for container in beside:
            self.stay(container, self.run(container, container["command"]))
        return self.restart(main)

    def stay(self, container, child):
        self.sidecars.append(child)
        until = time.monotonic() + SECONDS
        while "startupProbe" in container and self.run(container, container["startupProbe"]["exec"]["command"]).wait():
            if child.poll() is not None or time.monotonic() > until:
                raise AssertionError("%s: %s" % (container["name"], self.log(container["name"])))
            time.sleep(0.1)

    def restart(self, main=None):
        """The Samza container alone, with the volumes as they are -> its process"""
        main = main or self.spec["containers"][0]
        self.process = self.run(main, main["command"])
        return self.process

    def terminate(self):
        """-> exit code and seconds of the Samza container after TERM, within the grace period"""
        begin = time.monotonic()
        self.process.terminate()
        return self.process.wait(self.spec["terminationGracePeriodSeconds"]), time.monotonic() - begin

    def end(self):
        """-> exit codes of the sidecars after TERM; what still runs is killed.  A second call does nothing."""
        for child in self.sidecars:
            child.terminate()
        codes = []
        for child in self.sidecars:
            try:
                codes.append(child.wait(5))
            except subprocess.TimeoutExpired:
                codes.append(None)
        for child in filter(None, [*self.sidecars, self.process]):
            try:
                os.killpg(child.pid, signal.SIGKILL)    # a container's other processes end with its first
            except ProcessLookupError:
                pass
            child.wait()
        self.sidecars, self.process = [], None
        return codes
