"""Install the Debian packages that the tests need, in one run of apt-get."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.state import ServersError, run

PACKAGES = (
    "otrs2",
    "postgresql",
    "libdbd-pg-perl",
    "apache2",
    "libapache2-mod-perl2",
    "librest-client-perl",  # not among otrs2's own dependencies; every REST call dies without it
    "dovecot-imapd",
    "openssl",
    "chromium",
    "chromium-driver",
    "fonts-dejavu-core",
    "spin",
)
SOURCES = Path("/etc/apt/sources.list.d")
KEYRING = "debian-archive-keyring"


def missing() -> list[str]:
    """Return the packages that are not fully installed."""
    shown = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *PACKAGES],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    installed = {line.split()[0] for line in shown.splitlines() if line.endswith(" installed")}
    return [name for name in PACKAGES if name not in installed]


def unpacked(package: str) -> bool:
    """Tell whether the package's files are there, be it configured or not."""
    return Path(f"/var/lib/dpkg/info/{package}.list").exists()


def _widen(text: str) -> str:
    return re.sub(
        r"^(Components:(?=.*\bmain\b)(?!.*\bnon-free(?:\s|$)).*?)[ \t]*$", r"\1 non-free", text, flags=re.M
    )


def _widen_one_line(text: str) -> str:
    return re.sub(r"^(deb .*\bmain\b(?!.*\bnon-free(?:\s|$)).*?)[ \t]*$", r"\1 non-free", text, flags=re.M)


def widen_sources() -> None:
    """Add the section non-free to the machine's own Debian sources; no new source is added."""
    for path in sorted(SOURCES.glob("*.sources")):
        text = path.read_text()
        if KEYRING in text and _widen(text) != text:
            path.write_text(_widen(text))
    for path in [Path("/etc/apt/sources.list"), *sorted(SOURCES.glob("*.list"))]:
        text = path.read_text() if path.exists() else ""
        lines = [
            _widen_one_line(line) if KEYRING in line else line for line in text.splitlines(keepends=True)
        ]
        if "".join(lines) != text:
            path.write_text("".join(lines))


CONSOLE = Path("/usr/share/otrs/bin/otrs.Console.pl")
CONSOLE_ASIDE = CONSOLE.with_suffix(".pl.aside")


@contextmanager
def _console_set_aside() -> Iterator[None]:
    """Let the package be configured before it has its database.

    Its script calls the console, which without a database waits 120 s for one and then fails.
    """
    divert = ["dpkg-divert", "--quiet", "--local", "--divert", str(CONSOLE_ASIDE)]
    if unpacked("otrs2"):
        yield
        return
    CONSOLE.parent.mkdir(parents=True, exist_ok=True)
    run(*divert, "--no-rename", "--add", CONSOLE)
    CONSOLE.write_text("#!/bin/sh\nexit 0\n")
    CONSOLE.chmod(0o755)
    try:
        yield
    finally:
        CONSOLE.unlink(missing_ok=True)
        run(*divert, "--rename", "--remove", CONSOLE)


@contextmanager
def _no_services() -> Iterator[None]:
    """Keep the packages' own services from starting, as policy-rc.d is meant for; the tests start their own."""
    policy = Path("/usr/sbin/policy-rc.d")
    if policy.exists():
        yield
        return
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()


def install(wanted: list[str]) -> None:
    """Install `wanted` in one run of apt-get; Znuny itself is configured later, when it has its database."""
    with _console_set_aside(), _no_services():
        _install(wanted)


def _install(wanted: list[str]) -> None:
    widen_sources()
    run("debconf-set-selections", text="otrs2 otrs2/dbconfig-install boolean false\n")
    run("apt-get", "update", "-q")
    quick = ["-o", "Dpkg::Options::=--force-unsafe-io", "-o", "Dpkg::Options::=--force-confold"]
    done = subprocess.run(
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", *quick, *wanted],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    left = [name for name in missing() if name != "otrs2"]
    if left or not unpacked("otrs2"):
        raise ServersError(
            f"apt-get install left out {left or ['otrs2']}:\n{(done.stdout + done.stderr)[-3000:]}"
        )
