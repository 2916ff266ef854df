"""Extract the texts for people from the source and bring the catalogues up to date.

    python -m scripts.messages            update every catalogue: new texts come in empty, unused ones go
    python -m scripts.messages --missing  print the texts that lack a translation

Extraction knows `_`, `gettext`, `ngettext` and `mark` in Python and in Jinja templates.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "bridge"
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "mark": None,
    "ngettext": (1, 2),
}


def source_texts(package: Path = PACKAGE) -> Catalog:
    """Collect every text of the package, with the files (no line numbers: they would change all the time)."""
    texts = Catalog(charset="utf-8")
    found = [
        (path.relative_to(package).as_posix(), message)
        for path in package.rglob("*.py")
        for message in python_texts(path.read_text(encoding="utf-8"))
    ]
    found += [
        (name, message)
        for name, _, message, _, _ in extract_from_dir(
            package, method_map=[("**/templates/**.*", "jinja2")], keywords=KEYWORDS, comment_tags=()
        )
    ]
    for name, message in sorted(found, key=lambda pair: (pair[0], str(pair[1]))):
        texts.add(message, locations=[(f"bridge/{Path(name).as_posix()}", None)])  # type: ignore[list-item]
    return texts


def python_texts(source: str) -> Iterator[str | tuple[str, ...]]:
    """Yield the texts of calls by plain name; methods with the same names (`progress.mark`) are others."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            wanted = node.args[: len(KEYWORDS[node.func.id] or (1,))]
            texts = tuple(
                part.value
                for part in wanted
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            )
            if len(texts) == len(wanted) > 0:
                yield texts if len(texts) > 1 else texts[0]


def catalogues() -> Iterator[Path]:
    """Yield the path of every catalogue in the package."""
    yield from sorted(PACKAGE.glob("locale/*/LC_MESSAGES/otrs_bridge.po"))


def read(path: Path) -> Catalog:
    """Read one catalogue."""
    return read_po(io.BytesIO(path.read_bytes()), locale=path.parent.parent.name)


def missing(path: Path, texts: Catalog) -> list[str]:
    """List what a catalogue lacks: texts without a translation or with an empty form, and fuzzy ones."""
    known = read(path)
    return [str(text.id) for text in texts if text.id and not _complete(known, text.id)]


def unused(path: Path, texts: Catalog) -> list[str]:
    """List what a catalogue holds though no source asks for it."""
    return [str(text.id) for text in read(path) if text.id and text.id not in texts]


def update(path: Path, texts: Catalog) -> None:
    """Write the catalogue anew: the source's texts, with the translations known so far."""
    known = read(path)
    known.update(texts, no_fuzzy_matching=True)
    known.obsolete.clear()
    buffer = io.BytesIO()
    write_po(buffer, known, width=110, sort_by_file=True, omit_header=True)
    head = path.read_text(encoding="utf-8").split("\n\n", 1)[0]  # ours, without dates that change each time
    path.write_text(head.rstrip() + "\n\n" + buffer.getvalue().decode().strip() + "\n", encoding="utf-8")


def _complete(known: Catalog, key: str | Sequence[str]) -> bool:
    text = known.get(key if isinstance(key, str) else tuple(key))
    if text is None or text.fuzzy:
        return False
    forms = (text.string,) if isinstance(text.string, str) else tuple(text.string or ("",))
    return all(forms)


def main(arguments: list[str]) -> int:
    """Update the catalogues, or list what is missing."""
    texts = source_texts()
    for path in catalogues():
        if "--missing" not in arguments:
            update(path, texts)
        for text in missing(path, texts):
            sys.stdout.write(f"{path.parent.parent.name}: {text}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
