# SPDX-License-Identifier: Apache-2.0
"""Certificates for one test run: a CA, a broker and a client it signed, and a CA that signed neither."""
import os
import subprocess

PASSWORD = "test-pass"


def run(folder, *command):
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise RuntimeError("%s: %s" % (" ".join(command), done.stdout.decode("utf-8", "replace")))


def authority(folder, name):
    run(folder, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=samzak8s " + name,
        "-keyout", name + ".key", "-out", name + ".pem")


def signed(folder, name):
    """NAME.key, NAME.pem, NAME.p12 for localhost and 127.0.0.1"""
    run(folder, "openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + name,
        "-keyout", name + ".key", "-out", name + ".csr")
    with open(os.path.join(folder, "names"), "w") as file:
        file.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    run(folder, "openssl", "x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
        "-days", "2", "-extfile", "names", "-out", name + ".pem")
    run(folder, "openssl", "pkcs12", "-export", "-in", name + ".pem", "-inkey", name + ".key", "-certfile", "ca.pem",
        "-name", name, "-passout", "pass:" + PASSWORD, "-out", name + ".p12")


def make(folder):
    """ca.pem, other.pem, broker.*, client.*, truststore.p12 (as keytool writes it)"""
    os.makedirs(folder)
    authority(folder, "ca")
    authority(folder, "other")
    signed(folder, "broker")
    signed(folder, "client")
    run(folder, "keytool", "-importcert", "-noprompt", "-alias", "ca", "-file", "ca.pem", "-storetype", "PKCS12",
        "-keystore", "truststore.p12", "-storepass", PASSWORD)
