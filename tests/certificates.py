"""An authority of the tests' own, and certificates that it signs: by openssl, which is wherever Java's packages are."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")


@dataclass(frozen=True, slots=True)
class Authority:
    """Its certificate is `folder`/NAME.pem, its key NAME.key, both PEM."""

    folder: Path
    name: str = "authority"

    @property
    def certificate(self) -> Path:
        """The certificate that clients and brokers are to believe."""
        return self.folder / f"{self.name}.pem"

    def begin(self) -> None:
        """Make the authority's own key and certificate."""
        self._openssl(self.name, "-subj", f"/CN={self.name}")

    def issue(self, name: str, *, host: str) -> Path:
        """Return a file that holds the certificate of a host and then its key."""
        signed = ("-CA", str(self.certificate), "-CAkey", str(self.certificate.with_suffix(".key")))
        self._openssl(name, "-subj", f"/CN={name}", "-addext", f"subjectAltName={host}", *signed)
        both = self.folder / f"{name}-both.pem"
        both.write_bytes(b"".join((self.folder / f"{name}{end}").read_bytes() for end in (".pem", ".key")))
        return both

    def _openssl(self, name: str, *options: str) -> None:
        files = ("-keyout", str(self.folder / f"{name}.key"), "-out", str(self.folder / f"{name}.pem"))
        subprocess.run(["openssl", "req", "-x509", *_KEY, *files, *options], check=True, capture_output=True)
