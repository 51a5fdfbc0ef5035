"""A real SMTP server on this computer: plain, with STARTTLS, or TLS from the start; it can be told to misbehave."""

import ssl
from asyncio import Server
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Box:
    """What arrived, and what to answer."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.members_only = False
        self.answers: dict[str, str] = {}
        """By recipient: what to say to the letter instead of taking it."""
        self.gone: list[str] = []
        """Recipients at whose letter the line is cut after it was taken: once for each time they stand here."""

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        if self.members_only and not session.authenticated:
            return "530 sign in first"
        (to,) = envelope.rcpt_tos
        if to in self.answers:
            return self.answers[to]
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        if to in self.gone:
            self.gone.remove(to)
            assert server.transport is not None
            server.transport.close()
        return "250 OK"

    def to(self) -> list[str]:
        return sorted(mail["To"].addresses[0].addr_spec for mail in self.mails)


class _Plain(Controller):
    def factory(self) -> SMTP:
        return SMTP(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]  # the system chose it
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def office(folder: Path, *, tls: str = "", password: str = "") -> Iterator[tuple[Box, str]]:
    """A server, and its address; `tls` is empty, `starttls` or `smtps`."""
    box = Box()
    kwargs: dict[str, Any] = {}
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate(folder))
        kwargs = {"tls_context": context, "require_starttls": True} if tls == "starttls" else {"ssl_context": context}
    if password:

        def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
            good = isinstance(data, LoginPassword) and data.password == password.encode()
            return AuthResult(success=good, handled=False)

        kwargs |= {"authenticator": authenticate, "auth_require_tls": tls == "starttls"}
        box.members_only = True
    controller = _Plain(box, hostname="127.0.0.1", port=0, **kwargs)
    controller.start()
    try:
        yield box, f"{'smtps' if tls == 'smtps' else 'smtp'}://127.0.0.1:{controller.port}"
    finally:
        controller.stop()


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody signed but itself."""
    path = folder / "certificate.pem"
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path
