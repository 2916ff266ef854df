"""The monthly report as PDF, in the language in force: counts, deadlines, how far the log is covered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from fpdf import FPDF
from fpdf.enums import TableCellFillMode, XPos, YPos
from fpdf.fonts import FontFace

from bridge.i18n import current_language
from bridge.i18n import gettext as _
from bridge.web.shown import day
from bridge.web.staff.figures import Figures
from bridge.web.words import word

_INK, _SOFT, _MAIN = (23, 36, 42), (81, 98, 106), (23, 80, 94)
MONTHS_DE = (
    "Januar", "Februar", "März", "April", "Mai", "Juni",
    "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip
OPEN_MOST = 30


class _Paper(FPDF):
    """A4 with page numbers."""

    def footer(self) -> None:
        """Write the page number."""
        self.set_y(-15)
        self.set_font("helvetica", size=9)
        self.set_text_color(*_SOFT)
        self.cell(0, 8, _latin(_("Page {number}").format(number=self.page_no())), align="R")


def monthly_report(controller: str, figures: Figures, now: dt.datetime) -> bytes:
    """Write the report of one month; it holds counts, labels, case numbers and times, nothing personal."""
    paper = _Paper()
    paper.set_creation_date(now)
    paper.set_lang(current_language())
    paper.set_title(_latin(_("Report on erasures")))
    paper.set_auto_page_break(auto=True, margin=20)
    paper.set_margins(22, 20)
    paper.add_page()
    _heading(paper, _("Report on erasures"), 20)
    _line(paper, controller)
    _line(paper, _month(figures.since.date()))
    made = _("Made on {day}. Counts of the month; what is open is as of that day.")
    _line(paper, made.format(day=day(now.date())), soft=True)
    _requests(paper, figures)
    _erasures(paper, figures)
    _open(paper, figures, now)
    _log(paper, figures)
    return bytes(paper.output())


def _requests(paper: FPDF, figures: Figures) -> None:
    _heading(paper, _("Requests by category"))
    rows = [(word(name), str(count)) for name, count in figures.by_category.most_common()]
    total = (_("Total"), str(sum(figures.by_category.values())))
    _table(paper, (_("Category"), _("Number")), [*rows, total])


def _erasures(paper: FPDF, figures: Figures) -> None:
    _heading(paper, _("Erasures by level of proof"))
    rows = [
        (word(level or "none"), word(event), str(count))
        for (event, level), count in sorted(figures.erased.items())
    ]
    if rows:
        _table(paper, (_("Level of proof"), _("Result"), _("Number")), rows)
    else:
        _line(paper, _("Nothing was erased in this month."))
    text = _(
        "“Verified” says that the bridge looked and found nothing left where it can look. Copies in backups and in "
        "other places that it can't reach are named in each entry."
    )
    _line(paper, text, soft=True)


def _open(paper: FPDF, figures: Figures, now: dt.datetime) -> None:
    _heading(paper, _("Open now"))
    rows = [
        (_("Deadlines that run"), str(len(figures.deadlines))),
        (_("Deadlines that are over"), str(figures.overdue(now))),
        (_("Parked cases"), str(figures.states.get("parked", 0))),
        (_("Held cases"), str(figures.states.get("held", 0))),
        (_("Erasures that could not be verified"), str(figures.unresolved.get("unverifiable", 0))),
        (_("Failed erasures"), str(figures.unresolved.get("failed", 0))),
    ]
    _table(paper, (_("What"), _("Number")), rows)
    if figures.deadlines:
        _heading(paper, _("Next deadlines"))
        due = [
            (
                str(one.case_id),
                word(one.category),
                word(one.state),
                day(one.due.astimezone(now.tzinfo).date()),
            )
            for one in figures.deadlines[:OPEN_MOST]
        ]
        _table(paper, (_("Case"), _("Category"), _("State"), _("Deadline")), due)


def _log(paper: FPDF, figures: Figures) -> None:
    _heading(paper, _("Deletion log"))
    cover = figures.coverage
    if cover.left_at is None:
        text = _("No checkpoint has left the operator's reach so far. The whole log could still be changed.")
    else:
        text = _(
            "The last checkpoint that left the operator's reach did so on {day} and fixes {size} entries. The "
            "{count} entries after it could still be changed without a trace."
        ).format(day=day(cover.left_at.date()), size=cover.left_size, count=cover.uncovered)
    _line(paper, text)
    rows = [(word(event), str(count)) for event, count in sorted(figures.events.items())]
    _table(paper, (_("Entries of the month by event"), _("Number")), rows)


def _heading(paper: FPDF, text: str, size: int = 13) -> None:
    paper.ln(4)
    paper.set_font("helvetica", "B", size)
    paper.set_text_color(*_MAIN)
    paper.cell(0, size * 0.6, _latin(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.ln(1)


def _line(paper: FPDF, text: str, *, soft: bool = False) -> None:
    paper.set_font("helvetica", size=10)
    paper.set_text_color(*(_SOFT if soft else _INK))
    paper.multi_cell(0, 5.4, _latin(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _table(paper: FPDF, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    paper.set_font("helvetica", size=10)
    paper.set_text_color(*_INK)
    paper.set_draw_color(207, 216, 220)
    align = ("LEFT",) * (len(head) - 1) + ("RIGHT",)
    with paper.table(
        borders_layout="HORIZONTAL_LINES",
        cell_fill_mode=TableCellFillMode.NONE,
        headings_style=FontFace(emphasis="BOLD", color=_SOFT),
        line_height=6.4,
        text_align=align,
        first_row_as_headings=True,
    ) as table:
        for row in [head, *rows]:
            table.row([_latin(cell) for cell in row])


def _month(first: dt.date) -> str:
    if current_language() == "de":
        return f"{MONTHS_DE[first.month - 1]} {first.year}"
    return f"{first:%B %Y}"


def _latin(text: str) -> str:
    """Keep to what the built-in fonts can show (Windows-1252); what they can't becomes a question mark."""
    for sign, plain in (("“", '"'), ("”", '"'), ("„", '"'), ("–", "-"), ("’", "'"), ("…", "...")):
        text = text.replace(sign, plain)
    return text.encode("latin-1", "replace").decode("latin-1")
