"""The doctor on the real servers: a sound set-up has no fault, and each broken one is found with its mending step."""

from __future__ import annotations

import datetime as dt
import json
import socket
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from bridge.doctor import AREAS, Finding, examine
from bridge.journal import brakes, cases
from bridge.journal.cases import NewCase
from tests.acceptance.world import World
from tests.servers import state
from tests.servers.znuny_setup import CONSOLE

pytestmark = pytest.mark.servers

WEBSERVICE = state.REPOSITORY / "config" / "otrs" / "webservice.yml"


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def examined(world: World, clock: Callable[[], dt.datetime] = now) -> list[Finding]:
    world.write()
    return list(examine(world.path, clock))


def areas(check: str) -> tuple[str, ...]:
    """Look only at the part that is broken: a whole round at OTRS takes seconds."""
    area = check.partition(".")[0]
    return (area if area in AREAS else "here",)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_sound_set_up_has_no_fault(real: World) -> None:
    findings = examined(real)
    assert [one for one in findings if one.verdict == "fault"] == []
    assert {one.check for one in findings if one.verdict == "ok"} >= {
        "configuration", "mailbox.erasing", "mailbox.clock", "smtp.recipients", "otrs.control", "otrs.field",
        "otrs.queue", "otrs.erasing", "otrs.erase-elsewhere", "otrs.get-routes", "otrs.routes", "otrs.attachment",
    }  # fmt: skip
    # Nothing stays behind: no test mail, no test ticket.
    assert real.folder_mails("Bridge/Erasing") == real.folder_mails("Bridge/Done") == []
    left = real.znuny.sql(
        "SELECT count(*) FROM ticket WHERE create_by = %s AND title LIKE %s",
        real.queues.bridge.id,
        "%doctor%",
    )
    assert left == [(0,)]


# --- what is broken, and how -----------------------------------------------------------------------------------------


def unknown_key(world: World, _stack: ExitStack) -> None:
    world.config["mailbux"] = {}


def secret_for_everyone(world: World, _stack: ExitStack) -> None:
    Path(world.config["otrs"]["password_file"]).chmod(0o644)


def changeable_configuration(world: World, _stack: ExitStack) -> None:
    world.write()
    world.path.chmod(0o666)


def erase_off(world: World, _stack: ExitStack) -> None:
    world.config["erase"] = "off"


def first_run(world: World) -> Any:
    with world.bridge() as bridge:
        return bridge.settings


def open_keys(world: World, _stack: ExitStack) -> None:
    first_run(world)
    (Path(world.config["keys"]) / "reference.key").chmod(0o644)


def no_keys_any_more(world: World, _stack: ExitStack) -> None:
    first_run(world)
    for path in Path(world.config["keys"]).iterdir():
        path.unlink()


def other_keys(world: World, _stack: ExitStack) -> None:
    from bridge import keys

    no_keys_any_more(world, _stack)
    keys.init(Path(world.config["keys"]), now())


def no_year_key(world: World, _stack: ExitStack) -> None:
    first_run(world)
    (Path(world.config["keys"]) / f"year-{now().year}.key").unlink()


def torn_journal(world: World, _stack: ExitStack) -> None:
    first_run(world)
    with (world.folder / "journal.db").open("r+b") as file:
        size = file.seek(0, 2)
        file.seek(8192)
        file.write(b"\xff" * (size - 8192))


def no_journal_at_all(world: World, _stack: ExitStack) -> None:
    (world.folder / "journal.db").write_bytes(b"this is no database" * 100)


def log_entry(world: World, when: dt.datetime) -> None:
    from bridge.deletion_log.destruction import draft
    from bridge.deletion_log.store import append
    from bridge.deletion_log.words import Result
    from bridge.wiring.controller import log_of

    with world.bridge() as bridge:
        log = log_of(bridge.settings.for_controllers()[0], bridge.keys)
        with bridge.journal.write() as connection:
            for result in (Result.PENDING, Result.GONE):
                append(connection, log, draft(log, "2020-0123abcd", result, when, early=True), lambda: when)


def rewritten_log(world: World, _stack: ExitStack) -> None:
    from sqlalchemy import select, update

    from bridge.deletion_log.tables import entries

    log_entry(world, now())
    with world.bridge() as bridge, bridge.journal.write() as connection:
        body = connection.execute(select(entries.c.body).where(entries.c.position == 1)).scalar_one()
        changed = body.replace(b"manual", b"period")
        assert changed != body
        connection.execute(update(entries).where(entries.c.position == 1).values(body=changed))


