"""The shape of a summary: its lines and headings, and how far the words of a clause reach.

Japanese puts the predicate last: what a sentence says of a mention stands behind it, up to the end
of its clause. All positions are unit indices of a Document.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from classify.records import Document, Role

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
    """Where the lines of a document end, what its words do there, and where clauses are bound.

    `roles` are those of the document's words; line n ends at unit `ends[n]`, its line break or the
    document's end; `joints` are the units at which words that bind clauses have just ended.
    """

    document: Document
    roles: tuple[Role, ...]
    ends: tuple[int, ...]
    joints: frozenset[int]

    def clause(self, first: int, end: int, *, item: bool = False) -> tuple[int, int]:
        """The units of the clause that holds a mention at units `first` to `end`.

        Brackets behind the mention belong to it; a mention in brackets reaches out of them only
        where nothing inside them is a predicate. With `item` a clause that lists several things
        ends at the comma or dot behind the one mentioned.
        """
        return self.clause_begin(first), self.clause_end(end, item=item)

    def clause_begin(self, position: int) -> int:
        """Where the clause of the word at a unit begins."""
        roles = self.roles
        opening, _ = self.line(position)
        while position > opening:
            role = roles[position - 1]
            if role == "stop" or (role == "comma" and self._breaks(position - 1)):
                return position
            position -= 1
        return opening

    def clause_end(self, position: int, *, item: bool = False) -> int:
        """Where the clause of a mention ends that itself ends at a unit."""
        _, closing = self.line(position - 1)
        depth = 0
        verbal = False
        for unit, role in enumerate(self.roles[position:closing], position):
            if not role:
                continue
            if role == "open":
                depth += 1
            elif role == "close":
                if depth == 0 and verbal:
                    return unit
                depth = max(0, depth - 1)
            elif depth == 0:
                if role == "stop" or (role == "comma" and (item or self._breaks(unit))):
                    return unit
                if item and role == "mark":
                    return unit
                verbal = verbal or role in ("verb", "verbal")
        return closing

    def sentence(self, first: int, end: int) -> tuple[int, int]:
        """The units of the sentence, within its line, that holds a mention."""
        roles = self.roles
        opening, closing = self.line(first)
        while first > opening and roles[first - 1] != "stop":
            first -= 1
        while end < closing and roles[end] != "stop":
            end += 1
        return first, end

    def heading(self, unit: int) -> Line | None:
        """The heading that the line of a unit hangs under: the nearest line above that is one, and
        of another kind of item than this line."""
        above = bisect_left(self.ends, unit)
        line = _line(self.document, *self.line(self.ends[above]))
        passed = {line.marker}
        while above:
            above -= 1
            other = _line(self.document, *self.line(self.ends[above]))
            if other.marker in passed and (other.marker or other.indent >= line.indent):
                continue
            if _titles(self.document, other):
                return other
            passed.add(other.marker)
        return None

    def line(self, unit: int) -> tuple[int, int]:
        """The units of the line that holds a unit; a line break belongs to the line it ends."""
        number = bisect_left(self.ends, unit)
        return (self.ends[number - 1] + 1 if number else 0), self.ends[number]

    def _breaks(self, comma: int) -> bool:
        """Does a clause end at this comma? It does behind a predicate or what binds clauses."""
        if comma in self.joints:
            return True
        roles = self.roles
        before = comma - 1
        while before > 0 and roles[before] in ("space", "close"):
            before -= 1
        return before >= 0 and roles[before] == "verbal"


def outline(document: Document, joints: frozenset[int] = frozenset()) -> Outline:
    """Find the lines of a document and what its words do to the shape of its sentences.

    `joints` are the unit indices at which words that bind clauses (とともに, ほか) have just ended.

    >>> from classify.language import analyse
    >>> shape = outline(analyse("窓口を設け、SNSで周知する。"))
    >>> shape.clause(0, 1)  # 窓口を設け
    (0, 3)
    """
    roles = tuple([word.role for word in document.words])
    ends = [unit for unit, role in enumerate(roles) if role == "line"] if "line" in roles else []
    return Outline(document, roles, (*ends, len(roles)), joints)


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


def _titles(document: Document, line: Line) -> bool:
    words = document.words[line.body : line.end]
    length = document.starts[line.end] - document.starts[line.first]
    if not words or length > HEADING_CHARACTERS:
        return False
    return all(word.role != "stop" for word in words) and words[-1].role not in ("verb", "verbal")
