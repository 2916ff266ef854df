"""The language of a request: what the person chose, else what the browser asks for, else the program's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Request

from bridge.i18n import language

CHOICES = ("de", "en")
COOKIE = "lang"

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Speaking:
    """Run the application in the language of each request."""

    def __init__(self, application: Application, default: str) -> None:
        self._application, self._default = application, default

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve one request."""
        with language(chosen(Request(environ), self._default)):
            return self._application(environ, start_response)


def chosen(asked: Request, default: str) -> str:
    """Choose the language: `?lang=`, the cookie that it set, Accept-Language, the default."""
    for wanted in (asked.args.get("lang"), asked.cookies.get(COOKIE)):
        if wanted in CHOICES:
            return wanted
    return asked.accept_languages.best_match(CHOICES) or (default if default in CHOICES else "en")


def remember(response: Response) -> Response:
    """Keep a choice made by `?lang=` until the browser is closed."""
    wanted = request.args.get("lang")
    if wanted in CHOICES:
        secure = request.is_secure
        response.set_cookie(COOKIE, wanted, secure=secure, httponly=True, samesite="Lax")
    return response
