"""Certificates for a test, made by the openssl command, and how each client is told of them."""

import subprocess
from pathlib import Path


class Certificates:
    """An authority `ca` in a folder, and what it issues."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.authority("ca")
        self.issue("server", "/CN=localhost", names="DNS:localhost,IP:127.0.0.1,IP:::1", use="serverAuth")

    def __getitem__(self, file):
        return str(self.folder / file)

    def authority(self, name):
        self._run("req", "-x509", *self._key(name), "-days", "30", "-subj", f"/O=Test/CN={name}", "-out", f"{name}.pem")

    def issue(self, name, subject, by="ca", days=20, names="DNS:client", use="clientAuth"):
        """`days` may be negative. Besides NAME.pem and NAME.key, both are in NAME-both.pem, as Java takes them."""
        (self.folder / f"{name}.ext").write_text(
            f"basicConstraints=CA:FALSE\nextendedKeyUsage={use}\nsubjectAltName={names}\n")
        self._run("req", "-new", *self._key(name), "-subj", subject, "-out", f"{name}.csr")
        self._run("x509", "-req", "-in", f"{name}.csr", "-CA", f"{by}.pem", "-CAkey", f"{by}.key", "-days", str(days),
                  "-extfile", f"{name}.ext", "-out", f"{name}.pem")
        (self.folder / f"{name}-both.pem").write_text(
            (self.folder / f"{name}.key").read_text() + (self.folder / f"{name}.pem").read_text())

    @staticmethod
    def _key(name):
        return "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key"

    def _run(self, *arguments):
        result = subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, text=True)
        assert result.returncode == 0, result.stderr

    def listener(self, *options, certificate="server", name="TLS"):
        """A listener's URL; options as in `client-auth=required`."""
        parts = [f"tls={self[certificate + '.pem']}", f"key={self[certificate + '.key']}", *options]
        return f"{name}://localhost:0?{'&'.join(parts)}"

    def native(self, client, name=None, ca="ca"):
        """Settings of a client that trusts `ca` and shows the certificate of `name`."""
        if client in ("kcat", "confluent-kafka"):
            settings = {"security.protocol": "ssl", "ssl.ca.location": self[f"{ca}.pem"]}
            if name:
                settings |= {"ssl.certificate.location": self[f"{name}.pem"], "ssl.key.location": self[f"{name}.key"]}
        elif client == "java":
            settings = {"security.protocol": "SSL", "ssl.truststore.type": "PEM",
                        "ssl.truststore.location": self[f"{ca}.pem"]}
            if name:
                settings |= {"ssl.keystore.type": "PEM", "ssl.keystore.location": self[f"{name}-both.pem"]}
        else:
            settings = {"security_protocol": "SSL", "ssl_cafile": self[f"{ca}.pem"]}
            if name:
                settings |= {"ssl_certfile": self[f"{name}.pem"], "ssl_keyfile": self[f"{name}.key"]}
        return settings
