"""Join the lines of format=flowed text (RFC 3676)."""

from __future__ import annotations


def unflow(text: str, *, delsp: bool = False) -> str:
    """Return `text` (LF line ends) with flowed lines joined and space-stuffing removed.

    Lines of different quote depth are never joined (RFC 3676 section 4.5); the signature separator "-- " stays.
    With `delsp` the space that marks a soft break is deleted (section 4.1). Fixed quoted lines keep their spelling.
    """
    out: list[list[str]] = []
    open_depth = -1
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        signature = content == "-- "
        if depth == open_depth and not signature:
            out[-1].append(content)
        else:
            out.append(
                [
                    line[:depth] + " " + content
                    if depth and line[depth:] != content
                    else line[:depth] + content
                ]
            )
        flows = content.endswith(" ") and not signature
        if flows and delsp:
            out[-1][-1] = out[-1][-1][:-1]
        open_depth = depth if flows else -1
    return "\n".join("".join(pieces) for pieces in out)
