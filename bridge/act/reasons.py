"""What the bridge tells people in OTRS about a ticket: texts without anything personal, by code."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bridge.i18n import gettext as _

_REASONS: Mapping[str, Callable[[], str]] = {
    "category-changed": lambda: _(
        "Category changed by a person; the request goes the way of the new category."
    ),
    "forwarded": lambda: _("Handed over to membership management at a person's wish."),
    "already-forwarded": lambda: _("Nothing to do: membership management has it already."),
    "to-admins": lambda: _("The admins got a redacted ticket."),
    "already-admins": lambda: _("Nothing to do: the admins have a redacted ticket already."),
    "not-for-admins": lambda: _("Not done: a request that was handed over is not for the admins."),
    "held": lambda: _(
        "On hold: nothing more is done, above all nothing erased, until somebody sets release."
    ),
    "nothing-to-hold": lambda: _("Nothing to hold: everything was done already."),
    "released": lambda: _("Released; the bridge goes on."),
    "nothing-to-release": lambda: _("Nothing to release: the request was not on hold."),
    "erasing-ordered": lambda: _("Erasure ordered. A second person must approve it on the bridge's pages."),
    "erasing-approved": lambda: _("Erasure ordered and approved by a second person."),
    "nothing-to-erase": lambda: _("Nothing to erase: the original is erased already."),
    "extended": lambda: _(
        "The time limit was extended. Tell the person who asked, and why, before it would have ended."
    ),
    "not-extended": lambda: _(
        "Not extended: a time limit can be extended once, by two months at most, and only before it ends."
    ),
    "rejected": lambda: _(
        "Membership management did not take the request, so it is back. Please set the right category."
    ),
    "restored": lambda: _("Brought back from the hand-over, because a person corrected the category."),
    "taken-back": lambda: _("Taken back: a person corrected the category."),
    "original-gone": lambda: _("Not done: the request's text is nowhere to be found any more."),
    "double-accreditation": lambda: _(
        "This person may already be accredited, or has asked twice. Please check before you go on."
    ),
    "deadline-near": lambda: _("The time limit ends soon."),
    "deadline-over": lambda: _("The time limit is over."),
}
CODES = frozenset(_REASONS)


def reason_text(code: str) -> str:
    """Return the text of a reason in the language that is set; "" for no reason."""
    return _REASONS[code]() if code else ""
