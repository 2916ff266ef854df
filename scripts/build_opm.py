"""Build the two packages for OTRS with the names of the example configuration.

    python -m scripts.build_opm [FOLDER]      default: dist

`otrs-bridge setup-otrs` builds them with an operator's own names; these here are for a package repository.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from bridge.opm.arguments import arguments
from bridge.opm.package import write
from bridge.opm.packages import bridge_package, proof_package
from bridge.settings import ControllerSettings, load_settings
from bridge.wiring.controller import VERSION
from bridge.wiring.defaults import default_config


def example() -> ControllerSettings:
    """Read the example configuration, with secrets that nobody needs here."""
    text = (default_config() / "bridge.example.yaml").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        secret = Path(folder) / "secret"
        secret.write_text("unused", encoding="utf-8")
        secret.chmod(0o600)
        path = Path(folder) / "bridge.yaml"
        path.write_text(
            text.replace("/etc/otrs-bridge/mailbox.password", str(secret)).replace(
                "/etc/otrs-bridge/otrs.password", str(secret)
            ),
            encoding="utf-8",
        )
        return load_settings(path, os.environ).for_controllers()[0]


def main(folder: Path) -> None:
    """Write the packages into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    given = arguments(example())
    for package in (
        bridge_package(default_config(), given, VERSION),
        proof_package(default_config(), given, VERSION),
    ):
        (folder / package.filename).write_bytes(write(package))
        sys.stdout.write(f"{folder / package.filename}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "dist"))
