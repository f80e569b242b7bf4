"""The coverage matrix as a workbook for a Japanese reader.

Four sheets: by body, by prefecture, the evidence behind every mark, and the legend. A mark is a
shape (●, ?), never a colour alone; it leads to its row of the evidence, and its note quotes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from classify.coverage import Cell, Finding, Matrix, PrefectureCoverage, State, state_of
from classify.export.book import ACCENT, HATCH, MUTED, PALE, RULE, Book, Sheet, cells, width
from classify.export.passages import passages
from classify.export.tables import PROBABILITY_DIGITS
from classify.records import Decision
from classify.texts import MARKS, texts

__all__ = ["workbook"]

HEADER = 2  # row of the header: a title and the totals stand above it, out of the filter's way
LOOKS: dict[State, dict[str, object]] = {
    "1": {"align": "center", "bold": True, "font_color": ACCENT, "bg_color": PALE},
    "?": {"align": "center", "bold": True, "font_color": "#8A5200", "bg_color": "#FFF3DC"},
    "0": {},
}
SHADES = ("#EAF2F8", "#CFE2EF", "#A9CBE2")
THIN: dict[str, object] = {"bottom": 1, "bottom_color": "#DDE2E7"}
BLANK = "□"  # how the legend shows an empty cell
EVIDENCE = (
    *("prefecture", "body", "program", "tag", "state", "status", "quote"),
    *("probability", "reason", "department", "phone", "source"),
)
Words = dict[str, Any]


def workbook(whole: Matrix, by: str, taxonomy: str) -> bytes:
    """The matrix as an XLSX file; `by` ("body" or "prefecture") says which sheet comes first."""
    words = texts()["ja"]
    book = Book(words["title"], mark=words["cut"], page=words["page_of"])
    order = ["by_body", "by_prefecture", "evidence_sheet", "legend_sheet"]
    if by == "prefecture":
        order[:2] = order[1::-1]
    sheets = {key: book.sheet(words[key]) for key in order}
    _bodies(sheets["by_body"], whole, words)
    _prefectures(sheets["by_prefecture"], whole, words)
    _evidence(sheets["evidence_sheet"], whole, words)
    _legend(sheets["legend_sheet"], whole, words, taxonomy)
    for sheet in sheets.values():
        sheet.print_on_a4()
    return book.content()


def _title(sheet: Sheet, whole: Matrix, words: Words) -> None:
    states = "   ".join(f"{MARKS[key] or BLANK} {words['states'][key]}" for key in MARKS)
    releases = words["comma"].join(whole.releases)
    sheet.text(0, 0, words["title"], bold=True, font_size=14)
    sheet.to.set_row(0, 28)
    sheet.text(0, 4, f"{states}      {words['release']}: {releases}", font_color=MUTED)


def _bodies(sheet: Sheet, whole: Matrix, words: Words) -> None:
    heads = [words[key] for key in ("prefecture", "body", "code", "programs")]
    _title(sheet, whole, words)
    sheet.table(HEADER, heads + _names(whole), len(whole.bodies), frozen=2)
    longest = max((width(body.body) for body in whole.bodies), default=0)
    sheet.widths(11, min(max(longest + 2, 16), 40), 10, 8, *[11] * len(whole.tags))
    targets = _evidence_rows(whole)
    before = ""
    for row, body in enumerate(whole.bodies, start=HEADER + 1):
        line = THIN if body.prefecture == before else THIN | {"top": 1, "top_color": RULE}
        before = body.prefecture
        sheet.text(row, 0, body.prefecture or words["no_prefecture"], **line)
        sheet.text(row, 1, body.body, bold=True, **line)
        sheet.text(row, 2, body.code, font_color=MUTED, align="center", **line)
        sheet.number(row, 3, len(body.programs), align="center", **line)
        for column, cell in enumerate(body.cells, start=len(heads)):
            look = LOOKS[cell.state] | line
            if cell.grounds:
                target = f"'{words['evidence_sheet']}'!A{next(targets) + 1}"
                sheet.link(row, column, MARKS[cell.state], target, **look)
                sheet.note(row, column, _note(cell, words))
            else:
                sheet.text(row, column, "", **look)
    _body_totals(sheet, whole, words)


def _body_totals(sheet: Sheet, whole: Matrix, words: Words) -> None:
    row, first, last = HEADER - 1, HEADER + 1, HEADER + max(len(whole.bodies), 1)
    look: dict[str, object] = {"bold": True, "align": "center", "font_color": ACCENT}
    sheet.text(row, 0, words["total"], bold=True)
    sheet.total(row, 1, f"=COUNTA({cells(first, last, 1)})", len(whole.bodies), **look)
    programs = sum(len(body.programs) for body in whole.bodies)
    sheet.total(row, 3, f"=SUM({cells(first, last, 3)})", programs, **look)
    for index in range(len(whole.tags)):
        formula = f'=COUNTIF({cells(first, last, 4 + index)},"{MARKS["1"]}")'
        sheet.total(row, 4 + index, formula, whole.count(index), **look)


def _note(cell: Cell, words: Words) -> str:
    parts = []
    for finding in cell.grounds:
        decision = finding.decision
        parts += [finding.program.program, *_quotes(finding, words)]
        parts.append(
            f"{_state(finding, words)} {decision.probability:.2f} {_reason(decision, words)}"
        )
    return "\n".join(parts)


def _quotes(finding: Finding, words: Words) -> list[str]:
    return passages(finding.program, finding.decision, words["quoted"])


def _reason(decision: Decision, words: Words) -> str:
    """The reason in the reader's words; one that somebody wrote stands as it is."""
    return str(words["reasons"].get(decision.reason, decision.reason))


