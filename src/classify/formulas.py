"""Text that a spreadsheet would take for a formula, made harmless in a CSV, and taken back."""

from __future__ import annotations

import re

__all__ = ["guarded", "unguarded"]

# OWASP's list, and the full-width signs that a Japanese Excel takes for the narrow ones. Signs that
# a spreadsheet strips before it looks (tab, line ends, NUL) count as well.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n\0＝＋－＠]")


def guarded(text: str) -> str:
    """`text` as a CSV cell that no spreadsheet takes for a formula; `unguarded` takes it back.

    A text that opens like a formula, in full width too, gets an apostrophe in front. So does one
    that already opens with apostrophes and then a formula, so that the rule can be undone.

    >>> guarded("=1+1"), guarded("'=1+1"), guarded("- item"), guarded("'quoted'")
    ("'=1+1", "''=1+1", "'- item", "'quoted'")
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """The text that `guarded` made `cell` of.

    >>> [unguarded(cell) for cell in ("'=1+1", "''=1+1", "'quoted'", "plain")]
    ['=1+1', "'=1+1", "'quoted'", 'plain']
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
