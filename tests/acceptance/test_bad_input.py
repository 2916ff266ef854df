"""Bad input: a correct ticket or a clear parked case each, nothing lost, and the next mail unaffected."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import CliRunner

from bridge.cli import main
from bridge.otrs.model import Ticket
from tests.acceptance.world import World, mail, plain

# Three copies of these make no difference to any rule, so every mail is a login request unless it says otherwise.
ASKING = "Hallo, ich habe mein Passwort vergessen und komme nicht mehr rein."


@dataclass(frozen=True)
class Bad:
    """A bad mail, what must be readable of it in its ticket, or the code under which it is parked."""

    raw: bytes
    shown: tuple[str, ...] = ()
    parked: str = ""
    check: Callable[[Ticket], bool] = lambda _ticket: True


def head(*more: str, sender: str = "From: Kai Ende <kai.ende@post.example>") -> str:
    """Return header lines as text, each mail with a Message-ID of its own."""
    lines = [
        sender,
        "To: support@example.org",
        "Subject: Passwort vergessen",
        "Date: Tue, 24 Nov 2026 10:00:00 +0100",
        f"Message-ID: <{uuid.uuid4().hex}@post.example>",
        "MIME-Version: 1.0",
        *more,
    ]
    kept = {line.partition(":")[0].lower(): line for line in lines if line}
    doubled = [line for line in lines if line and kept[line.partition(":")[0].lower()] != line]
    given_twice = [line for line in doubled if line.startswith("From:")]
    return "\r\n".join([*given_twice, *kept.values()])


def raw(headers: str, body: str | bytes) -> bytes:
    """Join header and body."""
    content = body.encode() if isinstance(body, str) else body
    return headers.encode() + b"\r\n\r\n" + content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def mixed(*parts: bytes, boundary: str = "cut") -> bytes:
    """Make a multipart body."""
    mark = f"--{boundary}".encode()
    return b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"


def attached(name: str, content: bytes, *, kind: str = "application/octet-stream") -> bytes:
    """Make a part with a file name."""
    lines = (
        f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
    )
    return lines.encode() + base64.encodebytes(content).replace(b"\n", b"\r\n")


MIXED = "Content-Type: multipart/mixed; boundary=cut"
TEXT = f"Content-Type: text/plain; charset=utf-8\r\n\r\n{ASKING}".encode()


def nested(levels: int, text: str) -> bytes:
    """Put a text into so many multiparts."""
    body = f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode()
    for level in range(levels):
        inner = mixed(body, boundary=f"b{level}x")
        body = f"Content-Type: multipart/mixed; boundary=b{level}x\r\n\r\n".encode() + inner
    return body


def contents(ticket: Ticket) -> list[bytes]:
    return sorted(file.content for article in ticket.articles for file in article.attachments)


def names(ticket: Ticket) -> list[str]:
    return [file.filename for article in ticket.articles for file in article.attachments]


ORDERS = (
    "X-OTRS-Priority: 5 very high",
    "X-OTRS-Queue: Bridge-Erase",
    "X-OTRS-State: closed successful",
    "X-OTRS-Ignore: yes",
    "X-OTRS-Title: gekapert",
    "X-OTRS-CustomerUser: root@localhost",
    "X-OTRS-DynamicField-BridgeErase: erase",
    "X-OTRS-FollowUp-State: closed successful",
)


def obeyed_nothing(ticket: Ticket) -> bool:
    return (
        ticket.priority == "3 normal"
        and ticket.state_type in {"new", "open"}
        and ticket.title == "Passwort vergessen"
        and ticket.customer_user == "kai.ende@post.example"
        and not ticket.fields.get("BridgeErase")
        and "X-OTRS" not in plain(ticket)
    )


def bad_mails() -> dict[str, Bad]:
    """Return the small bad mails; the texts in `shown` tell their tickets apart."""
    deep = nested(60, f"{ASKING} Kennung tief60.")
    broken = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + (
        base64.b64encode(f"{ASKING} Kennung basis64.".encode())[:-3] + b"*!"
    )
    folded = head(f"Subject: =?utf-8?q?Passwort_Kennung_umbruch=0D=0A{ORDERS[0].replace(' ', '_')}?=")
    return {
        "only a line end": Bad(b"\r\n", ("(kein Betreff)", "(kein Text)")),
        "500 parts": Bad(
            raw(head(MIXED), mixed(TEXT, *(attached(f"{n}.bin", b"x%d" % n) for n in range(500)))),
            parked="message-too-many-parts",
        ),
        "60 levels": Bad(
            raw(head(), b"")[:-4] + b"\r\n" + deep,
            check=lambda ticket: any(b"tief60" in one for one in contents(ticket)),
        ),
        "NULs": Bad(raw(head("X-Zero: a\0b"), f"{ASKING}\0 Kennung\0 null."), ("null",)),
        "no From": Bad(raw(head(sender=""), f"{ASKING} Kennung ohneabsender."), ("ohneabsender",)),
        "two From": Bad(
            raw(head("From: Zwei <zwei@post.example>"), f"{ASKING} Kennung zweiabsender."), ("zweiabsender",)
        ),
        "broken base64": Bad(raw(head(MIXED), mixed(broken)), (ASKING, "Kennung basis")),
        "wrong charset": Bad(
            raw(
                head("Content-Type: text/plain; charset=utf-8"), f"{ASKING} Kennung zürich.".encode("latin-1")
            ),
            ("zürich",),
        ),
        "unknown charset": Bad(
            raw(head("Content-Type: text/plain; charset=x-klingon"), f"{ASKING} Kennung fürth."), ("fürth",)
        ),
        "orders to OTRS": Bad(
            raw(head(*ORDERS), f"{ASKING} Kennung befehl."), ("befehl",), check=obeyed_nothing
        ),
        "a line break in the subject": Bad(
            raw(folded, f"{ASKING} Kennung zeile."),
            ("zeile",),
            check=lambda ticket: "\n" not in ticket.title and ticket.priority == "3 normal",
        ),
        "HTML only": Bad(
            raw(head("Content-Type: text/html; charset=utf-8"), f"<p>{ASKING}<br>Kennung <b>nurhtml</b></p>"),
            (ASKING, "nurhtml"),
            check=lambda ticket: "<b>" not in ticket.articles[0].body,
        ),
        "blank": Bad(
            raw(head("Subject:  ", "Reply-To: leer@post.example"), " \r\n\r\n"),
            ("(kein Text)",),
            check=lambda ticket: ticket.customer_user == "kai.ende@post.example",
        ),
        "subject 0": Bad(raw(head("Subject: 0"), f"{ASKING} Kennung nullbetreff."), ("nullbetreff",)),
        "body 0": Bad(raw(head("Subject: Passwort vergessen, Kennung nulltext"), "0"), ("nulltext",)),
        "attachments of one name": Bad(
            raw(head(MIXED), mixed(TEXT, *(attached("a.txt", b"inhalt-%d" % n) for n in range(3)))),
            check=lambda ticket: (
                contents(ticket) == [b"inhalt-%d" % n for n in range(3)] and len(set(names(ticket))) == 3
            ),
        ),
        "empty attachments": Bad(
            raw(head(MIXED), mixed(TEXT, attached("leer.txt", b""), attached("voll.txt", b"vollerinhalt"))),
            check=lambda ticket: b"vollerinhalt" in contents(ticket) and "leer.txt" in names(ticket),
        ),
        "weird file names": Bad(
            raw(
                head(MIXED),
                mixed(
                    TEXT,
                    attached("../../etc/passwd", b"weird-1"),
                    attached("con:aux?.txt", b"weird-2"),
                    attached("=?utf-8?q?=C3=A4=00=0D=0A.pdf?=", b"weird-3"),
                    attached("", b"weird-4"),
                    attached("x" * 400 + ".txt", b"weird-5"),
                ),
            ),
            check=lambda ticket: (
                contents(ticket) == [b"weird-%d" % n for n in range(1, 6)]
                and "/" not in "".join(names(ticket))
            ),
        ),
        "no Message-ID": Bad(
            raw(head().replace("Message-ID", "X-No-Id"), f"{ASKING} Kennung ohneid."), ("ohneid",)
        ),
        "no header at all": Bad(f"{ASKING} Kennung kopflos.\r\n".encode(), ("kopflos",)),
    }


def parked_codes(world: World) -> list[str]:
    """Return the codes that `cases list` shows, as an operator sees them."""
    result = CliRunner().invoke(main, ["--config", str(world.path), "cases", "list", "--json"])
    assert result.exit_code == 0, result.output
    return [json.loads(line)["code"] for line in result.stdout.splitlines()]


def test_small_bad_mails_become_tickets_or_parked_cases_and_the_next_mail_goes_its_way(world: World) -> None:
    bad = bad_mails()
    world.deliver(*(one.raw for one in bad.values()), mail("Passwort vergessen", f"{ASKING} Kennung danach."))
    worked = world.once()
    assert len(worked) == len(bad) + 1
    assert {w.state for w in worked} == {"done", "parked"}
    tickets = [ticket for role in ("support", "other", "membership") for ticket in world.tickets(role)]
    texts = {ticket.ticket_id: plain(ticket) for ticket in tickets}
    for name, one in bad.items():
        if not one.parked:
            hits = [t for t in tickets if all(word in texts[t.ticket_id] for word in one.shown)]
            assert any(one.check(ticket) for ticket in hits), name
    assert any("danach" in text for text in texts.values())
    parked = [one for one in bad.values() if one.parked]
    assert parked_codes(world) == [one.parked for one in parked]
    assert world.folder_mails("Bridge/Parked") == [one.raw for one in parked]
    assert len(world.folder_mails("Bridge/Done")) == len(bad) + 1 - len(parked)
    assert world.folder_mails("INBOX") == []
    assert len(tickets) == len(bad) + 1


def test_an_empty_file_in_the_maildir_becomes_a_ticket(sandbox: World) -> None:
    sandbox.deliver(b"")
    assert [w.state for w in sandbox.once()] == ["done"]
    assert len(sandbox.tickets("support")) == 1
    assert sandbox.folder_mails("Bridge/Done") == [b""]


def test_a_mail_over_the_limit_is_parked_and_a_large_one_below_is_a_full_ticket(world: World) -> None:
    megabytes = 30 << 20
    canary = f"Kanarienvogel{uuid.uuid4().hex[:8]}"
    too_large = mail(canary, ASKING) + (canary.encode() + b"\r\n") * (megabytes // (len(canary) + 2))
    content = bytes(range(256)) * (4 * 6 << 10)  # 6 MB
    large = mail(
        "Passwort vergessen", ASKING, attachments=(("groß.bin", "application/octet-stream", content),)
    )
    world.deliver(too_large, large)
    assert sorted((w.state, w.code) for w in world.once()) == [("done", ""), ("parked", "message-too-large")]
    full, notice = sorted(world.tickets("support"), key=lambda ticket: ticket.title)[::-1][:2]
    if notice.title.startswith("Passwort"):
        full, notice = notice, full
    assert contents(full) == [content]
    assert canary not in plain(notice)
    assert "message-too-large" in plain(notice)
    assert "Bridge/Parked" in plain(notice)
    assert parked_codes(world) == ["message-too-large"]
    (kept,) = world.folder_mails("Bridge/Parked")
    assert len(kept) == len(too_large)


def test_an_automatic_answer_carries_no_orders_to_otrs(world: World) -> None:
    sender = f"neu.{uuid.uuid4().hex[:12]}@post.example"
    asking = "Hallo, wie werde ich Mitglied bei euch? Was kostet das und welche Unterlagen brauche ich?"
    headers: dict[str, Any] = {
        line.partition(":")[0].replace("-", "_"): line.partition(": ")[2] for line in ORDERS
    }
    world.deliver(mail("Mitglied werden", asking, sender=f"Neu <{sender}>", **headers))
    assert [(w.category, w.state) for w in world.once()] == [("joining-leaving", "done")]
    (answer,) = world.answers(sender)
    assert b"x-otrs-queue" not in answer.lower()
    assert b"gekapert" not in answer


LOGIN = (ASKING, "Bridge/Done", "support")
ERASURE = ("Bitte löschen Sie alle meine Daten nach Art. 17 DSGVO.\n\nJördis Ährenfeld", "", "membership")


@pytest.mark.parametrize(("body", "folder", "queue"), [LOGIN, ERASURE], ids=["ticketed", "erased"])
@pytest.mark.parametrize("with_id", [True, False], ids=["with-id", "without-id"])
def test_the_same_mail_twice_and_again_later_is_one_case(
    world: World, body: str, folder: str, queue: str, with_id: bool
) -> None:
    one = mail("Eine Frage zu Daten" if queue == "membership" else "Passwort vergessen", body)
    one = one if with_id else one.replace(b"Message-ID:", b"X-No-Id:")
    world.deliver(one, one)
    world.once()
    world.once()
    world.deliver(one)
    assert {w.case_id for w in world.once()} == {1}
    with world.bridge() as bridge:
        shown = bridge.case(1)
        assert bridge.case(2) is None
    assert shown is not None
    assert shown["state"] == "done"
    assert {place["state"] for place in shown["places"]} == {"moved" if folder else "erased"}
    assert len(world.tickets(queue)) == 1
    assert len(world.tickets("support")) == 1
    assert world.folder_mails("INBOX") == []
    assert world.folder_mails("Bridge/Erasing") == []
    assert world.folder_mails("Bridge/Done") == ([one] * 3 if folder else [])
    if not folder:
        events = [event for event, _level in world.log_events()]
        assert events.count("verified") in {2, 3}
        assert set(events) == {"intended", "executed", "verified"}


def test_a_copy_that_arrives_while_the_first_is_being_erased_is_erased_too(world: World) -> None:
    from tests.acceptance.meddling import calls, meddled

    one = mail("Löschung", ERASURE[0])
    world.deliver(one)
    with meddled(world, "mailbox", calls("expunge"), lambda: world.deliver(one)) as (bridge, meddler):
        bridge.once()
        assert meddler.done
    world.once()
    assert world.folder_mails("INBOX") == []
    assert "unverifiable" not in [event for event, _level in world.log_events()]
    with world.bridge() as bridge:
        shown = bridge.case(1)
        assert shown is not None
        assert shown["state"] == "done"


def test_one_mail_that_breaks_the_program_does_not_stop_the_others(
    sandbox: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bridge.act import load
    from bridge.message.identity import identity_parts

    def breaks(content: bytes) -> tuple[bytes, ...]:
        if b"sprengsatz" in content:
            raise ValueError("sprengsatz")
        return identity_parts(content)

    monkeypatch.setattr(load, "identity_parts", breaks)
    sandbox.deliver(mail("Passwort", f"{ASKING} sprengsatz"), mail("Passwort", ASKING))
    assert [w.state for w in sandbox.once()] == ["done"]
    assert len(sandbox.folder_mails("INBOX")) == 1
    assert any(b"mail-unforeseen" in one for one in sandbox.answers("ops@example.org"))
    monkeypatch.undo()
    assert [w.state for w in sandbox.once()] == ["done"]


def test_what_the_program_can_not_classify_is_parked(sandbox: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from bridge.act import decision

    def breaks(*_given: object, **_more: object) -> None:
        raise KeyError("sprengsatz")

    monkeypatch.setattr(decision, "classify", breaks)
    one = mail("Passwort", f"{ASKING} sprengsatz")
    sandbox.deliver(one)
    assert [(w.state, w.code) for w in sandbox.once()] == [("parked", "unforeseen")]
    assert parked_codes(sandbox) == ["unforeseen"]
    assert sandbox.folder_mails("Bridge/Parked") == [one]
    (notice,) = sandbox.tickets("support")
    assert "sprengsatz" not in plain(notice)
    monkeypatch.undo()
    with sandbox.bridge() as bridge:
        assert bridge.ask(1, "retry") == "new"
        assert [w.state for w in bridge.once()] == ["done"]
    assert sandbox.folder_mails("Bridge/Done") == [one]
