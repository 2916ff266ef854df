"""Spin explores the model of the case protocol: no assertion fails, and each weakened variant fails."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

MODEL = Path(__file__).parent / "case.pml"
pytestmark = [
    pytest.mark.servers,  # spin comes with the same packages as the servers
    pytest.mark.xdist_group("spin"),
]


def explore(folder: Path, *flags: str) -> str:
    """Generate, compile and run the verifier; return what it says."""
    spin, compiler = shutil.which("spin"), shutil.which("cc") or shutil.which("gcc")
    assert spin is not None, "spin is not installed"
    assert compiler is not None, "there is no C compiler"
    subprocess.run([spin, *flags, "-a", str(MODEL)], cwd=folder, check=True, capture_output=True)
    command = [compiler, "-O1", "-DSAFETY", "-o", "pan", "pan.c"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    done = subprocess.run(
        ["./pan", "-E", "-m2000000"], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.stdout


def test_the_whole_model_holds(servers: object, tmp_path: Path) -> None:
    said = explore(tmp_path)
    assert "errors: 0" in said, said[-2000:]
    assert "max search depth too small" not in said
    assert "Search not completed" not in said


@pytest.mark.parametrize(
    ("weakened", "fails"),
    [
        ("NO_CONTROL", "!(original)"),
        ("RECEIPT_FIRST", "(handovers>0)"),
        ("NO_REREAD", "!(added)"),
        ("NO_WAIT", "handovers==1"),
    ],
)
def test_a_weakened_model_fails(servers: object, tmp_path: Path, weakened: str, fails: str) -> None:
    said = explore(tmp_path, f"-D{weakened}")
    assert "assertion violated" in said
    assert fails in said
