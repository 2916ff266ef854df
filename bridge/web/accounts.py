"""Accounts and sessions of people: the stated exception to the rule that the bridge keeps nothing personal.

They lie in the journal's database; its migrations create the tables from `metadata`. A password is kept as its Argon2
hash, the secret of the one-time codes sealed with a key that lies outside the database, a session as the hash of its
token. So a copy of the database lets nobody in.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    insert,
    select,
    update,
)
from sqlalchemy import delete as sql_delete

from bridge.errors import BridgeError
from bridge.journal.schema import Utc, big

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

accounts = Table(
    "web_accounts",
    metadata,
    Column("id", big, primary_key=True, autoincrement=True),
    Column("name", String(60), nullable=False, unique=True),
    Column("role", String(20), nullable=False),  # dpo, approver, operator
    Column("controller", String(80), nullable=False),  # "*": all
    Column("password", String(200), nullable=False),  # Argon2 hash
    Column("initial", Boolean, nullable=False),  # the password was given out and must be replaced
    Column("totp", String(400)),  # sealed; NULL until the first log-in
    Column(
        "totp_step", big, nullable=False, server_default="0"
    ),  # of the last code taken: none is taken twice
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("locked_until", Utc),
    Column("disabled", Utc),
    Column("created", Utc, nullable=False),
)

sessions = Table(
    "web_sessions",
    metadata,
    Column("token", String(64), primary_key=True),  # SHA-256 of the token in the cookie
    Column("account_id", ForeignKey("web_accounts.id"), nullable=False, index=True),
    Column("created", Utc, nullable=False),
    Column("seen", Utc, nullable=False),
    Index("ix_web_sessions_seen", "seen"),
)

ALL = "*"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,58}")


class AccountError(BridgeError):
    """Say why an account can't be made or changed."""

    code = "web.account"
    permanent = True


class Role(StrEnum):
    """What a person may do: look and sign, give a second approval, see to cases and brakes."""

    DPO = "dpo"
    APPROVER = "approver"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Account:
    """One account; hashes and secrets are left out."""

    id: int
    name: str
    role: Role
    controller: str
    initial: bool
    enrolled: bool
    locked_until: dt.datetime | None
    disabled: dt.datetime | None
    created: dt.datetime

    def may(self, controller: str, roles: frozenset[Role]) -> bool:
        """Tell whether this account has one of the roles for a controller."""
        return (
            self.role in roles and self.controller in (ALL, controller) and not self.disabled and self.ready
        )

    @property
    def ready(self) -> bool:
        """Tell whether the person has a password of his own and one-time codes."""
        return self.enrolled and not self.initial


def add(
    connection: Connection, name: str, role: Role, controller: str, password: str, now: dt.datetime
) -> None:
    """Make an account with a first password (Argon2 hash), to be replaced at the first log-in.

    Raises AccountError for a name that is taken or not allowed.
    """
    if not _NAME.fullmatch(name):
        raise AccountError("A name has 2 to 59 small letters, digits, dots, underscores and hyphens.")
    if by_name(connection, name):
        raise AccountError("There is an account with this name already.")
    values = {"name": name, "role": role.value, "controller": controller, "password": password}
    connection.execute(insert(accounts).values(**values, initial=True, created=now))


def renew(connection: Connection, name: str, password: str) -> bool:
    """Give an existing account a first password again: one-time codes start anew, sessions end, locks go."""
    account = by_name(connection, name)
    if account is None:
        return False
    fresh = {"password": password, "initial": True, "totp": None, "totp_step": 0, "failures": 0}
    set_values(connection, account.id, **fresh, locked_until=None, disabled=None)
    end_sessions(connection, account.id)
    return True


def disable(connection: Connection, name: str, now: dt.datetime) -> bool:
    """Close an account and end its sessions; False when there is none that is open."""
    account = by_name(connection, name)
    if account is None or account.disabled:
        return False
    set_values(connection, account.id, disabled=now)
    end_sessions(connection, account.id)
    return True


def by_name(connection: Connection, name: str) -> Account | None:
    """Find an account by its name."""
    row = connection.execute(select(accounts).where(accounts.c.name == name)).mappings().first()
    return _account(dict(row)) if row else None


def by_id(connection: Connection, account_id: int) -> Account | None:
    """Find an account by its number."""
    row = connection.execute(select(accounts).where(accounts.c.id == account_id)).mappings().first()
    return _account(dict(row)) if row else None


def listing(connection: Connection) -> list[Account]:
    """Return all accounts by name."""
    rows = connection.execute(select(accounts).order_by(accounts.c.name)).mappings()
    return [_account(dict(row)) for row in rows]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a log-in is checked against."""

    account: Account
    password: str
    totp: str | None
    totp_step: int
    failures: int


def credentials(connection: Connection, name: str) -> Credentials | None:
    """Return an account with what its log-in is checked against."""
    row = connection.execute(select(accounts).where(accounts.c.name == name)).mappings().first()
    if row is None:
        return None
    return Credentials(_account(dict(row)), row["password"], row["totp"], row["totp_step"], row["failures"])


def set_values(connection: Connection, account_id: int, **values: object) -> None:
    """Set columns of an account."""
    connection.execute(update(accounts).where(accounts.c.id == account_id).values(**values))


def take_step(connection: Connection, account_id: int, step: int) -> bool:
    """Use up a one-time code by its time step; False when this or a later one was used already."""
    where = (accounts.c.id == account_id, accounts.c.totp_step < step)
    return connection.execute(update(accounts).where(*where).values(totp_step=step)).rowcount == 1


def open_session(connection: Connection, token_hash: str, account_id: int, now: dt.datetime) -> None:
    """Note a session by the hash of its token."""
    connection.execute(
        insert(sessions).values(token=token_hash, account_id=account_id, created=now, seen=now)
    )


def session_account(
    connection: Connection, token_hash: str, idle_since: dt.datetime, created_since: dt.datetime
) -> tuple[Account, dt.datetime] | None:
    """Return whose session it is and when it was last used; None when it is unknown, too old or closed."""
    where = (
        sessions.c.token == token_hash,
        sessions.c.seen > idle_since,
        sessions.c.created > created_since,
        accounts.c.disabled.is_(None),
    )
    query = select(accounts, sessions.c.seen.label("seen")).join_from(sessions, accounts).where(*where)
    row = connection.execute(query).mappings().first()
    return (_account(dict(row)), row["seen"]) if row else None


def touch(connection: Connection, token_hash: str, now: dt.datetime) -> None:
    """Note that a session was used."""
    connection.execute(update(sessions).where(sessions.c.token == token_hash).values(seen=now))


def end_session(connection: Connection, token_hash: str) -> None:
    """End one session."""
    connection.execute(sql_delete(sessions).where(sessions.c.token == token_hash))


def end_sessions(connection: Connection, account_id: int) -> None:
    """End all sessions of an account."""
    connection.execute(sql_delete(sessions).where(sessions.c.account_id == account_id))


def forget_sessions(connection: Connection, idle_since: dt.datetime) -> None:
    """Delete the sessions that nobody used since then."""
    connection.execute(sql_delete(sessions).where(sessions.c.seen <= idle_since))


def _account(row: dict[str, object]) -> Account:
    shown = {name: row[name] for name in Account.__dataclass_fields__ if name in row}
    return Account(**(shown | {"role": Role(str(row["role"])), "enrolled": row["totp"] is not None}))  # type: ignore[arg-type]
