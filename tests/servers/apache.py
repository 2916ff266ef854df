"""Apache with mod_perl under a configuration of its own, serving Znuny on loopback."""

from __future__ import annotations

import http.client
import subprocess
from pathlib import Path
from typing import Any

from tests.servers.state import HOST, alive, run, state_folder, stop, wait_for

MODULES = (
    *("mpm_prefork", "authz_core", "authz_host", "access_compat", "alias", "dir", "mime", "env", "setenvif"),
    *("filter", "deflate", "headers", "rewrite", "perl"),
)
# Prefork: every kept connection occupies a child, so the limit leaves room for several test workers.
CONFIGURATION = """
ServerRoot "/etc/apache2"
ServerName 127.0.0.1
DefaultRuntimeDir {run}
PidFile {run}/apache.pid
Mutex file:{run} default
ErrorLog {state}/apache-error.log
# authz_core complains of every PATH_INFO, which it takes for a file.
LogLevel warn authz_core:crit
LogFormat "%h %t \\"%r\\" %>s %O" brief
CustomLog {state}/apache-access.log brief
User www-data
Group www-data
Timeout 300
KeepAlive On
MaxKeepAliveRequests 100
KeepAliveTimeout 5
{modules}
StartServers 8
MinSpareServers 4
MaxSpareServers 24
MaxRequestWorkers 32
MaxConnectionsPerChild 0
Listen 127.0.0.1:{port}
TypesConfig /etc/mime.types
<Directory />
    AllowOverride None
    Require all denied
</Directory>
PerlRequire {run}/preload.pl
Include /etc/apache2/conf-available/otrs2.conf
"""
# Loaded once in the parent: children start ready, and share the memory.
PRELOAD = """
use strict;
use warnings;
require '/usr/share/otrs/scripts/apache2-perl-startup.pl';
require DBD::Pg;
require Kernel::System::DB::postgresql;
require Kernel::System::ObjectManager;
for my $Module (qw(
    Kernel::Config Kernel::GenericInterface::Provider
    Kernel::GenericInterface::Transport::HTTP::REST
    Kernel::GenericInterface::Operation::Session::SessionCreate
    Kernel::GenericInterface::Operation::Ticket::TicketCreate
    Kernel::GenericInterface::Operation::Ticket::TicketUpdate
    Kernel::GenericInterface::Operation::Ticket::TicketGet
    Kernel::GenericInterface::Operation::Ticket::TicketSearch
    Kernel::GenericInterface::Operation::Ticket::TicketHistoryGet
    Kernel::System::Ticket Kernel::System::Ticket::Article Kernel::System::Web::InterfaceAgent
    Kernel::System::DynamicField::Backend Kernel::System::GenericAgent Kernel::System::PostMaster
)) {
    (my $File = "$Module.pm") =~ s{::}{/}g;
    require $File;
}
1;
"""


def answers(port: int, path: str = "/otrs-web/skins/Agent/default/img/icons/product.ico") -> bool:
    """Tell whether Apache answers with a page."""
    connection = http.client.HTTPConnection(HOST, port, timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def is_up(state: dict[str, Any]) -> bool:
    """Tell whether Apache's parent runs and serves files."""
    pid = state["pids"].get("apache")
    written = state_folder() / "apache/apache.pid"  # written once the port is bound
    bound = written.exists() and written.read_text().strip() == str(pid)
    return bound and alive(pid) and answers(state["ports"]["http"])


def _configuration() -> Path:
    return state_folder() / "apache/apache.conf"


def stop_orphans() -> None:
    """Stop children that outlived a killed parent: they hold the port."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if bytes(_configuration()) in words and b"/usr/sbin/apache2" in words:
            stop(int(folder.name))


def start(state: dict[str, Any]) -> None:
    """Write the configuration and start Apache."""
    if is_up(state):
        return
    runtime = state_folder() / "apache"
    runtime.mkdir(exist_ok=True)
    (runtime / "apache.pid").unlink(missing_ok=True)
    (runtime / "preload.pl").write_text(PRELOAD)
    available = Path("/etc/apache2/mods-available")
    modules = "\n".join(f"Include {available}/{name}.load" for name in MODULES)
    configuration = _configuration()
    configuration.write_text(
        CONFIGURATION.format(run=runtime, state=state_folder(), modules=modules, port=state["ports"]["http"])
    )
    run("/usr/sbin/apache2", "-t", "-f", configuration)
    with (state_folder() / "apache-error.log").open("ab") as log:
        child = subprocess.Popen(
            ["/usr/sbin/apache2", "-D", "FOREGROUND", "-f", str(configuration)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/",
        )  # fmt: skip
    state["pids"]["apache"] = child.pid
    wait_for("Apache", lambda: is_up(state), 60)