def late_checkpoint(world: World, _stack: ExitStack) -> None:
    log_entry(world, now() - dt.timedelta(days=6))


def brake_on(world: World, _stack: ExitStack) -> None:
    with world.bridge() as bridge, bridge.journal.write() as connection:
        brakes.pull(connection, "main", "uidvalidity-changed", "INBOX", now())


def parked_case(world: World, _stack: ExitStack) -> None:
    with world.bridge() as bridge, bridge.journal.write() as connection:
        case = cases.open_case(connection, NewCase("0" * 64, "main", "imap", now(), None, None, None), now())
        cases.change(connection, case.id, now(), state="parked", code="mail.unparseable")


def mailbox_port(world: World, _stack: ExitStack) -> None:
    world.config["mailbox"]["port"] = free_port()


def mailbox_password(world: World, _stack: ExitStack) -> None:
    Path(world.config["mailbox"]["password_file"]).write_text("wrong")


def mailbox_certificate(world: World, _stack: ExitStack) -> None:
    del world.config["mailbox"]["ca_file"]


def mailbox_tls(world: World, _stack: ExitStack) -> None:
    world.config["mailbox"]["port"] = world.mailbox_at.port  # implicit TLS where the server speaks plainly


def no_inbox(world: World, _stack: ExitStack) -> None:
    world.config["mailbox"]["folder"] = "Posteingang"


def no_folder(world: World, _stack: ExitStack) -> None:
    world.config["mailbox"]["folders"] = {"parked": "Bridge//../Parked"}


def smtp_port(world: World, _stack: ExitStack) -> None:
    world.config["smtp"]["port"] = free_port()


def smtp_password(world: World, _stack: ExitStack) -> None:
    secret = world.folder / "smtp.password"
    secret.write_text("wrong")
    secret.chmod(0o600)
    world.config["smtp"] |= {"username": "support", "password_file": str(secret), "tls": "none"}


def dpo_refused(world: World, _stack: ExitStack) -> None:
    world.config["dpo"] = f"reject+{uuid.uuid4().hex}@example.org"


def smtp_certificate(world: World, _stack: ExitStack) -> None:
    world.config["smtp"]["tls"] = "starttls"


def otrs_port(world: World, _stack: ExitStack) -> None:
    world.config["otrs"]["url"] = (
        f"http://127.0.0.1:{free_port()}/otrs/nph-genericinterface.pl/Webservice/Bridge"
    )


def otrs_tls(world: World, _stack: ExitStack) -> None:
    world.config["otrs"]["url"] = world.config["otrs"]["url"].replace("http://", "https://")


def otrs_path(world: World, _stack: ExitStack) -> None:
    world.config["otrs"]["url"] = world.config["otrs"]["url"].replace("/otrs/", "/znuny/")


def otrs_webservice(world: World, _stack: ExitStack) -> None:
    world.config["otrs"]["url"] += "NotThere"


def otrs_password(world: World, _stack: ExitStack) -> None:
    Path(world.config["otrs"]["password_file"]).write_text("wrong")


def otrs_root(world: World, _stack: ExitStack) -> None:
    root = world.znuny.root
    world.znuny.sql(
        "DELETE FROM group_user WHERE user_id = 1 AND group_id = %s", world.queues.erasing.group_id
    )
    world.config["otrs"]["username"] = root.login
    Path(world.config["otrs"]["password_file"]).write_text(root.password)
    for queue in world.queues.all:
        world.znuny.perl(
            "rights", role_id=world.queues.bridge.role_id, group_id=queue.group_id, rights=["rw"]
        )


def otrs_queue(world: World, _stack: ExitStack) -> None:
    world.config["otrs"]["queues"] = dict(world.queues.names, membership="Mitglieder")


def no_create(world: World, _stack: ExitStack) -> None:
    world.znuny.set_rights(world.queues.bridge, world.queues.support, "ro", "move_into", "note", "owner")


def no_change(world: World, _stack: ExitStack) -> None:
    world.znuny.set_rights(world.queues.bridge, world.queues.admins, "ro", "create", "move_into", "note")


def no_reading(world: World, _stack: ExitStack) -> None:
    world.znuny.set_rights(world.queues.bridge, world.queues.membership, "create", "move_into")


def erasing_hidden(world: World, _stack: ExitStack) -> None:
    world.znuny.set_rights(world.queues.bridge, world.queues.erasing)


def otrs_field(world: World, _stack: ExitStack) -> None:
    world.config["otrs"]["fields"] = {"state": "BridgeStatus"}


