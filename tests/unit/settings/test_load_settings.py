"""The configuration: read whole, refused with everything that is wrong, never showing a secret."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bridge.settings import ControllerSettings, Settings, SettingsProblems, load_settings, settings_path

ROOT = Path(__file__).resolve().parents[3]
SECRET = "hunter2-Zauberwort"
BASE: dict[str, Any] = {
    "mailbox": {"host": "imap.example.org", "username": "support", "password_file": "secret"},
    "otrs": {
        "url": "https://otrs.example.org/otrs/nph-genericinterface.pl/Webservice/Bridge",
        "username": "bridge",
        "password_env": "OTRS_PASSWORD",
    },
    "smtp": {"from": "support@example.org"},
    "operator": "ops@example.org",
    "dpo": "dpo@example.org",
    "deletion_log": {"origin": "example.org/otrs-bridge"},
}
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write BASE with changes at dotted keys (None removes a key); give the path."""
    secret = tmp_path / "secret"
    secret.write_text(SECRET + "\n")
    secret.chmod(0o600)
    (tmp_path / "workflows").mkdir()

    def written(changes: dict[str, Any] | None = None) -> Path:
        content = copy.deepcopy(BASE)
        for dotted, value in (changes or {}).items():
            *sections, key = dotted.split(".")
            holder = content
            for section in sections:
                holder = holder.setdefault(section, {})
            if value is None:
                holder.pop(key, None)
            else:
                holder[key] = value
        path = tmp_path / "bridge.yaml"
        path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        return path

    return written


def read(path: Path) -> Settings:
    return load_settings(path, {"OTRS_PASSWORD": SECRET})


def one(path: Path) -> ControllerSettings:
    (controller,) = read(path).for_controllers()
    return controller


def problems(path: Path) -> list[tuple[str, int]]:
    with pytest.raises(SettingsProblems) as caught:
        read(path)
    assert SECRET not in str(caught.value)
    return [(problem.code, problem.line) for problem in caught.value.problems]


def line(path: Path, text: str) -> int:
    return next(i for i, each in enumerate(path.read_text().splitlines(), 1) if text in each)


# --- what is read -------------------------------------------------------------------------------------------------


def test_secrets_are_read_and_never_shown(write: Write) -> None:
    settings = read(write())
    (controller,) = settings.controllers
    assert controller.mailbox.password.get_secret_value() == SECRET
    assert controller.otrs.password.get_secret_value() == SECRET
    assert SECRET not in repr(settings)
    assert SECRET not in settings.model_dump_json()


def test_defaults_are_those_of_the_contract(write: Write) -> None:
    settings = read(write())
    controller = settings.controllers[0]
    assert (controller.mailbox.port, controller.mailbox.tls, controller.mailbox.folder) == (
        993,
        "implicit",
        "INBOX",
    )
    assert controller.mailbox.folders.erasing == "Bridge/Erasing"
    assert (controller.mailbox.retention_days.done, controller.mailbox.retention_days.filed) == (14, 30)
    assert controller.otrs.queues.membership == "Mitgliederverwaltung"
    assert controller.otrs.fields.erase == "BridgeErase"
    assert (controller.limits.erasures_per_run, controller.limits.erasures_per_hour) == (50, 200)
    assert (settings.poll_seconds, settings.workers) == (60, 4)
    assert settings.web.address == ("127.0.0.1", 8400)
    assert settings.metrics.address == ("127.0.0.1", 9400)
    assert controller.double_accreditation.enabled is False


@pytest.mark.parametrize("value", ["on", "On", "yes", "true", "TRUE"])
def test_erase_is_on_when_clearly_on(write: Write, value: str) -> None:
    path = write()
    path.write_text(path.read_text() + f"erase: {value}\n")
    assert one(path).erase is True


@pytest.mark.parametrize("value", ["off", "no", "false", "", "maybe", "1", "0", "[on]", "o n", "null"])
def test_erase_is_off_otherwise(write: Write, value: str) -> None:
    path = write()
    path.write_text(path.read_text() + f"erase: {value}\n")
    assert one(path).erase is False


