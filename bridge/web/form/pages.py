"""The pages of the request form: choose a topic, fill in, read the receipt."""

from __future__ import annotations

import secrets
from typing import Any

import structlog
from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer

from bridge.errors import BridgeError
from bridge.web import limits, memory
from bridge.web.form.questions import TOPICS, Topic, questions_of, topic_of
from bridge.web.form.reading import TRAP, Filled, megabytes, read
from bridge.web.form.sending import Post
from bridge.web.here import controller_named, desk
from bridge.web.limits import limiter
from bridge.web.ports import Controller

_log = structlog.get_logger(__name__)

pages = Blueprint("form", __name__)
DAY = 24 * 3600


@pages.record_once
def _with_post(state: Any) -> None:
    state.app.extensions["post"] = Post()


@pages.get("/")
def start() -> Any:
    """Ask for whom and what it is about; with several controllers the controller comes first."""
    offered = _offered()
    if not offered:
        abort(404)
    chosen = request.args.get("to", "")
    if len(offered) > 1 and not any(one.name == chosen for one in offered):
        return render_template("form/controllers.html", controllers=offered)
    controller = controller_named(chosen) if len(offered) > 1 else offered[0]
    return render_template("form/topics.html", controller=controller, topics=TOPICS)


@pages.get("/request/<to>/<topic>")
def ask(to: str, topic: str) -> Any:
    """Ask what this topic needs."""
    controller, asked = _found(to, topic)
    return _page(Filled(asked, {}, (), {}), controller, secrets.token_urlsafe(16))


@pages.post("/request/<to>/<topic>")
@limiter.limit(limits.form_tries)
@limiter.limit(limits.form_limit, deduct_when=limits.was_sent)
def send(to: str, topic: str) -> Any:
    """Put the request into the mailbox, then show the receipt; 503 when it is not surely there."""
    controller, asked = _found(to, topic)
    assert controller.letterbox is not None  # noqa: S101  # _found sees to that
    most = memory.upload_bytes(controller.message_bytes)
    filled = read(asked, request.form, request.files.getlist("files"), most)
    number = _opened(request.form.get("form_number", ""))
    if filled.wrong:
        return _page(filled, controller, number), 422
    post: Post = current_app.extensions["post"]
    try:
        reference = post.send(controller.letterbox, filled, controller, number, desk().now())
    except BridgeError as error:
        _log.warning("form request not taken", code=error.code, controller=controller.name)
        return _page(filled, controller, number, failed=True), 503
    return redirect(url_for("form.receipt", token=_receipts().dumps(reference)), 303)


@pages.get("/receipt/<token>")
def receipt(token: str) -> Any:
    """Show the reference, nothing else; only references that were given out."""
    try:
        reference = _receipts().loads(token, max_age=DAY)
    except BadSignature:
        abort(404)
    return render_template("form/receipt.html", reference=reference)


def allow_files() -> None:
    """Let the form's own request be larger than others, before anything of it is read."""
    if request.endpoint == "form.send":
        controller = next(
            (c for c in desk().controllers if c.name == (request.view_args or {}).get("to")), None
        )
        most = memory.upload_bytes(controller.message_bytes) if controller else 0
        request.max_content_length = most + memory.FIELDS
        request.max_form_memory_size = memory.FIELDS


def _offered() -> list[Controller]:
    return [one for one in desk().controllers if one.letterbox is not None]


def _found(to: str, topic: str) -> tuple[Controller, Topic]:
    controller, asked = controller_named(to), topic_of(topic)
    if controller.letterbox is None or asked is None:
        abort(404)
    return controller, asked


def _page(filled: Filled, controller: Controller, number: str, *, failed: bool = False) -> str:
    most = memory.upload_bytes(controller.message_bytes)
    return render_template(
        "form/ask.html",
        filled=filled,
        topic=filled.topic,
        questions=questions_of(filled.topic),
        controller=controller,
        several=len(_offered()) > 1,
        number=_numbers().dumps(number),
        failed=failed,
        trap=TRAP,
        most_files=memory.MOST_FILES,
        most_megabytes=megabytes(most),
    )


def _opened(signed: str) -> str:
    """Return the number that the form was given when it was opened; a new one for whatever is forged or too old."""
    try:
        return str(_numbers().loads(signed, max_age=DAY))
    except BadSignature:
        return secrets.token_urlsafe(16)


def _numbers() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="form")


def _receipts() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="receipt")
