"""/healthz: whether the bridge works, in codes only."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, jsonify

from bridge.errors import BridgeError
from bridge.journal import brakes
from bridge.web.here import desk
from bridge.web.limits import limiter
from bridge.web.ports import Desk

health_pages = Blueprint("health", __name__)


@health_pages.get("/healthz")
@limiter.exempt
def healthz() -> tuple[Response, int]:
    """Answer 200 while every round works and the journal can be read, else 503. Brakes are told, but are no fault."""
    faults, notices = list(faults_of(desk())), []
    try:
        notices = list(notices_of(desk()))
    except BridgeError as error:
        faults.append(error.code)
    status = 503 if faults else 200
    return jsonify(ok=not faults, codes=sorted({*faults, *notices})), status


def faults_of(of: Desk) -> Iterator[str]:
    """Yield the faults of all rounds: controller, round, code."""
    for controller in of.controllers:
        for one in controller.rounds():
            if one.fault:
                yield f"{controller.name}:{one.name}:{one.fault}"


def notices_of(of: Desk) -> Iterator[str]:
    """Yield what a person should look at: brakes that are on. Raises JournalError."""
    with of.journal.read() as connection:
        for brake in brakes.pulled(connection):
            yield f"{brake.controller}:brake:{brake.code}"
