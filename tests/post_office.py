"""Servers of the tests' own: one takes mail and one is a WeCom robot, each with a dial for what goes wrong."""

import base64
import datetime
import json
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class PostOffice:
    """What has arrived, and how the server behaves: `says` answers a verb with another line than its own."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    was_encrypted: list[bool] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    hangs_up_at: str = ""
    """A verb, or END for the moment after the letter itself."""
    certificate: Path | None = None
    trust: ssl.SSLContext | None = None


class _Talk(socketserver.StreamRequestHandler):
    office: PostOffice
    encrypted_from_the_start = False

    def handle(self) -> None:
        self._is_encrypted = False
        if self.encrypted_from_the_start and not self._encrypt():
            return
        self._to: list[str] = []
        self._say("220 test ESMTP")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ")[0].split(":")[0].upper()
            if verb == self.office.hangs_up_at:
                return
            if not self._answer(verb, line):
                return

    def finish(self) -> None:
        super().finish()
        self.connection.close()  # an encrypted one is another than the server knows

    def _answer(self, verb: str, line: str) -> bool:
        """False where the talk is over."""
        if other := self.office.says.get(verb):
            self._say(other)
            return True
        if verb == "EHLO":
            self._say("250-test\r\n250-AUTH PLAIN\r\n250-STARTTLS\r\n250 8BITMIME")
        elif verb == "STARTTLS":
            self._say("220 go")
            return self._encrypt()
        elif verb == "AUTH":
            self.office.logins.append(base64.b64decode(line.split(" ")[2]).decode().replace("\0", " ").strip())
            self._say("235 ok")
        elif verb == "RCPT":
            address = line.partition("<")[2].rstrip(">")
            is_bad = address.startswith("nobody")
            self._to += [] if is_bad else [address]
            self._say("550 no such user" if is_bad else "250 ok")
        elif verb == "DATA":
            return self._letter()
        elif verb == "QUIT":
            self._say("221 bye")
            return False
        else:
            self._say("250 ok")
        return True

    def _letter(self) -> bool:
        self._say("354 go")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if self.office.hangs_up_at == "END":
            return False
        self.office.letters.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self.office.recipients.append(self._to)
        self.office.was_encrypted.append(self._is_encrypted)
        self._say("250 taken")
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _encrypt(self) -> bool:
        assert self.office.trust
        try:
            encrypted = self.office.trust.wrap_socket(self.connection, server_side=True)
        except (ssl.SSLError, OSError):  # the other side does not trust us
            return False
        self.rfile.close()
        self.connection = encrypted
        self.rfile, self.wfile = encrypted.makefile("rb"), encrypted.makefile("wb", buffering=0)
        self._is_encrypted = True
        return True


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def post_office(folder: Path, is_encrypted: bool = False) -> Iterator[PostOffice]:
    office = PostOffice()
    office.certificate, office.trust = _certificate(folder)
    talk = type("Talk", (_Talk,), {"office": office, "encrypted_from_the_start": is_encrypted})
    with _serving(_Server(("127.0.0.1", 0), talk)) as office.port:
        yield office


@dataclass
class Robot:
    """A WeCom robot: what it was told, and what it answers."""

    port: int = 0
    told: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    answer: bytes = b'{"errcode":0,"errmsg":"ok"}'
    hangs_up: bool = False
    waits: Callable[[], object] = lambda: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/cgi-bin/webhook/send?key=geheim-0123"


@contextmanager
def robot() -> Iterator[Robot]:
    made = Robot()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            made.waits()
            if made.hangs_up:
                self.close_connection = True
                return
            self.send_response(made.status)
            self.send_header("Content-Length", str(len(made.answer)))
            self.end_headers()
            with suppress(OSError):  # who asked may have given up
                self.wfile.write(made.answer)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Answering)) as made.port:
        yield made


@contextmanager
def _serving(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def _certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for `localhost` that is its own authority, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    begin = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    certificate, both = folder / "mail.crt", folder / "mail.pem"
    certificate.write_bytes(made.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    both.write_bytes(private + made.public_bytes(pem))
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(both)
    return certificate, trust
