"""Dovecot under a configuration of its own: any user name, one password, a mailbox for each name."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from tests.servers.state import alive, listens, run, state_folder, wait_for

CONFIGURATION = """
base_dir = {run}
state_dir = {run}/state
log_path = {state}/dovecot.log
instance_name = otrs-bridge-tests
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{state}/tls/server.pem
ssl_key = <{state}/tls/server.key
ssl_client_ca_file = {state}/tls/ca.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
first_valid_uid = 1
mail_uid = mail
mail_gid = mail
mail_location = maildir:~/Maildir
mail_max_userip_connections = 200
mail_fsync = never
namespace inbox {{
  inbox = yes
  separator = /
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={state}/mail/%u
}}
service imap-login {{
  process_min_avail = 2
  service_count = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service imap {{
  process_limit = 1024
}}
# Without this, failed log-ins of one test slow down the log-ins of all others from loopback.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""


def mail_folder() -> Path:
    """Return the folder that holds one folder for each user."""
    return state_folder() / "mail"


def _certificates() -> None:
    tls = state_folder() / "tls"
    if (tls / "server.pem").exists():
        return
    tls.mkdir(exist_ok=True)
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=Test CA",
        "-addext", "keyUsage=critical,keyCertSign,cRLSign",
        "-keyout", tls / "ca.key", "-out", tls / "ca.pem")  # fmt: skip
    run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost",
        "-keyout", tls / "server.key", "-out", tls / "server.csr")  # fmt: skip
    extensions = tls / "server.ext"
    extensions.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\nauthorityKeyIdentifier=keyid\n")
    run("openssl", "x509", "-req", "-days", "3650", "-in", tls / "server.csr", "-CA", tls / "ca.pem",
        "-CAkey", tls / "ca.key", "-CAcreateserial", "-extfile", extensions,
        "-out", tls / "server.pem")  # fmt: skip


def is_up(state: dict[str, Any]) -> bool:
    """Tell whether Dovecot's master runs and greets on the plain port."""
    return alive(state["pids"].get("dovecot")) and listens(state["ports"]["imap"], b"* OK")


def start(state: dict[str, Any]) -> None:
    """Write the configuration and start the master."""
    if is_up(state):
        return
    _certificates()
    mail_folder().mkdir(exist_ok=True)
    run("chown", "mail:mail", mail_folder())
    sockets = state_folder() / "dovecot"
    sockets.mkdir(exist_ok=True)
    configuration = state_folder() / "dovecot.conf"
    configuration.touch(mode=0o600)
    configuration.write_text(
        CONFIGURATION.format(
            run=sockets,
            state=state_folder(),
            password=state["passwords"]["mailbox"],
            imap=state["ports"]["imap"],
            imaps=state["ports"]["imaps"],
        )
    )
    with (state_folder() / "dovecot.out").open("ab") as log:
        child = subprocess.Popen(
            ["/usr/sbin/dovecot", "-F", "-c", str(configuration)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/",
        )  # fmt: skip
    state["pids"]["dovecot"] = child.pid
    wait_for("Dovecot", lambda: is_up(state))
