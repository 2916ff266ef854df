"""The keys of one host: log signing key, reference key, year keys; and what is computed with them.

The reference key is made once and never rotated; everything keyed but the deletion log's references hangs on it,
through subkeys that HKDF (RFC 5869) keeps apart. The id of the key set is derived from it: a host that was given other
keys has another id, and the daemon compares it with the journal's before it starts.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bridge.keys import folder as files
from bridge.keys.folder import KeyFileError

SIGNING = "log-signing.pem"
REFERENCE = "reference.key"
_YEAR = re.compile(r"year-(20[0-9]{2})\.key")
_TOMBSTONE = re.compile(r"year-(20[0-9]{2})\.destroyed")
_SECRET = re.compile(rb"[0-9a-f]{64}\n")


@dataclass(frozen=True, slots=True)
class YearKey:
    """The key of one year's references; `id` is its year and a fingerprint that reveals nothing of it."""

    year: int
    id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """What `keys list` shows of one key: never the key itself. `state` is present, destroyed or back."""

    name: str
    id: str
    state: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class Keys:
    """All keys of a host, loaded. `id` is that of the key set."""

    id: str
    signing: Ed25519PrivateKey = field(repr=False)
    years: dict[int, YearKey] = field(repr=False)
    destroyed: dict[int, str]
    _reference: bytes = field(repr=False)

    def reference(self, case_ref: str, step: str) -> str:
        """Compute the BridgeRef of a ticket that `step` of a case makes: 64 hex digits, the same for ever."""
        return self._keyed("bridge-ref", case_ref.encode(), step.encode())

    def identity(self, *parts: bytes) -> str:
        """Compute a mail's identity from Message-ID, Date, From and the digest of its body."""
        return self._keyed("identity", *parts)

    def sender(self, email: str) -> str:
        """Hash a sender's address, lower-cased, so that a follow-up can be matched."""
        return self._keyed("sender", email.strip().lower().encode())

    def message(self, message_id: str) -> str:
        """Hash a Message-ID without its angle brackets."""
        return self._keyed("message-id", message_id.strip().strip("<>").encode())

    def subkey(self, purpose: str) -> bytes:
        """Derive 32 bytes for something else that must survive restarts, such as the pages' cookies."""
        return _derive(self._reference, f"subkey {purpose}")

    def digest(self, content: bytes) -> str:
        """Compute a keyed digest of an original or an article, by which it is known again."""
        return self._keyed("content", hashlib.sha256(content).digest())

    def case_salts(self, case_ref: str, year: int | None = None) -> tuple[str, ...]:
        """Derive the salts under which the deletion log may know a request: one a year key, the newest first.

        With `year` only that year's. From a mail or ticket that a restore brought back its entries are found again this
        way, and by nobody any more once the year key is destroyed.
        """
        years = [year] if year is not None else sorted(self.years, reverse=True)
        return tuple(
            hmac.digest(_derive(self.years[one].secret, "case salt"), case_ref.encode(), hashlib.sha256)[
                :16
            ].hex()
            for one in years
            if one in self.years
        )

    def year_key(self, year: int) -> YearKey:
        """Return the key of a year; KeyFileError `keys.destroyed` or `keys.missing` when there is none."""
        if year in self.destroyed:
            raise KeyFileError(f"the key of {year} was destroyed", code="keys.destroyed")
        if year not in self.years:
            raise KeyFileError(f"there is no key for {year}: run keys init", code="keys.missing")
        return self.years[year]

    def _keyed(self, purpose: str, *parts: bytes) -> str:
        # Each part is led by its length, so that no two lists of parts run together to the same bytes.
        message = b"".join(len(part).to_bytes(8) + part for part in parts)
        return hmac.new(_derive(self._reference, purpose), message, hashlib.sha256).hexdigest()


def init(folder: Path, now: dt.datetime, years: int = 2) -> list[str]:
    """Make whatever key is missing: signing, reference, and those of this year and the next (`years` in all).

    Existing keys are kept, destroyed ones not made again. Returns the names of the files made. Raises KeyFileError
    when the folder is not safe, or when it holds year keys or a signing key but the reference key is gone: then
    it is another host's folder or a half-restored one, and a new reference key would break every BridgeRef.
    """
    files.make_folder(folder)
    files.check_folder(folder)
    present = {path.name for path in folder.iterdir()}
    made = []
    wanted = {REFERENCE: _new_secret, SIGNING: _new_signing}
    if REFERENCE not in present and (SIGNING in present or any(_YEAR.fullmatch(name) for name in present)):
        raise KeyFileError(
            "the reference key is missing although other keys are there", code="keys.incomplete"
        )
    for year in range(now.year, now.year + years):
        if f"year-{year}.destroyed" not in present:
            wanted[f"year-{year}.key"] = _new_secret
    for name, make in wanted.items():
        if name not in present:
            files.write_new(folder / name, make())
            made.append(name)
    return made


