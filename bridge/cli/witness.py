"""otrs-bridge witness: the DPO's side. Needs no configuration, no journal, no access to the bridge."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bridge.cli.bridge_of import EXIT_CONFIG, EXIT_FAULT
from bridge.cli.verdicts import print_findings, print_verdicts
from bridge.errors import BridgeError
from bridge.i18n import gettext as _
from bridge.i18n import set_language

if TYPE_CHECKING:
    from bridge.deletion_log.mail import CheckpointMail
    from bridge.deletion_log.note import VerifierKey
    from bridge.deletion_log.witness import Copy

MAIL, PROOF = ".eml", ".tlog-proof"
_COPY = click.option(
    "--copy",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of your own copy of the log.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="JSON, one line for each.")


@click.group()
@click.option("--language", default="en", show_default=True, help="Language of the texts: en or de.")
def witness(language: str) -> None:
    """Check the deletion log as its witness: your own copy, mails, exports, proofs."""
    set_language(language)


@witness.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@_COPY
@click.option("--key", "keys", multiple=True, help="Public key of the log, as you were given it in person.")
@click.option(
    "--witness-key", "witnesses", multiple=True, help="Public key of a witness whose cosignature counts."
)
@_JSON
@click.pass_context
def verify(
    ctx: click.Context,
    paths: tuple[Path, ...],
    folder: Path | None,
    keys: tuple[str, ...],
    witnesses: tuple[str, ...],
    as_json: bool,
) -> None:
    """Check PATHS: checkpoint mails (*.eml), exports (folder or .zip), proofs (*.tlog-proof); without any, the copy.

    Mails are taken over into the copy when nothing is wrong with them. Exports are compared with every checkpoint of
    the copy. Exits with 1 when anything is wrong.
    """
    from bridge.deletion_log.note import VerifierKey
    from bridge.deletion_log.witness import Copy

    try:
        trusted = [VerifierKey.parse(one) for one in keys]
        copy = Copy(folder) if folder else None
        if copy and trusted:
            copy.trust(trusted)
        trusted = trusted or (copy.keys() if copy else [])
        known = [VerifierKey.parse(one) for one in witnesses]
        codes = [_check_mail(name, mail, copy, as_json) for name, mail in _mails(paths)]
        codes += [_check_proof(path, trusted, known, as_json) for path in paths if path.suffix == PROOF]
        codes.append(_check_logs([path for path in paths if not _is_single(path)], copy, trusted, as_json))
    except (BridgeError, OSError) as error:
        ctx.exit(_told(error))
    ctx.exit(max(codes))


@witness.command()
@_COPY
@click.option(
    "--key-file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Your signing key."
)
@click.option("--name", required=True, help="Your name as a witness, such as dpo.example.org.")
@click.option("--new-key", is_flag=True, help="Make the signing key when the file isn't there.")
@click.option(
    "--to", type=click.Path(file_okay=False, path_type=Path), help="Folder for the cosigned checkpoints."
)
@_JSON
@click.pass_context
def cosign(
    ctx: click.Context,
    folder: Path | None,
    key_file: Path,
    name: str,
    new_key: bool,
    to: Path | None,
    as_json: bool,
) -> None:
    """Check the whole copy, then cosign the newest checkpoint of each log. Send the result back to the operator."""
    from bridge.deletion_log.note import Signer
    from bridge.deletion_log.witness import Copy
    from bridge.deletion_log.witness_key import load_or_make

    if folder is None:
        raise click.UsageError(_("Say where your copy is: --copy FOLDER"))
    try:
        signer = Signer(name, load_or_make(key_file, make=new_key))
        notes = Copy(folder).cosign(signer, dt.datetime.now(dt.UTC))
    except (BridgeError, OSError) as error:
        ctx.exit(_told(error))
    if not as_json:
        click.echo(_("Your public key as a witness: {key}").format(key=signer.witness_key), err=True)
    for note in notes:
        if to:
            origin, size = note.split("\n")[:2]
            to.mkdir(parents=True, exist_ok=True)
            (to / f"{origin.replace('/', '_')}-{size}.txt").write_text(note, encoding="utf-8", newline="\n")
        click.echo(json.dumps({"checkpoint": note}) if as_json else note, nl=as_json)


def _is_single(path: Path) -> bool:
    return path.is_file() and path.suffix in (MAIL, PROOF)


def _mails(paths: tuple[Path, ...]) -> list[tuple[str, CheckpointMail]]:
    """Read the mails and put them in the order in which they were made."""
    from bridge.deletion_log.mail import read_message

    read = [(path.name, read_message(path.read_bytes())) for path in paths if path.suffix == MAIL]
    return sorted(read, key=lambda one: (one[1].head.origin, one[1].head.size))


def _check_proof(path: Path, trusted: list[VerifierKey], known: list[VerifierKey], as_json: bool) -> int:
    from bridge.deletion_log.proof import check_proof

    proved = check_proof(path.read_text("utf-8"), trusted, known)
    plain: dict[str, object] = {"file": path.name, "ok": proved.ok}
    plain["findings"] = [one.plain() for one in proved.findings]
    if proved.ok and proved.entry and proved.head and proved.meant:
        entry = proved.entry
        plain |= {
            "log": entry.log,
            "index": entry.index,
            "size": proved.head.size,
            "event": entry.event.value,
        }
        plain |= {
            "kind": proved.meant.kind.value,
            "number": proved.meant.number,
            "cosigned": list(proved.cosigners),
        }
        plain |= {"time": entry.write_time.isoformat(), "level": entry.level.value}
    if as_json:
        click.echo(json.dumps(plain, ensure_ascii=False))
    elif proved.ok:
        words = _(
            "{file}: proved. Entry {index} of {log} says of {kind} {number}: {event} ({level}), written {time}."
        )
        click.echo(words.format(**plain))
    else:
        click.echo(f"{path.name}:")
        print_findings(proved.findings)
    return 0 if proved.ok else EXIT_FAULT


def _check_mail(name: str, mail: CheckpointMail, copy: Copy | None, as_json: bool) -> int:
    if copy is None:
        raise click.UsageError(_("To check a mail, say where your copy is: --copy FOLDER"))
    received = copy.receive(mail)
    plain = {"file": name, "ok": received.ok, "log": received.origin, "size": received.size}
    if as_json:
        click.echo(
            json.dumps(plain | {"findings": [one.plain() for one in received.findings]}, ensure_ascii=False)
        )
    else:
        click.echo(f"{name}:")
        print_findings(received.findings)
    return 0 if received.ok else EXIT_FAULT


def _check_logs(exports: list[Path], copy: Copy | None, trusted: list[VerifierKey], as_json: bool) -> int:
    from bridge.deletion_log.verify import verify_bundles

    now = dt.datetime.now(dt.UTC)
    kept = copy.checkpoints() if copy else {}
    if exports:
        return print_verdicts(verify_bundles(exports, trusted, now, kept), as_json=as_json)
    if copy:
        return print_verdicts(copy.check(now), as_json=as_json)
    return 0


def _told(error: Exception) -> int:
    code = error.code if isinstance(error, BridgeError) else type(error).__name__
    click.echo(_("{text} (code {code})").format(text=error, code=code), err=True)
    return EXIT_CONFIG