def _state(finding: Finding, words: Words) -> str:
    state = state_of([finding.decision])
    return f"{MARKS[state]} {words['states'][state]}"


def _prefectures(sheet: Sheet, whole: Matrix, words: Words) -> None:
    heads = [words[k] for k in ("code", "prefecture", "bodies", "programs", "municipalities")]
    _title(sheet, whole, words)
    sheet.table(HEADER, heads + _names(whole), len(whole.prefectures), frozen=2)
    sheet.widths(10, 14, 9, 8, 11, *[11] * len(whole.tags))
    columns = range(len(whole.tags))
    most = max((p.count(column) for p in whole.prefectures for column in columns), default=0)
    for row, prefecture in enumerate(whole.prefectures, start=HEADER + 1):
        sheet.text(row, 0, prefecture.place.code, font_color=MUTED, align="center", **THIN)
        sheet.text(row, 1, prefecture.place.prefecture, bold=True, **THIN)
        sizes = (len(prefecture.bodies), prefecture.programs, prefecture.municipalities)
        for column, size in enumerate(sizes, start=2):
            sheet.number(row, column, size, align="center", **THIN)
        for column in columns:
            look = _number_look(prefecture, column, most)
            sheet.number(row, len(heads) + column, prefecture.count(column), **look, **THIN)
    _prefecture_totals(sheet, whole, words)
    for row, body in enumerate(whole.homeless, start=HEADER + 2 + len(whole.prefectures)):
        sheet.text(row, 1, body.body)
        sheet.text(row, 2, words["outside"], font_color=MUTED)


