"""Write the folder that an operator carries to the machine of OTRS."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

from bridge.opm.arguments import arguments, as_json
from bridge.opm.package import Package, write
from bridge.opm.packages import bridge_package, proof_package
from bridge.settings import ControllerSettings
from bridge.wiring.controller import VERSION
from bridge.wiring.defaults import default_config

LANGUAGES = ("de", "en")


def write_folder(settings: ControllerSettings, folder: Path) -> list[Path]:
    """Write all files into `folder`, which is made where missing; returns them. Raises OSError."""
    config = default_config()
    given = arguments(settings)
    packages = (bridge_package(config, given, VERSION), proof_package(config, given, VERSION))
    contents = {
        "setup.pl": (config / "otrs" / "setup.pl").read_bytes(),
        "webservice.yml": (config / "otrs" / "webservice.yml").read_bytes(),
        "arguments.json": as_json(given).encode(),
        **{one.filename: write(one) for one in packages},
    }
    for language in LANGUAGES:
        text = (config / "opm" / f"INSTALL.{language}.txt").read_text(encoding="utf-8")
        filled = Template(text).substitute(_names(settings.name, given, packages))
        contents[f"INSTALL.{language}.txt"] = filled.encode()
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in contents]


def _names(controller: str, given: Mapping[str, Any], packages: tuple[Package, ...]) -> dict[str, str]:
    bridge, proof = packages
    return {
        "controller": controller,
        "bridge_package": bridge.filename,
        "bridge_name": bridge.name,
        "proof_package": proof.filename,
        "agent": given["agent"]["login"],
        "email": given["agent"]["email"],
        "address": given["address"]["email"],
        "webservice": given["webservice"],
        "erase_value": given["erase_value"],
        "control_title": given["control_title"],
        **given["queues"],
        **{f"field_{key}": name for key, name in given["fields"].items()},
    }
