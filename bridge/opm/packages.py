"""The two packages for OTRS, from the files in config/: one sets up what the bridge needs, one proves erasures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bridge.opm.arguments import as_json
from bridge.opm.package import Code, Moment, Package, PackagedFile

BRIDGE = "OtrsBridge"
PROOF = "OtrsBridgeProof"
_SETUP = "var/packagesetup"
_OCCASIONS: tuple[tuple[str, Moment], ...] = (
    ("CodeInstall", "post"),
    ("CodeUpgrade", "post"),
    ("CodeReinstall", "post"),
    ("CodeUninstall", "pre"),
)


def bridge_package(config: Path, arguments: Mapping[str, Any], version: str, name: str = BRIDGE) -> Package:
    """Make the package that does what setup.pl does, with these arguments in it.

    `config` is the folder of the files that come with the program. Another `name` gives a package that can be
    installed beside this one; its arguments must then name other objects too.
    """
    place = f"{_SETUP}/{name}"
    told = dict(arguments) | {"webservice_file": f"{place}.yml"}
    files = [
        PackagedFile(f"{place}.pm", _renamed(config / "opm" / BRIDGE / "OtrsBridge.pm", {BRIDGE: name})),
        PackagedFile(f"{place}.pl", (config / "otrs" / "setup.pl").read_bytes()),
        PackagedFile(f"{place}.yml", (config / "otrs" / "webservice.yml").read_bytes()),
        PackagedFile(f"{place}.json", as_json(told).encode()),
    ]
    return Package(name, version, _ABOUT_BRIDGE, files, _codes(name))


def proof_package(
    config: Path, arguments: Mapping[str, Any], version: str, name: str = PROOF, operations: str = "Bridge"
) -> Package:
    """Make the package with the operations that prove an erasure in the database.

    `operations` is the folder of the operations inside OTRS and the first part of their types.
    """
    source = config / "opm" / PROOF
    told = {
        "webservice": arguments["webservice"],
        "operations": operations,
        "agent": arguments["agent"]["login"],
        "erasing": arguments["queues"]["erasing"],
    }
    renamed = {
        PROOF: name,
        "Operation::Bridge::": f"Operation::{operations}::",
        "Bridge::": f"{operations}::",
    }
    place = f"{_SETUP}/{name}"
    files = [
        PackagedFile(f"{place}.pm", _renamed(source / "OtrsBridgeProof.pm", {PROOF: name})),
        PackagedFile(f"{place}.json", as_json(told).encode()),
        PackagedFile(
            f"Kernel/Config/Files/XML/{name}.xml", _renamed(source / "OtrsBridgeProof.xml", renamed)
        ),
    ]
    folder = f"Kernel/GenericInterface/Operation/{operations}"
    for path in sorted((source / "Operation").glob("*.pm")):
        files.append(PackagedFile(f"{folder}/{path.name}", _renamed(path, renamed)))
    return Package(name, version, _ABOUT_PROOF, files, _codes(name, operations))


def _codes(name: str, operations: str = "Bridge") -> list[Code]:
    codes = [Code(occasion, moment, _call(name, occasion)) for occasion, moment in _OCCASIONS]
    return [*codes, Code("CodeUninstall", "post", _TIDY.replace("/Bridge)", f"/{operations})"))]


def _call(name: str, method: str) -> str:
    """Load the set-up module anew: a web server's process may still know that of an older version."""
    return (
        f"    delete $INC{{'{_SETUP}/{name}.pm'}};\n"
        f"    $Kernel::OM->ObjectsDiscard( Objects => ['var::packagesetup::{name}'] );\n"
        f"    $Kernel::OM->Get('var::packagesetup::{name}')->{method}();"
    )


def _renamed(path: Path, names: Mapping[str, str]) -> bytes:
    text = path.read_text(encoding="utf-8")
    for old, new in names.items():
        text = text.replace(old, new)
    return text.encode()


# The package manager removes files, not the folders that it made for them; rmdir leaves those that are in use.
_TIDY = """\
    my $Home = $Kernel::OM->Get('Kernel::Config')->Get('Home');
    rmdir "$Home/$_" for qw(var/packagesetup Kernel/GenericInterface/Operation/Bridge);"""
_ABOUT_BRIDGE = {
    "en": "What the OTRS bridge needs: queues, fields, a role with least rights, the erasing job, the web service.",
    "de": "Was die OTRS-Bridge braucht: Queues, Felder, eine Rolle mit geringsten Rechten, Löschjob, Webservice.",
}
_ABOUT_PROOF = {
    "en": "Operations by which the OTRS bridge erases a ticket with its traces and counts what is left of it.",
    "de": "Operationen, mit denen die OTRS-Bridge ein Ticket samt Spuren löscht und zählt, was von ihm übrig ist.",
}
