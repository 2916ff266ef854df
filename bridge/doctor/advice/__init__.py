"""Every outcome of every check with its texts: the table behind the doctor, and behind its part of the manual."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.doctor.advice.erasing import ERASING
from bridge.doctor.advice.here import HERE
from bridge.doctor.advice.mail import MAIL
from bridge.doctor.advice.otrs import OTRS
from bridge.doctor.finding import Advice

ADVICE: Mapping[str, Mapping[str, Advice]] = {**HERE, **MAIL, **OTRS, **ERASING}

__all__ = ["ADVICE"]
