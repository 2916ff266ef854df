"""What all sections of the configuration have in common, and the types that their keys use."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import zoneinfo
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from bridge.i18n import gettext as _
from bridge.workflow.problem import RefusedValue


class Section(BaseModel):
    """Allow no unknown keys, never change, and never show what a value was when it is refused."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
        validate_default=True,
    )


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine itself. A name other than localhost is not looked up."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def split_listen(text: str) -> tuple[str, int]:
    """Split `127.0.0.1:8400` or `[::1]:8400`."""
    host, _colon, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def _secret() -> Any:
    return Field(default=SecretStr(""), exclude=True, repr=False, json_schema_extra={"hidden": True})


def _email(text: str) -> str:
    if not re.fullmatch(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+", text):
        raise RefusedValue("wrong-value", _("must be one mail address such as support@example.org"))
    return text


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise RefusedValue("wrong-value", _("must be an address that begins with https://"))
    if parts.username or parts.password:
        raise RefusedValue("secret-in-file", _("must not hold a user name or a password"))
    return text.rstrip("/")


def _listen(text: str) -> str:
    if not re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[^\s:\[\]]+):\d{1,5}", text) or split_listen(text)[1] > 65535:
        raise RefusedValue("wrong-value", _("must be host and port, such as 127.0.0.1:8400"))
    return text


def _zone(text: str) -> str:
    try:
        zoneinfo.ZoneInfo(text)
    except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError):
        raise RefusedValue("wrong-value", _("must be a time zone such as Europe/Berlin")) from None
    return text


def _journal(text: str) -> str:
    if not re.match(r"(sqlite|postgresql(\+psycopg)?)://", text):
        raise RefusedValue("wrong-value", _("must begin with sqlite:/// or postgresql://"))
    return text


def _clearly_on(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() in {"on", "yes", "true"})


def zone(name: str) -> dt.tzinfo:
    """Give the time zone of that name."""
    return zoneinfo.ZoneInfo(name)


Text = Annotated[str, Field(min_length=1)]
Email = Annotated[str, AfterValidator(_email)]
Url = Annotated[str, AfterValidator(_url)]
Listen = Annotated[str, AfterValidator(_listen)]
Zone = Annotated[str, AfterValidator(_zone)]
Journal = Annotated[str, AfterValidator(_journal)]
Switch = Annotated[bool, BeforeValidator(_clearly_on)]
Port = Annotated[int, Field(ge=1, le=65535)]
Count = Annotated[int, Field(ge=1)]
Secret = Annotated[SecretStr, _secret()]
Texts = dict[Annotated[str, Field(pattern=r"^[a-z]{2,3}$")], Text]
