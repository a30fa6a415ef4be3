"""Text from seeds, sources and messages, as Markdown that shows it and does nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

# Signs that mean something in HTML or Markdown, a mention (@), an issue (#) or an
# address (:) among them. What is left of ASCII is shown as it is.
PLAIN = set(" .,-+%/()'=;?")
ARROW = "→"


def escape(value: object) -> str:
    """Give a value as one line of Markdown text in which nothing is markup.

    Line ends become spaces; signs that can't be seen, or that turn the direction of
    writing, become codes.
    """
    text = " ".join(str(value).split())
    return "".join(escape_sign(sign) for sign in text)


def escape_sign(sign: str) -> str:
    """Give one sign of a text as Markdown."""
    if sign.isalnum() or sign in PLAIN:
        return sign
    if not sign.isprintable():
        code = sign.encode("unicode_escape", "backslashreplace").decode()
        return code.replace("\\", "&#92;")
    return f"&#{ord(sign)};" if sign.isascii() else sign


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Give the lines of a table; cells are escaped, numbers stand on the right."""
    rows = [list(row) for row in rows]
    right = [
        all(isinstance(row[column], int) for row in rows) for column in range(len(head))
    ]
    return [
        f"| {' | '.join(head)} |",
        f"|{'|'.join('---:' if each else '---' for each in right)}|",
        *(f"| {' | '.join(escape(cell) for cell in row)} |" for row in rows),
        "",
    ]