def _number_look(prefecture: PrefectureCoverage, column: int, most: int) -> dict[str, object]:
    """How a number looks: hatched where bodies publish but none offers, a dash where none does."""
    number, waiting = prefecture.count(column), prefecture.count(column, "?")
    if not prefecture.bodies:
        return {"align": "center", "font_color": MUTED, "num_format": '"–"'}
    look: dict[str, object] = {"align": "center", "num_format": '0" ?"' if waiting else "0"}
    if number:
        return look | {"bg_color": SHADES[(3 * number - 1) // most], "bold": True}
    if waiting:
        return LOOKS["?"] | look
    return look | {"pattern": HATCH, "fg_color": RULE, "bg_color": "#FFFFFF"}


def _prefecture_totals(sheet: Sheet, whole: Matrix, words: Words) -> None:
    first, last = HEADER + 1, HEADER + len(whole.prefectures)
    look: dict[str, object] = {"bold": True, "align": "center", "font_color": ACCENT}
    sheet.text(HEADER - 1, 0, words["total"], bold=True)
    sizes = [
        sum(len(p.bodies) for p in whole.prefectures),
        sum(p.programs for p in whole.prefectures),
        sum(p.municipalities for p in whole.prefectures),
        *(sum(p.count(index) for p in whole.prefectures) for index in range(len(whole.tags))),
    ]
    for column, size in enumerate(sizes, start=2):
        sheet.total(HEADER - 1, column, f"=SUM({cells(first, last, column)})", size, **look)


def _grounds(whole: Matrix) -> Iterator[tuple[int, Finding]]:
    """Every finding behind a mark with the number of its tag, in the order of the evidence."""
    for body in whole.bodies:
        for index, cell in enumerate(body.cells):
            for finding in cell.grounds:
                yield index, finding


def _evidence_rows(whole: Matrix) -> Iterator[int]:
    """For every mark of the matrix in turn, the row of the evidence where its findings begin."""
    row = 1
    for body in whole.bodies:
        for cell in body.cells:
            if cell.grounds:
                yield row
                row += len(cell.grounds)


def _evidence(sheet: Sheet, whole: Matrix, words: Words) -> None:
    grounds = list(_grounds(whole))
    names = _names(whole)
    sheet.table(0, [words[key] for key in EVIDENCE], len(grounds), frozen=2)
    sheet.widths(10, 15, 28, 14, 11, 11, 46, 9, 24, 22, 14, 14)
    for row, (index, finding) in enumerate(grounds, start=1):
        program, decision = finding.program, finding.decision
        quotes = "\n".join(_quotes(finding, words))
        who = (program.prefecture, program.body, program.program, names[index])
        what = (_state(finding, words), words["statuses"][decision.status], quotes)
        why = (round(decision.probability, PROBABILITY_DIGITS), _reason(decision, words))
        ask = (program.department, program.phone, program.source)
        sheet.line(row, [*who, *what, *why, *ask], **THIN)


def _legend(sheet: Sheet, whole: Matrix, words: Words, taxonomy: str) -> None:
    sheet.widths(20, 22, 50, 36, 36)
    sheet.text(0, 0, words["title"], bold=True, font_size=14)
    first = 2
    for head, *lines in _legend_blocks(whole, words, taxonomy):
        sheet.line(first, head, bold=True, bottom=1, bottom_color=ACCENT)
        for row, line in enumerate(lines, start=first + 1):
            sheet.line(row, line, **THIN)
        first += len(lines) + 2


def _legend_blocks(whole: Matrix, words: Words, taxonomy: str) -> Iterator[list[list[str]]]:
    """The tables of the legend, each with its header first."""
    comma = words["comma"]
    yield [
        [words["release"], comma.join(whole.releases)],
        [words["taxonomy"], taxonomy],
    ]
    yield [
        [words["symbol"], words["by_body"], words["meaning"]],
        *([MARKS[k] or BLANK, words["states"][k], words["state_meanings"][k]] for k in MARKS),
    ]
    yield [
        [words["symbol"], words["by_prefecture"], words["meaning"]],
        *([symbol, "", meaning] for symbol, meaning in words["number_meanings"].items()),
    ]
    yield [
        ["id", *(words[key] for key in ("tag", "definition", "counts", "does_not_count"))],
        *(
            [tag.id, tag.name["ja"], tag.definition["ja"], *map(comma.join, examples)]
            for tag, examples in ((tag, (tag.counts, tag.does_not_count)) for tag in whole.tags)
        ),
    ]


def _names(whole: Matrix) -> list[str]:
    return [tag.name["ja"] for tag in whole.tags]
