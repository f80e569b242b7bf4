"""Drafts become programs: bodies find their prefectures and codes, wraps are undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from classify import places, wording
from classify.records import Program, Reading, Unplaced
from classify.releases import contact, unwrap
from classify.releases.drafts import Draft, Drafts
from classify.releases.grid import Cell, Line

__all__ = ["reading_of"]


def reading_of(read: Drafts, release: str) -> Reading:
    """Number the drafts and resolve each of their fields."""
    drafts = read.drafts
    bodies = _bodies(drafts)
    prefectures = _prefectures(drafts, bodies)
    edge = unwrap.edge_of([_lines(draft, "summary") for draft in drafts], _room(drafts))
    programs: list[Program] = []
    unplaced = list(read.unplaced)
    for number, draft in enumerate(drafts, start=1):
        prefecture = prefectures[number - 1]
        office = _contact(drafts, number - 1)
        body = _body(bodies[number - 1], prefecture)
        if office.other:
            unplaced.append(Unplaced(draft.sources[0], office.other))
        programs.append(
            Program(
                program_id=f"{release}-{number:03d}",
                release=release,
                number=number,
                prefecture=prefecture,
                body=body,
                code=_code(draft, body, prefecture),
                program=_whole(_above(drafts, number - 1, "program"), "program"),
                summary=unwrap.paragraphs(_lines(draft, "summary"), edge),
                department=office.department,
                phone=office.phone,
                source=_source(draft.sources),
            )
        )
    return Reading(tuple(programs), tuple(unplaced))


def _lines(draft: Draft, field: str) -> tuple[Line, ...]:
    """The lines of a field's cells, less the cells that only say that there is nothing."""
    cells = (cell for cell in draft.cells.get(field, ()) if not _blank(cell.text))
    return tuple(line for cell in cells for line in cell.lines)


def _whole(draft: Draft, field: str) -> str:
    return unwrap.whole(_lines(draft, field))


def _blank(text: str) -> bool:
    return wording.normal(text) in wording.reading().headers.blanks


def _room(drafts: Sequence[Draft]) -> float:
    cells = [cell for draft in drafts for cell in draft.cells.get("summary", ()) if cell.lines]
    rooms = [cell.room / cell.lines[0].em for cell in cells]
    return min(rooms, default=0.0)


def _repeats(text: str) -> bool:
    return wording.normal(text) in wording.reading().headers.repeats


def _above(drafts: Sequence[Draft], index: int, field: str) -> Draft:
    """The draft that says a field of this one: the one above where its cell says "as above"."""
    while index and _repeats(_whole(drafts[index], field)):
        index -= 1
    return drafts[index]


def _bodies(drafts: Sequence[Draft]) -> list[str]:
    """The body of each draft as printed; "" where the prefecture itself is the body.

    A blank body is the one above it, except where a prefecture begins: there it is the prefecture.
    """
    offices = wording.reading().rows.own_office
    bodies: list[str] = []
    label = ""
    for draft in drafts:
        printed = draft.first("body").text
        own = _whole(draft, "body")
        named = places.prefecture_name(_whole(draft, "prefecture"))
        begins = bool(named) and named != label
        label = named or label
        if _blank(printed) or wording.normal(own) in offices:
            own = ""
        elif _repeats(own) or (not own and not begins):
            own = bodies[-1] if bodies else ""
        bodies.append(own)
    return bodies


def _body(printed: str, prefecture: str) -> str:
    """The body's own name: a prefecture printed before its municipality stands in its own field."""
    if not printed:
        return prefecture
    place = places.find(printed, prefecture)
    rest = printed.removeprefix(prefecture) if prefecture else printed
    if place and place.municipality and rest != printed and places.find(rest, prefecture) == place:
        return rest.strip()
    return printed


