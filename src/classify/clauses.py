"""The shape of a summary: its lines and headings, and how far the words of a clause reach.

Japanese puts the predicate last: what a sentence says of a mention stands behind it, up to the end
of its clause. All positions are unit indices of a Document.
"""

from __future__ import annotations

from dataclasses import dataclass

from classify.records import Document

__all__ = ["Line", "Outline", "outline"]

# A line longer than this many characters is prose, not a heading.
HEADING_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text: units `first` to `end`; `body` is where its words begin, behind indent
    and item marker. `marker` names the kind of item, empty for running text."""

    first: int
    body: int
    end: int
    marker: str
    indent: int


@dataclass(frozen=True, slots=True)
class Outline:
    """The lines of a document and the headings over them.

    `headings[i]` is the index of the line over line i, or -1; `line_of[unit]` the unit's line.
    """

    document: Document
    lines: tuple[Line, ...]
    headings: tuple[int, ...]
    line_of: tuple[int, ...]
    joints: frozenset[int]

    def clause(self, first: int, end: int, *, item: bool = False) -> tuple[int, int]:
        """The units of the clause that holds a mention at units `first` to `end`.

        Brackets behind the mention belong to it; a mention in brackets reaches out of them only
        where nothing inside them is a predicate. With `item` a clause that lists several things
        ends at the comma or dot behind the one mentioned.
        """
        return self._begin(first), self._end(end, item=item)

    def sentence(self, first: int, end: int) -> tuple[int, int]:
        """The units of the sentence, within its line, that holds a mention."""
        words = self.document.words
        line = self.lines[self.line_of[first]]
        start = first
        while start > line.first and words[start - 1].role != "stop":
            start -= 1
        while end < line.end and words[end].role != "stop":
            end += 1
        return start, end

    def heading(self, unit: int) -> Line | None:
        """The heading that the line of a unit hangs under."""
        over = self.headings[self.line_of[unit]]
        return self.lines[over] if over >= 0 else None

    def _end(self, position: int, *, item: bool) -> int:
        words = self.document.words
        line = self.lines[self.line_of[position - 1]]
        depth = 0
        verbal = False
        while position < line.end:
            role = words[position].role
            if role == "open":
                depth += 1
            elif role == "close":
                if depth == 0 and verbal:
                    return position
                depth = max(0, depth - 1)
            elif depth == 0:
                if role == "stop" or (role == "comma" and (item or self._breaks(position))):
                    return position
                if item and role == "mark":
                    return position
                verbal = verbal or role in ("verb", "verbal")
            position += 1
        return line.end

    def _begin(self, position: int) -> int:
        words = self.document.words
        line = self.lines[self.line_of[position]]
        while position > line.first:
            role = words[position - 1].role
            if role == "stop" or (role == "comma" and self._breaks(position - 1)):
                return position
            position -= 1
        return line.first

    def _breaks(self, comma: int) -> bool:
        """Does a clause end at this comma? It does behind a predicate or what binds clauses."""
        if comma in self.joints:
            return True
        words = self.document.words
        before = comma - 1
        while before > 0 and words[before].role in ("space", "close"):
            before -= 1
        return before >= 0 and words[before].role == "verbal"


def outline(document: Document, joints: frozenset[int] = frozenset()) -> Outline:
    """Find the lines of a document and the heading that each hangs under.

    `joints` are the unit indices at which words that bind clauses (とともに, ほか) have just ended.

    >>> from classify.language import analyse
    >>> shape = outline(analyse("窓口を設け、SNSで周知する。"))
    >>> shape.clause(0, 1)  # 窓口を設け
    (0, 3)
    """
    lines: list[Line] = []
    line_of: list[int] = []
    first = 0
    for index, word in enumerate(document.words):
        if word.role == "line":
            lines.append(_line(document, first, index))
            line_of += [len(lines) - 1] * (index + 1 - first)
            first = index + 1
    lines.append(_line(document, first, len(document.words)))
    line_of += [len(lines) - 1] * (len(document.words) + 1 - first)
    headings = tuple(_heading(document, lines, index) for index in range(len(lines)))
    return Outline(document, tuple(lines), headings, tuple(line_of), joints)


def _line(document: Document, first: int, end: int) -> Line:
    words = document.words
    body = first
    indent = 0
    while body < end and words[body].role == "space":
        indent += document.starts[body + 1] - document.starts[body]
        body += 1
    marker = ""
    while body < end and words[body].role in ("mark", "digit", "open", "space"):
        role = words[body].role
        if role == "open" and (body + 1 == end or words[body + 1].role != "digit"):
            break
        marker += "#" if role == "digit" else words[body].key
        body += 1
        if role == "mark":
            break
    if marker.endswith("#") and body < end and words[body].role == "close":
        body += 1
    return Line(first, body, end, marker, indent)


def _heading(document: Document, lines: list[Line], index: int) -> int:
    """The nearest line above that is a heading and of another kind of item than this line."""
    line = lines[index]
    passed = {line.marker}
    for above in range(index - 1, -1, -1):
        other = lines[above]
        if other.marker in passed and (other.marker or other.indent >= line.indent):
            continue
        if _titles(document, other):
            return above
        passed.add(other.marker)
    return -1


def _titles(document: Document, line: Line) -> bool:
    words = document.words[line.body : line.end]
    length = document.starts[line.end] - document.starts[line.first]
    if not words or length > HEADING_CHARACTERS:
        return False
    return all(word.role != "stop" for word in words) and words[-1].role not in ("verb", "verbal")
