"""Plots drawn on the server as SVG; the numbers stand in a table beside each of them as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

COLOURS = {
    "data-protection": "#a3201c",
    "membership": "#c9661a",
    "joining-leaving": "#b99a1d",
    "login": "#4f8a3c",
    "technical": "#1f7a8c",
    "new-instance": "#2f5fa8",
    "other": "#6d4c9f",
    "automated": "#8b8f94",
    "spam": "#4b5156",
    "none": "#c3c8cb",
    "verified": "#2c7d4a",
    "failed": "#a3201c",
    "unverifiable": "#c9661a",
}
WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM, TOP = (
    420,
    240,
    32,
    16,
    44,
    10,
)  # small, so that text stays readable at 360 px


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a plot: its label and its parts by key."""

    label: str
    parts: Mapping[str, int]

    @property
    def total(self) -> int:
        """Return the height."""
        return sum(self.parts.values())


def columns(title: str, shown: Sequence[Column], keys: Sequence[str]) -> Markup:
    """Draw stacked columns, parts in the order of `keys` from below; `title` is read out in place of the picture."""
    most = max((column.total for column in shown), default=0) or 1
    step = _step(most)
    top = -(-most // step) * step
    scale = (HEIGHT - BOTTOM - TOP) / top
    width = (WIDTH - LEFT - RIGHT) / max(len(shown), 1)
    drawn = [_line(value, HEIGHT - BOTTOM - value * scale) for value in range(0, top + 1, step)]
    every = max(1, len(shown) // 5)
    for at, column in enumerate(shown):
        x = LEFT + at * width
        drawn.append(_stack(column, keys, (x + width * 0.12, width * 0.76), scale))
        if at % every == 0:
            drawn.append(_label(x + width / 2, column.label))
    return _svg(title, Markup("").join(drawn))


def swatch(key: str) -> Markup:
    """Draw the small square of a legend."""
    colour = COLOURS.get(key, "#51626a")
    return Markup(
        '<svg viewBox="0 0 10 10" aria-hidden="true" focusable="false">'
        '<rect width="10" height="10" fill="{}"/></svg>'
    ).format(colour)


def _stack(column: Column, keys: Sequence[str], place: tuple[float, float], scale: float) -> Markup:
    x, width = place
    base, drawn = float(HEIGHT - BOTTOM), []
    for key in keys:
        if count := column.parts.get(key, 0):
            height = count * scale
            base -= height
            drawn.append(
                Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>').format(
                    f"{x:.1f}", f"{base:.1f}", f"{width:.1f}", f"{height:.1f}", COLOURS.get(key, "#51626a")
                )
            )
    return Markup("").join(drawn)


def _line(value: int, y: float) -> Markup:
    line = Markup('<line x1="{}" x2="{}" y1="{y}" y2="{y}" stroke="#8fa0a8" stroke-opacity=".4"/>')
    return line.format(LEFT, WIDTH, y=f"{y:.1f}") + _text(LEFT - 6, y + 4, str(value), "end")


def _label(x: float, text: str) -> Markup:
    """Write a column's label, one word a line."""
    lines = [
        _text(x, HEIGHT - BOTTOM + 14 * (at + 1), word, "middle") for at, word in enumerate(text.split())
    ]
    return Markup("").join(lines)


def _text(x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}" font-size="12">{}</text>').format(
        f"{x:.1f}", f"{y:.1f}", anchor, text
    )


def _svg(title: str, content: Markup) -> Markup:
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT, escape(title), content
    )


def _step(most: int) -> int:
    """Choose a round distance between lines, so that there are two to five of them."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if most / (size * factor) <= 5:
                return size * factor
        size *= 10
