"""What setup.pl and the packages must know of one controller: names only, never a password."""

from __future__ import annotations

import json
from typing import Any

from bridge.settings import ControllerSettings


def arguments(settings: ControllerSettings) -> dict[str, Any]:
    """Fill setup.pl's arguments from the configuration.

    The agent's password is left out: the files are kept, sent around and, in a package, stored in OTRS's database.
    """
    otrs = settings.otrs
    return {
        "queues": otrs.queues.model_dump(),
        "fields": otrs.fields.model_dump(),
        "agent": {"login": otrs.username, "email": settings.operator},
        "address": {"email": settings.smtp.sender, "name": settings.shown_name},
        "erase_value": otrs.erase_value,
        "control_title": otrs.control_title,
        "webservice": webservice_name(otrs.url),
        "webservice_file": "webservice.yml",
    }


def webservice_name(url: str) -> str:
    """Give the web service's name: the last part of its address."""
    return url.rstrip("/").rpartition("/")[2]


def as_json(given: dict[str, Any]) -> str:
    """Write arguments as setup.pl reads them, always the same."""
    return json.dumps(given, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
