"""Values as people write them in workflow files: one or many, periods, times of day."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from bridge.i18n import gettext as _
from bridge.workflow.problem import RefusedValue

Words = Annotated[str, Field(min_length=1)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]


class _OneOrMany:
    """Accept one value where a list is meant."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(
            lambda value: [value] if isinstance(value, str) else value, handler(source)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        many = handler(schema)
        return {"anyOf": [many["items"], many]}


Many = _OneOrMany()


def duration(text: Any) -> Any:
    """Read `30m`, `24h` or `7d`."""
    found = re.fullmatch(r"(\d{1,5}) ?([mhd])", text) if isinstance(text, str) else None
    if not found:
        raise RefusedValue("wrong-value", _("must be a time such as 30m, 24h or 7d"))
    return (
        int(found[1])
        * {"m": dt.timedelta(minutes=1), "h": dt.timedelta(hours=1), "d": dt.timedelta(days=1)}[found[2]]
    )


def clock(text: Any) -> Any:
    """Read a time of day such as `22:30`."""
    if not isinstance(text, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise RefusedValue("wrong-value", _("must be a time of day such as 22:30"))
    return dt.time.fromisoformat(text)


Duration = Annotated[
    dt.timedelta,
    BeforeValidator(duration, json_schema_input_type=Annotated[str, Field(pattern=r"^\d+ ?[mhd]$")]),
]
Clock = Annotated[
    dt.time, BeforeValidator(clock, json_schema_input_type=Annotated[str, Field(pattern=r"^\d\d:\d\d$")])
]
