"""Plain pages to look into the sandbox: queues, tickets, articles, sent mail. Nothing is loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from bridge import i18n
from bridge.i18n import gettext as _
from bridge.sandbox.server import Reply
from bridge.sandbox.smtp import ReceivedMail, SandboxSmtp
from bridge.sandbox.state import State, StoredArticle, StoredTicket

_STYLE = """
:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
nav a{margin-right:1rem}
h2{margin:1.5rem 0 .25rem;font-size:1.15rem}
table{border-collapse:collapse;width:100%}
td,th{padding:.35rem .5rem .35rem 0;text-align:left;vertical-align:top;border-bottom:1px solid #8886}
article{border:1px solid #8886;border-radius:.4rem;padding:.6rem .8rem;margin:.8rem 0}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;margin:.5rem 0}
.quiet{opacity:.75;font-size:.9rem}
@media(max-width:40rem){.wide{display:none}}
"""


class Pages:
    """Render pages from the state; `smtp` is where sent mail is kept, if anywhere."""

    def __init__(self, state: State, smtp: SandboxSmtp | None) -> None:
        self._state, self._smtp = state, smtp

    def page(self, path: str, accept_language: str) -> Reply | None:
        """Return the page of a path in the first known language asked for, None for an unknown path."""
        with i18n.language(_language(accept_language)), self._state.lock:
            if path == "/":
                return self._queues()
            if path == "/mail":
                return self._mail()
            kind, _slash, number = path.lstrip("/").partition("/")
            if kind != "ticket" or not (number.isascii() and number.isdecimal()):
                return None
            ticket = self._state.tickets.get(int(number))
            return self._ticket(ticket) if ticket else None

    def _queues(self) -> Reply:
        parts = []
        for queue in self._state.queues:
            tickets = [one for one in self._state.tickets.values() if one.queue == queue]
            parts.append(f"<h2>{escape(queue)} <span class=quiet>{len(tickets)}</span></h2>")
            if tickets:
                rows = "".join(_row(one) for one in reversed(tickets))
                parts.append(f"<table>{_head()}{rows}</table>")
            else:
                parts.append(f"<p class=quiet>{escape(_('No tickets'))}</p>")
        return _page(_("Queues"), parts)

    def _ticket(self, ticket: StoredTicket) -> Reply:
        owner = self._state.agent_login(ticket.owner_id)
        facts = [
            (_("Queue"), ticket.queue),
            (_("State"), ticket.state),
            (_("Owner"), owner),
            (_("Customer user"), ticket.customer_user),
            *sorted(ticket.fields.items()),
        ]
        rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in facts)
        articles = [_article(one) for one in ticket.articles]
        return _page(f"{ticket.number}: {ticket.title}", [f"<table>{rows}</table>", *articles])

    def _mail(self) -> Reply:
        mails = self._smtp.received() if self._smtp else []
        parts = [_mail_part(one) for one in reversed(mails)]
        return _page(_("Sent mail"), parts or [f"<p class=quiet>{escape(_('No mail has been sent'))}</p>"])


def _language(accept: str) -> str:
    known = i18n.languages()
    asked = [part.partition(";")[0].strip()[:2].lower() for part in accept.split(",")]
    return next((one for one in asked if one in known), i18n.current_language())


def _head() -> str:
    names = (_("Ticket"), _("Title"), _("State"), _("Created"))
    classes = ("", "", "", " class=wide")
    cells = "".join(f"<th{css}>{escape(name)}</th>" for name, css in zip(names, classes, strict=True))
    return f"<tr>{cells}</tr>"


def _row(one: StoredTicket) -> str:
    link = f'<a href="/ticket/{one.ticket_id}">{escape(one.number)}</a>'
    created = f"<td class=wide>{one.created:%Y-%m-%d %H:%M:%S}</td>"
    return f"<tr><td>{link}</td><td>{escape(one.title)}</td><td>{escape(one.state)}</td>{created}</tr>"


def _article(one: StoredArticle) -> str:
    seen = _("visible for the customer") if one.visible else _("internal")
    head = f"{one.created:%Y-%m-%d %H:%M:%S} · {one.channel} · {seen} · {one.from_}"
    files = "".join(f"<li>{escape(file.filename)} ({len(file.content)} B)</li>" for file in one.attachments)
    listed = f"<ul class=quiet>{files}</ul>" if files else ""
    return (
        f"<article><strong>{escape(one.subject)}</strong><div class=quiet>{escape(head)}</div>"
        f"<pre>{escape(one.body)}</pre>{listed}</article>"
    )


def _mail_part(mail: ReceivedMail) -> str:
    message = mail.message()
    body = message.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    head = f"{message['From']} → {', '.join(mail.recipients)}"
    return (
        f"<article><strong>{escape(str(message['Subject']))}</strong><div class=quiet>{escape(head)}</div>"
        f"<pre>{escape(text)}</pre></article>"
    )


def _page(title: str, parts: Iterable[str]) -> Reply:
    links = f'<nav><a href="/">{escape(_("Queues"))}</a><a href="/mail">{escape(_("Sent mail"))}</a></nav>'
    html = (
        f'<!DOCTYPE html><html lang="{i18n.current_language()}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>{links}"
        f"<h1>{escape(title)}</h1>{''.join(parts)}"
        f"<p class=quiet>{escape(_('Sandbox: held in memory only, gone when it stops'))}</p></body></html>"
    )
    return Reply(200, "text/html; charset=UTF-8", html.encode("utf-8", "replace"))
