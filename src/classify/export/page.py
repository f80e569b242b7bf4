"""The coverage matrix as one self-contained page: the only door to Jinja2.

The tables are whole without any script; a small script adds search, filters, the tile map, the
evidence panel and the English wording. The page asks the network for nothing, and its policy lets
no script run but its own. What a release says goes in escaped, or as JSON that is never markup.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import reduce
from typing import Any

import jinja2

from classify.coverage import BodyCoverage, Matrix
from classify.export.tables import decision_object
from classify.records import Decision
from classify.texts import MARKS, resource, texts, tiles

__all__ = ["page"]

FIELDS = ("program", "summary")  # in this order the script knows them
PROGRAM_PARTS = ("program", "summary", "department", "phone", "release", "source")


def page(whole: Matrix, by: str, taxonomy: str) -> bytes:
    """The matrix as an HTML file; `by` ("body" or "prefecture") says which table is in front."""
    places = "".join(f".p{tile.code[:2]}{{grid-area:{tile.row}/{tile.column}}}" for tile in tiles())
    style, script = resource("matrix.css") + places, resource("matrix.js")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["words"] = _words
    template = environment.from_string(resource("matrix.html.jinja"))
    return template.render(
        _content(whole),
        by=by,
        taxonomy=taxonomy,
        style=style,
        script=script,
        policy=_policy(style, script),
        data=_json(_data(whole, by)),
    ).encode()


def _words(key: str) -> str:
    """The Japanese wording of a key like `page.clear`; the page's script has the English one."""
    found: Any = reduce(lambda table, part: table[part], key.split("."), texts()["ja"])
    return str(found)


def _content(whole: Matrix) -> dict[str, object]:
    """What the template shows of a matrix."""
    bodies = whole.bodies
    columns = range(len(whole.tags))
    before = ["", *(body.prefecture for body in bodies)]
    return {
        "tags": whole.tags,
        "tiles": tiles(),
        "marks": MARKS,
        "prefectures": whole.prefectures,
        "homeless": whole.homeless,
        "rows": [
            (body, number, body.prefecture != last)
            for body, number, last in zip(bodies, _homes(whole), before, strict=False)
        ],
        "offered": [whole.count(column) for column in columns],
        "waiting": sum(whole.count(column, "?") for column in columns),
        "releases": whole.releases,
    }


def _homes(whole: Matrix) -> list[int]:
    """For each body the number of its prefecture, from 0 in JIS order; unknown ones come after."""
    rank = {row.place.prefecture: number for number, row in enumerate(whole.prefectures)}
    return [rank.get(body.prefecture, len(rank)) for body in whole.bodies]


def _data(whole: Matrix, by: str) -> dict[str, object]:
    """What the script reads: the words, the tags, the prefectures, and every decision."""
    return {
        "by": by,
        "texts": texts(),
        "tags": [
            {"name": dict(tag.name), "definition": dict(tag.definition)} for tag in whole.tags
        ],
        "prefectures": [
            {"ja": row.place.prefecture, "short": tile.ja, "en": tile.en}
            for row, tile in zip(whole.prefectures, tiles(), strict=True)
        ],
        "bodies": [
            _body(body, home) for body, home in zip(whole.bodies, _homes(whole), strict=True)
        ],
    }


def _body(body: BodyCoverage, home: int) -> dict[str, object]:
    decisions = zip(*(cell.findings for cell in body.cells), strict=True)
    return {
        "prefecture": home,
        "body": body.body,
        "states": "".join(cell.state for cell in body.cells),
        "programs": [
            {name: getattr(program, name) for name in PROGRAM_PARTS}
            | {"decisions": [_decision(finding.decision) for finding in findings]}
            for program, findings in zip(body.programs, decisions, strict=True)
        ],
    }


def _decision(decision: Decision) -> dict[str, object]:
    """A decision for the panel; its evidence as numbers, since the page holds the texts already."""
    spans = [[FIELDS.index(e.field), e.start, e.end, e.rule] for e in decision.evidence]
    return decision_object(decision) | {"evidence": spans}


def _json(value: object) -> str:
    """JSON that can stand in a script element: nothing in it ends the element or a line.

    >>> _json("</script>\u2028")
    '"\\\\u003c/script\\\\u003e\\\\u2028"'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.translate({ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"})


def _policy(style: str, script: str) -> str:
    """A Content Security Policy under which this style and this script work, and nothing else."""
    sources = [f"'sha256-{_digest(text)}'" for text in (style, script)]
    return (
        f"default-src 'none'; style-src {sources[0]}; script-src {sources[1]}; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
