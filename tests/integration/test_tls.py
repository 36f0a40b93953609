"""A server that speaks TLS itself, and the seat that has to be sure whom it speaks to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agentdesk.server.door import door_file, knock
from agentdesk.sync.http import HttpTransport
from agentdesk.sync.transport import Failure, TransportError
from agentdesk.wire import Enrol, Hello

ROOT = Path(__file__).parents[2]
OPENSSL = shutil.which("openssl")

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="needs openssl to make a certificate")


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate of its own authority for this machine, and its key."""
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        [
            *(str(OPENSSL), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(cert)),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    return cert, key


class Served:
    """A server with a certificate, in a process of its own."""

    def __init__(self, folder: Path, cert: Path, key: Path) -> None:
        self.database = folder / "server.sqlite3"
        command = [sys.executable, "-m", "agentdesk", "--language", "en", "serve", "--port", "0"]
        command += ["--database", f"sqlite:///{self.database}"]
        command += ["--tls-cert", str(cert), "--tls-key", str(key)]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | {"HOME": str(folder)},
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def act(self, name: str, **params: Any) -> dict[str, Any]:
        return knock(door_file(self.database), name, params)

    def end(self) -> None:
        self._process.kill()
        self._process.communicate(timeout=30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def ours(folder: Path) -> tuple[Path, Path]:
    return certificate(folder, "ours")


@pytest.fixture(scope="module")
def served(folder: Path, ours: tuple[Path, Path]) -> Iterator[Served]:
    server = Served(folder, *ours)
    yield server
    server.end()


def refusal(url: str, ca: Path | None) -> TransportError:
    transport = HttpTransport(url, ca=ca)
    try:
        with pytest.raises(TransportError) as refused:
            transport.hello("t", Hello("a" * 32, "0"))
        return refused.value
    finally:
        transport.close()


def test_a_seat_joins_over_tls(served: Served, ours: tuple[Path, Path]) -> None:
    assert served.url.startswith("https://127.0.0.1:")
    served.act("people.set", changes=[{"id": "8001", "values": {"name": "王芳"}}])
    code = served.act("enrol", person="8001", seat="A01")["code"]
    transport = HttpTransport(served.url, ca=ours[0])
    try:
        token = transport.enrol(Enrol(code, "a" * 32))
        welcome = transport.hello(token.token, Hello("a" * 32, "0"))
    finally:
        transport.close()
    assert (welcome.person, welcome.name, welcome.seat) == ("8001", "王芳", "A01")


def test_a_certificate_nobody_vouches_for_gets_no_token(served: Served, folder: Path) -> None:
    assert refusal(served.url, None).failure is Failure.UNTRUSTED
    other, _ = certificate(folder, "another")
    assert refusal(served.url, other).failure is Failure.UNTRUSTED


def test_a_certificate_for_another_name_gets_no_token(
    served: Served, ours: tuple[Path, Path]
) -> None:
    url = served.url.replace("127.0.0.1", "localhost")
    assert refusal(url, ours[0]).failure is Failure.UNTRUSTED


def test_plain_http_to_a_server_with_tls_is_no_server(served: Served) -> None:
    failure = refusal(served.url.replace("https:", "http:"), None).failure
    assert failure in (Failure.NETWORK, Failure.STRANGER)
