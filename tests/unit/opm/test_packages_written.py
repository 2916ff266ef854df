"""Packages and the folder of setup-otrs: the same bytes each time, complete, and without a password."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from bridge.cli import main
from bridge.i18n import set_language
from bridge.opm import Package, bridge_package, proof_package, write
from bridge.wiring.defaults import default_config

SECRET = "8c1f-never-in-a-file"
ARGUMENTS: dict[str, Any] = {
    "queues": {"erasing": "Bridge-Erase", "support": "Hilfe & Rat"},
    "fields": {"erase": "BridgeErase"},
    "agent": {"login": "bridge", "email": "ops@example.org"},
    "address": {"email": "support@example.org", "name": "Support"},
    "webservice": "Bridge",
}


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    set_language("en")


@pytest.fixture(params=[bridge_package, proof_package])
def package(request: pytest.FixtureRequest) -> Package:
    made: Package = request.param(default_config(), ARGUMENTS, "1.2.3")
    return made


def test_the_same_input_gives_the_same_bytes(package: Package) -> None:
    assert write(package) == write(package)
    assert b"BuildDate" not in write(package)


def test_the_package_is_sound_xml_with_all_files(package: Package) -> None:
    root = ElementTree.fromstring(write(package))
    assert root.findtext("Name") == package.name
    assert root.findtext("Version") == "1.2.3"
    assert {one.get("Lang") for one in root.findall("Description")} == {"de", "en"}
    assert "6.5.x" in [one.text for one in root.findall("Framework")]
    written = {
        str(one.get("Location")): base64.b64decode(one.text or "") for one in root.findall("Filelist/File")
    }
    assert written == {one.location: one.content for one in package.files}
    occasions = {"CodeInstall", "CodeUpgrade", "CodeReinstall", "CodeUninstall"}
    assert occasions <= {child.tag for child in root}


def test_another_name_shares_no_file_with_the_first() -> None:
    first = proof_package(default_config(), ARGUMENTS, "1.0.0")
    second = proof_package(default_config(), ARGUMENTS, "1.0.0", "OtherProof", "Other")
    assert not {one.location for one in first.files} & {one.location for one in second.files}
    text = b"".join(one.content for one in second.files).decode()
    assert "OtrsBridgeProof" not in text.replace("(OtherProof)", "")
    assert "Bridge::" not in text


def _configuration(folder: Path, **more: Any) -> Path:
    secret = folder / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    content = {
        "mailbox": {"kind": "maildir", "path": str(folder)},
        "otrs": {
            "url": "https://otrs.example.org/znuny/nph-genericinterface.pl/Webservice/Hilfe",
            "username": "bruecke",
            "password_file": str(secret),
            "queues": {"erasing": "Löschen"},
        },
        "smtp": {"from": "hilfe@example.org"},
        "operator": "ops@example.org",
        "dpo": "ds@example.org",
        "deletion_log": {"origin": "example.org/bridge"},
        "language": "de",
        **more,
    }
    path = folder / "bridge.yaml"
    path.write_text(json.dumps(content), encoding="utf-8")  # JSON is YAML
    return path


def test_setup_otrs_fills_everything_in_and_holds_no_password(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main, ["--config", str(_configuration(tmp_path)), "setup-otrs", "--output", str(tmp_path / "out")]
    )
    assert done.exit_code == 0, done.output
    files = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert {"setup.pl", "webservice.yml", "arguments.json", "INSTALL.de.txt", "INSTALL.en.txt"} <= set(files)
    assert sum(name.endswith(".opm") for name in files) == 2
    told = json.loads(files["arguments.json"])
    assert told["webservice"] == "Hilfe"
    assert told["queues"]["erasing"] == "Löschen"
    assert told["agent"] == {"login": "bruecke", "email": "ops@example.org"}
    for language in ("de", "en"):
        text = files[f"INSTALL.{language}.txt"].decode()
        assert "$" not in text
        assert all(word in text for word in ("bruecke", "Löschen", "BridgeErase", "OtrsBridge-0.1.0.opm"))
    assert all(SECRET.encode() not in content for content in files.values())
    packed = ElementTree.fromstring(files["OtrsBridge-0.1.0.opm"]).findall("Filelist/File")
    assert all(SECRET.encode() not in base64.b64decode(one.text or "") for one in packed)


def test_several_controllers_get_a_folder_each(tmp_path: Path) -> None:
    controllers = [
        {"name": name, "mailbox": {"kind": "maildir", "path": name}} for name in ("berlin", "hamburg")
    ]
    config = _configuration(tmp_path, controllers=controllers)
    done = CliRunner().invoke(
        main, ["--config", str(config), "setup-otrs", "--output", str(tmp_path / "out")]
    )
    assert done.exit_code == 0, done.output
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"berlin", "hamburg"}
