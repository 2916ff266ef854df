"""The wheel holds everything that an installed bridge needs."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_workflows_configuration_and_texts_ship(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for wanted in (
        "bridge/defaults/workflows/data-protection.yaml",
        "bridge/defaults/config/bridge.example.yaml",
        "bridge/defaults/config/otrs/setup.pl",
        "bridge/locale/de/LC_MESSAGES/otrs_bridge.po",
        "bridge/workflow/schema.json",
        "bridge/journal/migrations/versions/0001_initial.py",
        "bridge/py.typed",
    ):
        assert wanted in names
    assert not [name for name in names if name.startswith("tests/")]
