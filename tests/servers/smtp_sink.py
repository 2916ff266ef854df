"""An SMTP server that keeps what it receives in a folder, and misbehaves on request.

The local part of a recipient's address, up to a `+`, may be one of:

* `reject`: 550 at RCPT TO; `tempfail`: 451 at RCPT TO;
* `rejectdata`, `tempfaildata`: 550, 451 after the message;
* `hang`: RCPT TO is not answered for ten minutes; `hangdata`: the message is not answered (but kept);
* `drop`: the connection is cut after the message is kept, without an answer.

Each message is kept as N.eml beside N.json (sender, recipients, tls, auth). Run as a program: state folder, plain port
(STARTTLS offered), TLS port; the password for AUTH is read from servers.json.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HANG_SECONDS = 600
AT_RCPT = {"reject": "550 5.1.1 No such user", "tempfail": "451 4.3.0 Try again later"}
AFTER_DATA = {"rejectdata": "550 5.7.1 Refused", "tempfaildata": "451 4.3.0 Try again later"}


def trick_of(address: str) -> str:
    """Return the part of the address that chooses the sink's behaviour."""
    return address.partition("@")[0].partition("+")[0].lower()


class Keeper:
    """aiosmtpd's callbacks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        trick = trick_of(address)
        if trick == "hang":
            await asyncio.sleep(HANG_SECONDS)
        if trick in AT_RCPT:
            return AT_RCPT[trick]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        tricks = {trick_of(address) for address in envelope.rcpt_tos}
        for trick in tricks & AFTER_DATA.keys():
            return AFTER_DATA[trick]
        self.keep(server, session, envelope)
        if "hangdata" in tricks:
            await asyncio.sleep(HANG_SECONDS)
        if "drop" in tricks and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return "250 Kept"

    def keep(self, server: SMTP, session: Session, envelope: Envelope) -> None:
        """Write the message, then its envelope: whoever sees the envelope finds the message whole."""
        self.count += 1
        stem = f"{time.time_ns()}-{self.count}"
        facts = {
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "tls": bool(server.transport and server.transport.get_extra_info("ssl_object")),
            "authenticated": bool(session.authenticated),
        }
        content = envelope.original_content or b""
        (self.folder / f"{stem}.eml").write_bytes(content)
        draft = self.folder / f"{stem}.new"
        draft.write_text(json.dumps(facts))
        draft.rename(self.folder / f"{stem}.json")


def _authenticator(password: str) -> Any:
    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, found: Any) -> AuthResult:
        right = isinstance(found, LoginPassword) and found.password == password.encode()
        return AuthResult(success=right, handled=False)

    return check


async def serve(state: Path, plain: int, implicit: int) -> None:
    """Listen on both ports until killed."""
    password = json.loads((state / "servers.json").read_text())["passwords"]["smtp"]
    folder = state / "smtp"
    folder.mkdir(exist_ok=True)
    keeper = Keeper(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(state / "tls" / "server.pem", state / "tls" / "server.key")
    loop = asyncio.get_running_loop()

    def build(starttls: ssl.SSLContext | None) -> SMTP:
        return SMTP(
            keeper,
            hostname="localhost",
            data_size_limit=64 * 1024 * 1024,
            enable_SMTPUTF8=True,
            tls_context=starttls,
            authenticator=_authenticator(password),
            auth_require_tls=False,
            loop=loop,
        )

    await loop.create_server(lambda: build(context), "127.0.0.1", plain)
    await loop.create_server(lambda: build(None), "127.0.0.1", implicit, ssl=context)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