def field_of_other_type(world: World, _stack: ExitStack) -> None:
    world.config["otrs"]["fields"] = {"category": "BridgeAction", "action": "BridgeCategory"}


def no_control(world: World, _stack: ExitStack) -> None:
    world.znuny.delete(world.queues.control_id)


def control_title(world: World, _stack: ExitStack) -> None:
    world.config["otrs"]["control_title"] = "Control"


def control_owned(world: World, _stack: ExitStack) -> None:
    world.znuny.set_owner(world.queues.control_id, world.queues.bridge)


def control_made_by_bridge(world: World, _stack: ExitStack) -> None:
    no_control(world, _stack)
    made = world.znuny.create(
        world.queues.erasing, "Kontrollticket", by=world.queues.bridge, state="closed successful"
    )
    world.znuny.set_owner(made, world.znuny.root)


def job_off(world: World, _stack: ExitStack) -> None:
    world.znuny.enable_erasing_job(world.queues, False)


def other_erase_value(world: World, _stack: ExitStack) -> None:
    world.config["otrs"]["erase_value"] = "away"


def job_everywhere(world: World, _stack: ExitStack) -> None:
    world.znuny.enable_erasing_job(world.queues, True)  # empties the cache of jobs
    world.znuny.sql(
        "DELETE FROM generic_agent_jobs WHERE job_name = %s AND job_key = 'QueueIDs'", world.queues.job
    )


def otrs_zone(world: World, _stack: ExitStack) -> None:
    world.config["otrs"]["timezone"] = "Asia/Tokyo"


def orphan(world: World, _stack: ExitStack) -> None:
    world.config["otrs"]["server_timeout_seconds"] = 1
    world.znuny.create(world.queues.support, "Halb", by=world.queues.bridge)


@contextmanager
def webservice(change: Callable[[dict[str, Any]], None]) -> Iterator[str]:
    """Add a web service of its own to Znuny, changed."""
    content = yaml.safe_load(WEBSERVICE.read_text(encoding="utf-8"))
    change(content)
    name = f"T{uuid.uuid4().hex[:8]}"
    with tempfile.NamedTemporaryFile("w", suffix=".yml", dir="/var/tmp") as file:
        yaml.safe_dump(content, file)
        file.flush()
        Path(file.name).chmod(0o644)
        state.run(CONSOLE, "Admin::WebService::Add", "--name", name, "--source-path", file.name, user="otrs")
    try:
        yield name
    finally:
        listed = state.run(CONSOLE, "Admin::WebService::List", user="otrs")
        for line in listed.splitlines():
            number = line.strip(" |").split(" ")[0] if name in line else ""
            with suppress(ValueError):
                state.run(
                    CONSOLE,
                    "Admin::WebService::Delete",
                    "--webservice-id",
                    str(int(number.strip("| "))),
                    user="otrs",
                )


def use(world: World, stack: ExitStack, change: Callable[[dict[str, Any]], None]) -> None:
    name = stack.enter_context(webservice(change))
    world.config["otrs"]["url"] = world.config["otrs"]["url"].rpartition("/")[0] + f"/{name}"


def get_route(world: World, stack: ExitStack) -> None:
    def change(content: dict[str, Any]) -> None:
        mapping = content["Provider"]["Transport"]["Config"]["RouteOperationMapping"]
        mapping["TicketGet"]["RequestMethod"].append("GET")

    use(world, stack, change)


def no_history_route(world: World, stack: ExitStack) -> None:
    def change(content: dict[str, Any]) -> None:
        del content["Provider"]["Transport"]["Config"]["RouteOperationMapping"]["TicketHistoryGet"]

    use(world, stack, change)