def is_empty(folder: Path) -> bool:
    """Tell whether no key was ever made here."""
    try:
        return not folder.exists() or not any(folder.iterdir())
    except OSError as error:
        raise KeyFileError(f"the key folder can't be read ({error.strerror})") from error


def load(folder: Path) -> Keys:
    """Load every key; raise KeyFileError when the folder is not safe or a key is missing or damaged.

    A year key that has a tombstone is not loaded: it came back with a restore, and counts as destroyed.
    """
    files.check_folder(folder)
    reference = _read_secret(folder / REFERENCE)
    destroyed = _tombstones(folder)
    years = {
        year: YearKey(year, year_key_id(year, secret), secret)
        for year, secret in _year_secrets(folder).items()
        if year not in destroyed
    }
    return Keys(_set_id(reference), _read_signing(folder / SIGNING), years, destroyed, reference)


def list_keys(folder: Path) -> list[KeyInfo]:
    """Describe every key: name, id, state. State `back` is a destroyed year key that is there again."""
    keys = load(folder)
    public = keys.signing.public_key().public_bytes_raw()
    listed = [
        KeyInfo("key-set", keys.id, "present"),
        KeyInfo("log-signing", hashlib.sha256(public).hexdigest()[:16], "present"),
        KeyInfo("reference", keys.id, "present"),
    ]
    back = _year_secrets(folder).keys() & keys.destroyed.keys()
    for year in sorted(keys.years.keys() | keys.destroyed.keys()):
        if year in keys.destroyed:
            since, _, key_id = keys.destroyed[year].partition(" ")
            listed.append(KeyInfo(f"year-{year}", key_id, "back" if year in back else "destroyed", since))
        else:
            listed.append(KeyInfo(f"year-{year}", keys.years[year].id, "present"))
    return listed


def destroy(folder: Path, year: int, now: dt.datetime) -> str:
    """Destroy the key of a year and leave a tombstone; return the key id.

    The tombstone is written first: after a crash the key counts as destroyed, and calling again finishes the work.
    The same removes a key that came back with a restore. Raises KeyFileError when there never was such a key.
    """
    keys = load(folder)
    secrets_there = _year_secrets(folder)
    if year in keys.destroyed:
        key_id = keys.destroyed[year].partition(" ")[2]
    else:
        key_id = keys.year_key(year).id
        content = {"destroyed": now.strftime("%Y-%m-%dT%H:%M:%SZ"), "key_id": key_id, "year": year}
        files.write_new(folder / f"year-{year}.destroyed", json.dumps(content).encode() + b"\n")
    if year in secrets_there:
        files.overwrite_and_unlink(folder / f"year-{year}.key")
    return key_id


def year_key_id(year: int, secret: bytes) -> str:
    """Name a year key: the year and eight hex digits derived from it."""
    return f"{year}-{_derive(secret, 'year key id').hex()[:8]}"


def _set_id(reference: bytes) -> str:
    return _derive(reference, "key set id").hex()[:16]


def _derive(secret: bytes, purpose: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"otrs-bridge " + purpose.encode()).derive(secret)


def _new_secret() -> bytes:
    return secrets.token_hex(32).encode() + b"\n"


def _new_signing() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _read_secret(path: Path) -> bytes:
    content = files.read(path)
    if not _SECRET.fullmatch(content):
        raise KeyFileError(f"{path.name} is damaged", code="keys.damaged")
    return bytes.fromhex(content.decode())


def _read_signing(path: Path) -> Ed25519PrivateKey:
    content = files.read(path)
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError) as error:
        raise KeyFileError(f"{path.name} is damaged", code="keys.damaged") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"{path.name} is no Ed25519 key", code="keys.damaged")
    return key


def _year_secrets(folder: Path) -> dict[int, bytes]:
    found = {path: _YEAR.fullmatch(path.name) for path in sorted(folder.iterdir())}
    return {int(match[1]): _read_secret(path) for path, match in found.items() if match}


def _tombstones(folder: Path) -> dict[int, str]:
    found = {}
    for path in folder.iterdir():
        if match := _TOMBSTONE.fullmatch(path.name):
            try:
                content = json.loads(files.read(path))
                found[int(match[1])] = f"{content['destroyed']} {content['key_id']}"
            except (ValueError, KeyError, TypeError) as error:
                raise KeyFileError(f"{path.name} is damaged", code="keys.damaged") from error
    return found
