"""Keyed digests of a ticket's articles, by which any change since the hand-over is noticed."""

from __future__ import annotations

from collections.abc import Callable

from bridge.otrs.model import Article, Ticket


def fingerprint(ticket: Ticket, digest: Callable[[bytes], str]) -> dict[str, str]:
    """Return a keyed digest for each article id, over its text, its head and all its attachments."""
    return {str(article.article_id): digest(_bytes(article)) for article in ticket.articles}


def _bytes(article: Article) -> bytes:
    head = (article.subject, article.from_, article.to, article.cc, article.message_id, article.body)
    files = [part for file in article.attachments for part in (file.filename.encode(), file.content)]
    parts = [text.encode() for text in head] + files
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)