BROKEN: list[tuple[Callable[[World, ExitStack], None], str, str, str]] = [
    (unknown_key, "configuration", "faulty", "docs/configuration.md"),
    (secret_for_everyone, "configuration", "faulty", "line"),
    (changeable_configuration, "configuration", "changeable", "chmod go-w"),
    (erase_off, "erase-switch", "off", "erase: on"),
    (open_keys, "keys", "rights", "chmod 600"),
    (no_keys_any_more, "keys", "lost", "backup"),
    (other_keys, "keys", "other", "right key folder"),
    (no_year_key, "keys", "year-missing", "keys init"),
    (torn_journal, "journal", "damaged", "log replay"),
    (no_journal_at_all, "journal", "damaged", "log replay"),
    (rewritten_log, "log", "faulty", "tell the DPO"),
    (late_checkpoint, "checkpoint", "overdue", "smtp and mailbox"),
    (brake_on, "brakes", "on", "cases lift 1"),
    (parked_case, "cases", "parked", "cases list"),
    (mailbox_port, "mailbox.connection", "unreachable", "mailbox.port"),
    (mailbox_tls, "mailbox.connection", "unreachable", "mailbox.port"),
    (mailbox_certificate, "mailbox.connection", "certificate", "mailbox.ca_file"),
    (mailbox_password, "mailbox.login", "refused", "mailbox.password_file"),
    (no_inbox, "mailbox.inbox", "missing", "INBOX"),
    (no_folder, "mailbox.folders", "refused", "mailbox.folders"),
    (smtp_port, "smtp.connection", "unreachable", "smtp.port"),
    (smtp_certificate, "smtp.connection", "certificate", "smtp.ca_file"),
    (smtp_password, "smtp.connection", "login", "smtp.password_file"),
    (dpo_refused, "smtp.recipients", "refused", "dpo"),
    (otrs_port, "otrs.connection", "unreachable", "otrs.url"),
    (otrs_tls, "otrs.connection", "certificate", "https://"),
    (otrs_path, "otrs.connection", "not-found", "/znuny/ for Znuny 7"),
    (otrs_webservice, "otrs.connection", "no-webservice", "BridgeNotThere"),
    (otrs_password, "otrs.login", "refused", "Admin::User::SetPassword"),
    (get_route, "otrs.get-routes", "found", "take GET out"),
    (no_history_route, "otrs.routes", "missing", "setup-otrs"),
    (otrs_queue, "otrs.queue", "unknown", "otrs.queues.membership"),
    (no_create, "otrs.queue", "no-create", "Support"),
    (no_change, "otrs.queue", "no-rw", "Administration"),
    (no_reading, "otrs.queue", "hidden", "Mitgliederverwaltung"),
    (erasing_hidden, "otrs.queue", "no-create", "Erase"),
    (otrs_field, "otrs.field", "missing", "setup-otrs"),
    (field_of_other_type, "otrs.field", "value", "possible values"),
    (no_control, "otrs.control", "missing", "root@localhost"),
    (control_title, "otrs.control", "missing", "otrs.control_title"),
    (control_owned, "otrs.control", "owner", "back to root@localhost"),
    (control_made_by_bridge, "otrs.control", "creator", "make a new one"),
    (job_off, "otrs.erasing", "not-erased", "Generic Agent"),
    (other_erase_value, "otrs.erasing", "not-erased", "away"),
    (job_everywhere, "otrs.erase-elsewhere", "erased", "condition queue"),
    (otrs_zone, "otrs.clock", "zone", "otrs.timezone"),
    (orphan, "otrs.orphans", "found", "delete them"),
]


@pytest.mark.parametrize(
    ("break_it", "check", "outcome", "mending"), BROKEN, ids=[case[0].__name__ for case in BROKEN]
)
def test_each_broken_set_up_is_found_with_its_mending_step(
    real: World, break_it: Callable[[World, ExitStack], None], check: str, outcome: str, mending: str
) -> None:
    with ExitStack() as stack:
        break_it(real, stack)
        if not break_it.__name__.startswith("changeable"):
            real.write()
        findings = list(examine(real.path, now, areas=areas(check)))
    hits = [one for one in findings if (one.check, one.outcome) == (check, outcome)]
    assert hits, [(one.check, one.outcome, one.reason) for one in findings if one.verdict != "ok"]
    assert all(one.verdict != "ok" and mending in one.mending for one in hits), hits


def test_a_wrong_clock_is_found(real: World) -> None:
    findings = examined(real, lambda: now() + dt.timedelta(minutes=5))
    wrong = {one.check: one for one in findings if one.outcome == "skew"}
    assert set(wrong) == {"mailbox.clock", "otrs.clock"}
    assert all("timedatectl" in one.mending for one in wrong.values())


def test_the_command_ends_with_1_on_a_fault_and_speaks_german(real: World) -> None:
    real.config["mailbox"]["port"] = free_port()
    real.write()
    command = [
        sys.executable,
        "-c",
        "from bridge.cli import main; main()",
        "--config",
        str(real.path),
        "doctor",
    ]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False)
    findings = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1, done.stderr
    assert "Prüfen Sie mailbox.host" in next(
        one["mending"] for one in findings if one["outcome"] == "unreachable"
    )
    plain = subprocess.run(command, capture_output=True, text=True, check=False)
    assert plain.returncode == 1
    assert "Fehler" in plain.stdout