def _prefectures(drafts: Sequence[Draft], bodies: Sequence[str]) -> list[str]:
    """The prefecture of each draft: printed, else that of its code, body or neighbours."""
    found = [
        _printed(draft) or _of_code(draft) or _of_body(body)
        for draft, body in zip(drafts, bodies, strict=True)
    ]
    _fill_merged(drafts, found)
    for index, body in enumerate(bodies):
        if not found[index]:
            found[index] = _of_neighbours(found, index, body, drafts[index])
    return found


def _printed(draft: Draft) -> str:
    text = _whole(draft, "prefecture")
    return places.prefecture_name(text) or places.prefecture_in(text)


def _of_code(draft: Draft) -> str:
    place = places.of_code(_whole(draft, "code"))
    return place.prefecture if place else ""


def _of_body(body: str) -> str:
    names = {place.prefecture for place in places.candidates(body)}
    return names.pop() if len(names) == 1 else places.prefecture_in(body)


def _fill_merged(drafts: Sequence[Draft], found: list[str]) -> None:
    """Rows under one merged cell that lost its label lie where most of them are known to lie."""
    spans: dict[int, list[int]] = {}
    for index, draft in enumerate(drafts):
        spans.setdefault(id(draft.first("prefecture")), []).append(index)
    for indexes in spans.values():
        known = Counter(found[index] for index in indexes if found[index])
        if len(known) == 1 and drafts[indexes[0]].first("prefecture").source:
            for index in indexes:
                found[index] = found[index] or next(iter(known))


def _of_neighbours(found: Sequence[str], index: int, body: str, draft: Draft) -> str:
    """The one possible prefecture that fits the rows around, in JIS order, or the page's labels."""
    before = found[index - 1] if index else ""
    after = next((name for name in found[index + 1 :] if name), "")
    possible = [place.prefecture for place in places.candidates(body)]
    if not possible:
        pushed = draft.labels if draft.first("prefecture").source else ()
        return pushed[0] if len(pushed) == 1 else before
    for name in (before, after):
        if name in possible:
            return name
    order = [place.prefecture for place in places.prefectures()]
    low = order.index(before) if before else 0
    high = order.index(after) if after else len(order)
    between = [name for name in possible if low <= order.index(name) <= high]
    if len(between) == 1:
        return between[0]
    named = [name for name in possible if name in draft.labels]
    return named[0] if len(named) == 1 else ""


def _code(draft: Draft, body: str, prefecture: str) -> str:
    place = places.find(body, prefecture)
    if place:
        return place.code
    printed = places.of_code(_whole(draft, "code"))
    return printed.code if printed else ""


def _contact(drafts: Sequence[Draft], index: int) -> contact.Contact:
    """Department and phone from columns of their own, else out of the cell that holds both."""
    both = contact.split(_text(_above(drafts, index, "contact").cells.get("contact", ())))
    office = _above(drafts, index, "department")
    phone = contact.phone_of(_phone(_lines(_above(drafts, index, "phone"), "phone")))
    other = [both.other, phone.other]
    department = _whole(office, "department")
    if not phone.phone and not both.phone and contact.has_number(department):
        both = contact.split(_text(office.cells.get("department", ())))
        department = ""
        other.append(both.other)
    return contact.Contact(
        department=department or _flat(both.department),
        phone=phone.phone or both.phone,
        other=" ".join(part for part in other if part),
    )


def _text(cells: Sequence[Cell]) -> str:
    return _phone([line for cell in cells for line in cell.lines], between="\n")


def _flat(text: str) -> str:
    return unwrap.whole([Line(part, 0.0) for part in text.splitlines()])


def _phone(lines: Sequence[Line], between: str = " ") -> str:
    """Phone lines as one; a number that the column's width cut in two is one again."""
    text = ""
    for line in lines:
        part = line.text.strip()
        cut = contact.is_cut(text, part)
        text = text + part if cut or not text else text + between + part
    return text


def _source(sources: Sequence[str]) -> str:
    first, last = sources[0], sources[-1]
    if first == last:
        return first
    head = first.rstrip("0123456789")
    return f"{first}-{last.removeprefix(head)}" if last.startswith(head) else f"{first}-{last}"
