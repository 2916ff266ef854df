"""How OTRS stores an article that came through the GenericInterface: what it changes and what it fills in."""

from __future__ import annotations

import base64
import re

from bridge.sandbox.checks import Breakdown, Data, false
from bridge.sandbox.desk import Desk, plain
from bridge.sandbox.state import Agent, StoredArticle, StoredTicket


def write_article(
    desk: Desk, agent: Agent, ticket: StoredTicket, article: Data, files: list[Data], *, to: str | None
) -> StoredArticle:
    """Store an article; `to` is the queue's name that TicketCreate puts in the place of an unsent article's To."""
    send = not false(article.get("ArticleSend"))
    html = article["Body"] if article["ContentType"].startswith("text/html") else ""
    body = plain(html) if html else re.sub(r"\n\r|\r\r\n|\r\n", "\n", article["Body"])
    address = str(article.get("To", ""))
    if not address and article["CommunicationChannel"] == "Email":
        address = ticket.customer_user
    if len(article["Subject"]) > 3800:
        desk.break_article(agent, ticket)
        raise Breakdown("Article could not be created, please contact the system administrator")
    made = StoredArticle(
        article_id=0,
        subject=_line(article["Subject"]),
        body=body.partition("\0")[0],
        from_=_line(article.get("From") or _default_from(ticket, agent, send, to)),
        to=_line(address if send or to is None else to),
        cc=_line(article.get("Cc", "")) if send or to is None else "",
        content_type=article["ContentType"].replace("html", "plain"),
        channel=article["CommunicationChannel"],
        sender_type=article["SenderType"],
        visible=not false(article["IsVisibleForCustomer"]),
    )
    for file in files:
        content = base64.b64decode(file["Content"])
        desk.attach(made, file["Filename"], file["ContentType"], content, str(file.get("Disposition", "")))
    return desk.add_article(agent, ticket, made, html=html, send=send)


def _default_from(ticket: StoredTicket, agent: Agent, send: bool, to: str | None) -> str:
    if send:
        return f"{ticket.queue} <support@sandbox.invalid>"
    return agent.login if to is None else ticket.customer_user


def _line(value: object) -> str:
    return re.sub(r"[\r\n]", "", str(value)).partition("\0")[0]