def test_erase_is_off_when_missing(write: Write) -> None:
    assert one(write()).erase is False


def test_sections_with_all_keys_commented_out_have_their_defaults(write: Write) -> None:
    path = write()
    path.write_text(path.read_text() + "limits:\nmetrics: {listen: }\nweb:\n  # listen: x\n")
    settings = read(path)
    assert settings.controllers[0].limits.parts == 200
    assert settings.metrics.address is None


def test_a_maildir_needs_only_its_path(write: Write, tmp_path: Path) -> None:
    mailbox = one(write({"mailbox": {"kind": "maildir", "path": "mail"}})).mailbox
    assert mailbox.path == str(tmp_path / "mail")


def test_relative_names_start_at_the_configuration(write: Write, tmp_path: Path) -> None:
    settings = read(write({"keys": "keys"}))
    assert settings.keys == str(tmp_path / "keys")
    assert settings.controllers[0].workflow_folder == tmp_path / "workflows"


def test_workflows_come_from_the_program_where_none_are_beside(write: Write, tmp_path: Path,
                                                              monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    path = write()
    (tmp_path / "workflows").rmdir()
    monkeypatch.chdir(tmp_path)
    assert (one(path).workflow_folder / "data-protection.yaml").is_file()


def test_secret_files_of_systemd_credentials(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    path = write({"mailbox.password_file": "$CREDENTIALS_DIRECTORY/secret"})
    assert one(path).mailbox.password.get_secret_value() == SECRET


def test_a_journal_address_with_a_password_comes_from_outside(write: Write) -> None:
    path = write({"journal_env": "JOURNAL"})
    address = f"postgresql://bridge:{SECRET}@db.example.org/bridge"
    settings = load_settings(path, {"OTRS_PASSWORD": SECRET, "JOURNAL": address})
    assert settings.journal == address
    assert SECRET not in repr(settings)


def test_settings_never_change(write: Write) -> None:
    settings = read(write())
    with pytest.raises(ValueError, match="frozen"):
        settings.controllers[0].erase = True  # type: ignore[misc]


def test_which_configuration_counts() -> None:
    assert settings_path("a.yaml", {"OTRS_BRIDGE_CONFIG": "b.yaml"}) == Path("a.yaml")
    assert settings_path(None, {"OTRS_BRIDGE_CONFIG": "b.yaml"}) == Path("b.yaml")
    assert settings_path(None, {}) == Path("config/bridge.yaml")


def test_self_service_texts_of_branches(write: Write) -> None:
    branches = {
        "berlin": {"words": ["Berlin", "LV Berlin"], "texts": {"de": "Berlin-Text", "en": "Berlin text"}},
        "bremen": {"words": ["Bremen"], "texts": {"de": "Bremen-Text"}},
    }
    service = one(
        write({"self_service.branches": branches, "self_service.texts": {"en": "General"}})
    ).self_service
    assert service.text("Eintreten in den LV BERLIN?", "de") == "Berlin-Text"
    assert service.text("joining Berlin", "en") == "Berlin text"
    assert service.text("joining Bremen", "en") == "Bremen-Text"
    assert service.text("Berlin oder Bremen", "de") == "General"
    assert service.text("Berliner Kindl", "de") == "General"


# --- several controllers ------------------------------------------------------------------------------------------


def test_controllers_take_the_top_level_and_change_some_of_it(write: Write) -> None:
    path = write({
        "controllers": [
            {"name": "berlin", "mailbox": {"username": "berlin"}, "dpo": "dpo@berlin.example.org"},
            {"name": "bremen", "mailbox": {"username": "bremen", "password_env": "OTRS_PASSWORD"}},
        ]
    })  # fmt: skip
    berlin, bremen = read(path).for_controllers()
    assert (berlin.name, berlin.dpo, berlin.mailbox.username) == (
        "berlin",
        "dpo@berlin.example.org",
        "berlin",
    )
    assert berlin.mailbox.host == bremen.mailbox.host == "imap.example.org"
    assert bremen.dpo == "dpo@example.org"
    assert bremen.mailbox.password_file is None
    assert bremen.mailbox.password.get_secret_value() == SECRET


def test_another_kind_of_mailbox_replaces_the_section(write: Write) -> None:
    path = write({"controllers": [{"name": "local", "mailbox": {"kind": "maildir", "path": "/var/mail/x"}}]})
    assert read(path).controllers[0].mailbox.host is None


def test_controllers_must_be_apart(write: Write) -> None:
    path = write({"controllers": [{"name": "berlin"}, {"name": "berlin"}]})
    assert [code for code, _line in problems(path)] == ["same-controller", "same-controller"]


def test_problems_of_controllers_have_their_own_lines(write: Write) -> None:
    path = write({
        "controllers": [{"mailbox": {"username": "a"}}, {"name": "b", "wrokers": 3, "mailbox": {"port": "high"}}],
    })  # fmt: skip
    assert problems(path) == [
        ("missing", line(path, "- mailbox")),
        ("unknown-key", line(path, "wrokers")),
        ("wrong-value", line(path, "port: high")),
    ]


# --- what is refused ----------------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "unknown key": ({"wrokers": 3}, [("unknown-key", "wrokers")]),
    "unknown key in a section": ({"mailbox.hots": "x"}, [("unknown-key", "hots")]),
    "unknown key deep inside": ({"otrs.queues": {"suport": "x"}}, [("unknown-key", "suport")]),
    "hidden key": ({"workflow_folder": "/"}, [("unknown-key", "workflow_folder")]),
    "missing section": ({"otrs": None}, [("missing", "mailbox")]),
    "missing keys": ({"mailbox.host": None, "mailbox.username": None}, [("missing", "mailbox")] * 2),
    "wrong type": ({"poll_seconds": "often"}, [("wrong-value", "poll_seconds")]),
    "zero": ({"workers": 0}, [("wrong-value", "workers")]),
    "section instead of text": ({"operator": {"a": 1}}, [("wrong-value", "operator")]),
    "text instead of section": ({"mailbox": "imap"}, [("wrong-value", "mailbox")]),
    "unknown choice": ({"mailbox.tls": "ssl"}, [("unknown-tls", "tls")]),
    "open line": ({"mailbox.tls": "none"}, [("open-line", "tls")]),
    "open line of smtp": ({"smtp.host": "10.0.0.1"}, [("open-line", "smtp")]),
    "open line of OTRS": ({"otrs.url": "http://otrs.example.org/x"}, [("open-line", "url")]),
    "password in an address": (
        {"otrs.url": f"https://a:{SECRET}@o.example.org/x"},
        [("secret-in-file", "url")],
    ),
    "no address": ({"dpo": "nobody"}, [("wrong-value", "dpo")]),
    "two addresses": ({"dpo": "a@example.org, b@example.org"}, [("wrong-value", "dpo")]),
    "no time zone": ({"timezone": "Berlin"}, [("wrong-value", "timezone")]),
    "no host and port": ({"web.listen": "8400"}, [("wrong-value", "listen")]),
    "port too high": ({"web.listen": "127.0.0.1:84000"}, [("wrong-value", "listen")]),
    "secret in the file": (
        {"mailbox.password": SECRET, "mailbox.password_file": None},
        [("secret-in-file", "password"), ("missing", "mailbox")],
    ),
    "two secrets": ({"otrs.password_file": "secret"}, [("two-secrets", "password_env")]),
    "no secret": ({"otrs.password_env": None}, [("missing", "otrs")]),
    "no secret file": ({"mailbox.password_file": "nowhere"}, [("secret-file", "password_file")]),
    "secret file is a folder": ({"mailbox.password_file": "workflows"}, [("secret-file", "password_file")]),
    "no secret variable": ({"otrs.password_env": "NOWHERE"}, [("secret-variable", "password_env")]),
    "password and oauth2": (
        {
            "mailbox.oauth2": {
                "token_url": "https://x.example.org",
                "client_id": "a",
                "refresh_token_file": "secret",
            }
        },
        [("two-secrets", "oauth2")],
    ),
    "Maildir with host": (
        {"mailbox.kind": "maildir"},
        [("missing", "mailbox")] + [("not-for-maildir", "")] * 3,
    ),
    "no journal": ({"journal": "mysql://x"}, [("wrong-value", "journal")]),
    "same folder": ({"mailbox.folders": {"done": "INBOX"}}, [("same-folder", "done")]),
    "erasing queue not its own": ({"otrs.queues": {"erasing": "LQFB-Support"}}, [("same-queue", "erasing")]),
    "support sees membership": (
        {"otrs.queues": {"support": "Mitgliederverwaltung"}},
        [("same-queue", "queues")],
    ),
    "watches erasing": ({"otrs.watch": ["Bridge-Erase"]}, [("watches-erasing", "watch")]),
    "same field": ({"otrs.fields": {"erase": "BridgeRef"}}, [("same-field", "erase")]),
    "no certificates": ({"otrs.ca_file": "nowhere.pem"}, [("no-file", "ca_file")]),
    "no workflows": ({"workflows": "nowhere"}, [("no-folder", "workflows")]),
    "controllers no list": ({"controllers": {"a": 1}}, [("wrong-value", "controllers")]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_code_and_line(write: Write, case: str) -> None:
    changes, expected = REFUSED[case]
    path = write(changes)
    found = problems(path)
    assert sorted(code for code, _line in found) == sorted(code for code, _key in expected)
    lines = {number for _code, number in found}
    for _code, key in expected:
        if key and case != "missing section":
            assert any(f"{key}:" in path.read_text().splitlines()[number - 1] for number in lines)


def test_readable_by_everyone(write: Write, tmp_path: Path) -> None:
    path = write()
    (tmp_path / "secret").chmod(0o644)
    assert problems(path) == [("secret-file", line(path, "password_file"))]


def test_empty_secret(write: Write, tmp_path: Path) -> None:
    path = write()
    (tmp_path / "secret").write_text("\n")
    assert problems(path) == [("secret-file", line(path, "password_file"))]


def test_all_problems_at_once_also_in_one_section(write: Write) -> None:
    path = write({
        "mailbox.usrname": "x", "mailbox.tls": "none", "mailbox.port": 0, "otrs.url": "http://o.example.org",
        "dpo": None, "workers": "many", "smtp.host": "mail.example.org", "limts": {}, "mailbox.password": SECRET,
    })  # fmt: skip
    assert sorted(code for code, _line in problems(path)) == sorted([
        "unknown-key", "open-line", "wrong-value", "open-line", "missing", "wrong-value", "open-line", "unknown-key",
        "secret-in-file",
    ])  # fmt: skip


def test_suggests_what_was_meant(write: Write) -> None:
    path = write({"mailbox.hots": "x"})
    with pytest.raises(SettingsProblems) as caught:
        read(path)
    assert caught.value.problems[0].text == "unknown key mailbox.hots; did you mean host?"


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "missing"), (b"- a\n", "wrong-value"), (b"a: [", "yaml-syntax"), (b"\xff\xfe", "unreadable")],
)
def test_files_that_are_no_configuration(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "bridge.yaml"
    path.write_bytes(content)
    assert code in {found for found, _line in problems(path)}


def test_no_file(tmp_path: Path) -> None:
    assert problems(tmp_path / "nowhere.yaml") == [("no-file", 0)]


def test_duplicate_keys(write: Write) -> None:
    path = write()
    path.write_text(path.read_text() + "dpo: other@example.org\n")
    assert problems(path) == [("duplicate-key", line(path, "dpo: other"))]
