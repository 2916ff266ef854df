"""Configure the installed Znuny for loopback tests, and give it the objects that the bridge needs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from tests.servers.postgres import superuser_sql
from tests.servers.state import HOST, REPOSITORY, ZNUNY_HOME, ZNUNY_VAR, ServersError, run, state_folder

CACHE = ZNUNY_VAR / "tmp/CacheFileStorable"
CONSOLE = ZNUNY_HOME / "bin/otrs.Console.pl"
DATABASE = """# Written by the tests' servers.
our $dbuser='otrs';
our $dbpass='{password}';
our $basepath='';
our $dbname='otrs';
our $dbserver='{host}';
our $dbport='{port}';
our $dbtype='pgsql';
1;
"""
# Loaded last of all files in Config/Files, so it wins over SysConfig.
SETTINGS = """package Kernel::Config::Files::ZZZZBridgeTests;
# Written by the tests' servers.
use strict;
use warnings;
use utf8;

sub Load {{
    my ( $File, $Self ) = @_;

    $Self->{{FQDN}}                      = 'znuny.test';
    $Self->{{HttpType}}                  = 'http';
    $Self->{{CheckMXRecord}}             = 0;
    $Self->{{CheckEmailAddresses}}       = 0;
    $Self->{{SendmailModule}}            = 'Kernel::System::Email::SMTP';
    $Self->{{'SendmailModule::Host'}}    = '{host}';
    $Self->{{'SendmailModule::Port'}}    = '{smtp}';
    $Self->{{AgentSessionLimit}}         = 100000;
    $Self->{{AgentSessionPerUserLimit}}  = 100000;
    $Self->{{LogModule}}                 = 'Kernel::System::Log::File';
    $Self->{{'LogModule::LogFile'}}      = '{log}/znuny.log';
    $Self->{{'Daemon::Log::LogPath'}}    = '{log}';

    # With the stock two levels a process dies when another one empties the cache while it makes its folders
    # (File::Path::mkpath dies; seen with two test workers). With none it can't.
    $Self->{{'Cache::SubdirLevels'}}     = 0;
    return 1;
}}

1;
"""
# The bridge asks for these names in its example configuration.
STANDARD = {
    "queues": {
        "support": "LQFB-Support",
        "admins": "LQFB-Administration",
        "membership": "Mitgliederverwaltung",
        "other": "LQFB-Sonstiges",
        "erasing": "Bridge-Erase",
    },
    "agent": {"login": "bridge", "email": "bridge@znuny.test"},
}


def people(prefix: str, password: str) -> list[dict[str, Any]]:
    """Return the human agents of one set of queues: one a team."""
    teams = {
        "support": {"support": ["rw"], "other": ["rw"], "admins": ["move_into"], "membership": ["move_into"]},
        "mv": {"membership": ["rw"]},
        "admin": {"admins": ["rw"], "support": ["move_into"]},
    }
    return [
        {
            "login": f"{prefix}agent-{team}",
            "email": f"{prefix}agent-{team}@znuny.test",
            "password": password,
            "rights": rights,
        }
        for team, rights in teams.items()
    ]


def arguments(state: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return setup.pl's JSON for the standard names, or for a private set whose names start with `prefix`."""
    passwords = state["passwords"]
    suffixes = {
        "support": "Support", "admins": "Administration", "membership": "Mitgliederverwaltung",
        "other": "Sonstiges", "erasing": "Erase",
    }  # fmt: skip
    low = prefix.lower()
    queues = {key: f"{prefix}-{suffix}" for key, suffix in suffixes.items()} if prefix else STANDARD["queues"]
    lead = f"{low}-" if prefix else ""
    return {
        "queues": queues,
        "agent": {
            "login": f"{lead}bridge",
            "email": f"{lead}bridge@znuny.test",
            "password": passwords["bridge"],
        },
        "people": people(lead, passwords["agents"]),
        "address": {"email": f"{lead}support@znuny.test", "name": f"{prefix or 'LQFB'} Support"},
        "objects": f"{prefix or 'Bridge'}",
        "shared": not prefix,
        "webservice_file": str(state_folder() / "webservice.yml"),
    }


def _database(state: dict[str, Any]) -> None:
    path = Path("/etc/otrs/database.pm")
    text = DATABASE.format(
        host=HOST, port=state["ports"]["postgres"], password=state["passwords"]["znuny_database"]
    )
    path.write_text(text)
    path.chmod(0o640)
    run("chown", "otrs:www-data", path)


def _settings(state: dict[str, Any]) -> None:
    log = state_folder() / "znuny"
    log.mkdir(exist_ok=True)
    run("chown", "otrs:www-data", log)
    log.chmod(0o2775)
    if not (log / "znuny.log").exists():
        (log / "znuny.log").touch()
    (log / "znuny.log").chmod(0o666)
    path = ZNUNY_VAR / "Config/Files/ZZZZBridgeTests.pm"
    path.write_text(SETTINGS.format(host=HOST, smtp=state["ports"]["smtp"], log=log))
    run("chown", "otrs:www-data", path)


def configure(state: dict[str, Any]) -> None:
    """Point Znuny at its database and the SMTP sink, and finish the package's own configuration."""
    _database(state)
    files = ZNUNY_VAR / "Config/Files"
    built = (files / "ZZZAAuto.pm").exists()
    if not built or not superuser_sql(state, "otrs", "SELECT 1 FROM sysconfig_default LIMIT 1").strip():
        # A new database: what the file cache knows of the old one would mislead.
        shutil.rmtree(CACHE, ignore_errors=True)
        run(CONSOLE, "Maint::Config::Rebuild", "--allow-root", cwd=ZNUNY_HOME)
        run("dpkg", "--configure", "-a")
    _settings(state)
    run("chown", "-R", "otrs:www-data", ZNUNY_VAR)
    if not (files / "ZZZAAuto.pm").exists():
        raise ServersError("Znuny's configuration was not built: ZZZAAuto.pm is missing")


# Sets of tests that were killed. The servers were just stopped, so nobody uses any.
SWEEP = """
DELETE FROM generic_agent_jobs WHERE job_name ~ '^T[0-9a-f]{8} erasing$';
DELETE FROM role_user WHERE role_id IN (SELECT id FROM roles WHERE name ~ '^(role-)?t[0-9a-f]{8}-');
DELETE FROM group_role WHERE role_id IN (SELECT id FROM roles WHERE name ~ '^(role-)?t[0-9a-f]{8}-');
DELETE FROM roles WHERE name ~ '^(role-)?t[0-9a-f]{8}-';
UPDATE users SET valid_id = 2 WHERE login ~ '^t[0-9a-f]{8}-';
UPDATE permission_groups SET valid_id = 2 WHERE name ~ '^t[0-9a-f]{8}-';
UPDATE queue SET valid_id = 2 WHERE name ~ '^T[0-9a-f]{8}-';
DELETE FROM sessions;
"""


def set_up(state: dict[str, Any]) -> dict[str, Any]:
    """Make Znuny's objects under the standard names and return their ids."""
    superuser_sql(state, "otrs", SWEEP)
    shutil.rmtree(CACHE, ignore_errors=True)
    # Copied: the user otrs need not be able to read the repository.
    for name in ("config/otrs/webservice.yml", "config/otrs/setup.pl", "tests/servers/agent.pl"):
        (state_folder() / Path(name).name).write_bytes((REPOSITORY / name).read_bytes())
    out = run(
        "perl", state_folder() / "setup.pl", text=json.dumps(arguments(state)), cwd=ZNUNY_HOME, user="otrs"
    )
    found: dict[str, Any] = json.loads(out.strip().splitlines()[-1])
    return found
