# SPDX-License-Identifier: Apache-2.0
"""A real etcd, API server and controller manager of one Kubernetes release, built once from the Go modules into the tests' cache.

There is no scheduler and no node: controllers make pods, which stay pending.  `cluster.py` builds ahead of time: a first build
takes six to fifteen minutes and 4 GB, and needs the Go that go.mod asks for; `cluster.py --why-not` says why it cannot.
"""
import base64
import fcntl
import hashlib
import http.client
import json
import os
import re
import secrets
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))
import jars  # noqa: E402
import servers  # noqa: E402

SOURCES = ("main.go", "go.mod", "go.sum")
COMPONENT = "k8s.io/component-base/version"
START_SECONDS = 180


def release():
    with open(os.path.join(HERE, "go.mod")) as file:
        return re.search(r"k8s\.io/kubernetes v(\S+)", file.read())[1]


def wanted_go():
    with open(os.path.join(HERE, "go.mod")) as file:
        return re.search(r"^go (\S+)", file.read(), re.MULTILINE)[1]


def why_not():
    """-> why the program cannot be built here, or None"""
    if not shutil.which("go"):
        return "no Go"
    said = subprocess.run(["go", "env", "GOVERSION"], stdout=subprocess.PIPE, text=True, cwd="/",
                          env={**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": ""}).stdout.strip()
    numbers = [tuple(map(int, re.findall(r"\d+", x)[:2])) for x in (said, wanted_go())]
    return None if numbers[0] >= numbers[1] else "Go %s is needed, here is %s" % (wanted_go(), said or "an older one")


def build():
    """-> path of the program"""
    digest = hashlib.sha256()
    for name in SOURCES:
        with open(os.path.join(HERE, name), "rb") as file:
            digest.update(file.read())
    folder = os.path.join(jars.cache(), "kubernetes-" + release())
    path = os.path.join(folder, "cluster-" + digest.hexdigest()[:12])
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(path):
            major, minor = release().split(".")[:2]
            flags = "-s -w" + "".join(" -X %s.%s=%s" % (COMPONENT, key, value) for key, value in (
                ("gitVersion", "v" + release()), ("gitMajor", major), ("gitMinor", minor), ("gitTreeState", "clean")))
            subprocess.run(["go", "build", "-buildvcs=false", "-trimpath", "-ldflags", flags, "-o", path + ".new", "."], cwd=HERE,
                           env={**os.environ, "CGO_ENABLED": "0"}, check=True)
            os.rename(path + ".new", path)
    return path


class Cluster:
    """start(), kubectl("get", "pods"), stop()"""

    def __init__(self):
        self.program = build()
        self.folder = tempfile.mkdtemp(prefix="samzak8s-cluster-")
        self.children = []

    def stop(self):
        for child in reversed(self.children):
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def spawn(self, role, *arguments):
        with open(self.path(role + ".log"), "wb") as log:
            self.children.append(subprocess.Popen([self.program, role, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL,
                                                  stdout=log, stderr=log, start_new_session=True,
                                                  preexec_fn=servers.follow_parent))

    def wait(self, role, port, path, secure=True):
        context = ssl._create_unverified_context()
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
                connection = kind("127.0.0.1", port, timeout=2, **({"context": context} if secure else {}))
                connection.request("GET", path, headers={"Authorization": "Bearer " + self.token})
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            if self.children[-1].poll() is not None or time.monotonic() > until:
                with open(self.path(role + ".log"), errors="replace") as log:
                    raise RuntimeError("%s does not start:\n%s" % (role, log.read()[-2000:]))
            time.sleep(0.1)

    def start(self):
        etcd, peer, api, manager = servers.free_ports(4)
        self.token = secrets.token_hex(16)
        with open(self.path("tokens.csv"), "w") as file:
            file.write(self.token + ',tests,tests,"system:masters"\n')
        key = self.path("accounts.key")
        subprocess.run(["openssl", "genrsa", "-traditional", "-out", key, "2048"], check=True, stderr=subprocess.DEVNULL)
        local = "http://127.0.0.1:%d"
        self.spawn("etcd", "--data-dir", self.path("etcd"), "--listen-client-urls", local % etcd, "--advertise-client-urls", local % etcd,
                   "--listen-peer-urls", local % peer, "--initial-advertise-peer-urls", local % peer,
                   "--initial-cluster", "default=" + local % peer, "--unsafe-no-fsync", "--log-level", "warn")
        self.wait("etcd", etcd, "/health", secure=False)
        self.spawn("kube-apiserver", "--etcd-servers", local % etcd, "--bind-address", "127.0.0.1", "--advertise-address", "127.0.0.1",
                   "--endpoint-reconciler-type", "none", "--secure-port", str(api), "--cert-dir", self.path("certificates"),
                   "--service-account-issuer", "https://kubernetes.default.svc", "--service-account-key-file", key,
                   "--service-account-signing-key-file", key, "--service-cluster-ip-range", "10.96.0.0/16",
                   "--authorization-mode", "RBAC", "--token-auth-file", self.path("tokens.csv"), "--profiling=false")
        self.wait("kube-apiserver", api, "/readyz")
        with open(self.path("certificates/apiserver.crt"), "rb") as file:
            authority = base64.b64encode(file.read()).decode()
        with open(self.path("kubeconfig"), "w") as file:
            json.dump({"apiVersion": "v1", "kind": "Config", "current-context": "tests",
                       "clusters": [{"name": "tests", "cluster": {"server": "https://127.0.0.1:%d" % api,
                                                                  "certificate-authority-data": authority}}],
                       "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": "tests"}}],
                       "users": [{"name": "tests", "user": {"token": self.token}}]}, file)
        self.spawn("kube-controller-manager", "--kubeconfig", self.path("kubeconfig"), "--leader-elect=false",
                   "--bind-address", "127.0.0.1", "--secure-port", str(manager), "--cert-dir", self.path("certificates"),
                   "--service-account-private-key-file", key, "--root-ca-file", self.path("certificates/apiserver.crt"),
                   "--kube-api-qps", "400", "--kube-api-burst", "800")
        self.wait("kube-controller-manager", manager, "/healthz")

    def kubectl(self, *arguments, **input):
        """-> exit code, stdout, stderr"""
        done = subprocess.run([self.program, "kubectl", *arguments], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=300, env={**os.environ, "KUBECONFIG": self.path("kubeconfig"), "HOME": self.folder}, **input)
        return done.returncode, done.stdout, done.stderr


if __name__ == "__main__":
    if sys.argv[1:] == ["--why-not"]:
        print(why_not() or "")
    elif why_not():
        sys.exit("tests/kubernetes: " + why_not())
    else:
        print(build())
