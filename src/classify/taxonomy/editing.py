"""Edits of a taxonomy's text at places that the file itself tells: no other line changes.

A place is a path of keys and indices, as `("rules", 0, "yes")`. An edit takes a text and gives one.
"""

from __future__ import annotations

import json
from typing import Any, cast

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from classify.errors import TaxonomyError
from classify.taxonomy.document import Path, compose, plain

__all__ = ["append", "drop", "repeat", "set_text", "values"]


def values(text: str) -> dict[str, Any]:
    """A taxonomy's text as plain values; TaxonomyError where it is no YAML.

    >>> values('version: "1"  # the first')
    {'version': '1'}
    """
    found: dict[str, Any] = plain(_root(text))
    return found


def set_text(text: str, path: Path, value: str) -> str:
    """Put another text at a place, quoted as the old one was.

    >>> set_text('version: "1"  # the first', ("version",), "2")
    'version: "2"  # the first'
    """
    node = _node(text, path)
    quoted = json.dumps(value, ensure_ascii=False)
    single = "'" + value.replace("'", "''") + "'"
    style = "" if not isinstance(node, ScalarNode) else node.style
    new = quoted if style == '"' else single if style == "'" else _written(value)
    return text[: node.start_mark.index] + new + text[_end(text, node) :]


def append(text: str, path: Path, value: str) -> str:
    """Add a text to the list at a place, in the list's own style; the list is made where its
    entry has none.

    >>> append("a: [x]  # letters", ("a",), "y")
    'a: [x, y]  # letters'
    >>> append("a:\\n  - x  # one\\nb: z", ("a",), "y")
    'a:\\n  - x  # one\\n  - y\\nb: z'
    """
    new = _written(value)
    entry = cast(MappingNode, _node(text, path[:-1]))
    known = {key.value: node for key, node in entry.value}
    node = known.get(path[-1])
    if node is None:
        return _add_key(text, entry, f"{path[-1]}: [{new}]")
    if not isinstance(node, SequenceNode):
        at = node.start_mark.index
        return f"{text[:at].rstrip(' ')} [{new}]{text[_end(text, node) :]}"
    if not node.value:
        at = int(node.start_mark.index) + 1
        return text[:at] + new + text[at:]
    at = _end(text, node.value[-1])
    if node.flow_style:
        return f"{text[:at]}, {new}{text[at:]}"
    return _add_line(text, at, " " * node.start_mark.column + f"- {new}")


def drop(text: str, path: Path) -> str:
    """Take an entry out of a list, with the lines that are its own; `[]` stays of an empty list.

    >>> drop("a: [x, y]", ("a", 0)), drop("a:\\n  - x\\n  - y\\n", ("a", 1))
    ('a: [y]', 'a:\\n  - x\\n')
    >>> drop("a:\\n  - x\\n", ("a", 0))
    'a: []\\n'
    """
    listed = cast(SequenceNode, _node(text, path[:-1]))
    index = int(path[-1])
    items = listed.value
    if listed.flow_style:
        first, end = items[index].start_mark.index, _end(text, items[index])
        if index + 1 < len(items):
            end = items[index + 1].start_mark.index
        elif index:
            first = _end(text, items[index - 1])
        return text[:first] + text[end:]
    first, end = _lines(text, listed, index)
    rest = text[:first] + text[end:]
    if len(items) > 1:
        return rest
    key = next(key for key, node in _node(text, path[:-2]).value if key.value == path[-2])
    colon = text.index(":", key.end_mark.index) + 1
    return f"{text[:colon]} []{rest[colon:]}"


def repeat(text: str, path: Path) -> str:
    """Write an entry of a list a second time, right behind the first.

    >>> repeat("a:\\n  - x  # one\\n  - y\\n", ("a", 0))
    'a:\\n  - x  # one\\n  - x  # one\\n  - y\\n'
    """
    listed = cast(SequenceNode, _node(text, path[:-1]))
    index = int(path[-1])
    if listed.flow_style:
        first, end = listed.value[index].start_mark.index, _end(text, listed.value[index])
        return f"{text[:end]}, {text[first:end]}{text[end:]}"
    first, end = _lines(text, listed, index)
    copy = text[first:end]
    gap = "" if copy.endswith("\n") else _newline(text)
    return text[:end] + gap + copy + text[end:]


def _root(text: str) -> MappingNode:
    return cast(MappingNode, compose("taxonomy", text))


def _node(text: str, path: Path) -> Node:
    node: Node = _root(text)
    for step in path:
        if isinstance(node, MappingNode):
            node = next(value for key, value in node.value if key.value == step)
        else:
            node = node.value[step]
    return node


def _end(text: str, node: Node) -> int:
    """Where the last character of a node ends: a block's end mark lies behind blank lines and
    comments that are not its own."""
    if isinstance(node, ScalarNode):
        end = int(node.end_mark.index)
        return len(text[:end].rstrip()) if node.style in ("|", ">") else end
    if cast(MappingNode, node).flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    if isinstance(last, tuple):
        key, value = last
        empty = isinstance(value, ScalarNode) and not value.value and not value.style
        return text.index(":", key.end_mark.index) + 1 if empty else _end(text, value)
    return _end(text, last)


def _lines(text: str, listed: SequenceNode, index: int) -> tuple[int, int]:
    """The characters of the lines that a block list's entry has."""
    item = listed.value[index]
    lowest = listed.start_mark.index if index == 0 else _end(text, listed.value[index - 1])
    dash = text.rfind("-", lowest, item.start_mark.index)
    end = text.find("\n", _end(text, item))
    return text.rfind("\n", 0, dash) + 1, len(text) if end < 0 else end + 1


def _add_key(text: str, entry: MappingNode, new: str) -> str:
    at = _end(text, entry)
    if entry.flow_style:
        last = _end(text, entry.value[-1][1])
        return f"{text[:last]}, {new}{text[last:]}"
    return _add_line(text, at, " " * entry.start_mark.column + new)


def _add_line(text: str, at: int, line: str) -> str:
    """A line of its own behind the one that character `at` stands on."""
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    if text[:end].endswith("\r"):
        end -= 1
    return text[:end] + _newline(text) + line + text[end:]


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _written(value: str) -> str:
    """A text as YAML: plain where it reads back as itself in a list of either style."""
    for form in (f"a: [{value}]", f"a:\n  - {value}"):
        try:
            if "\n" in value or plain(compose("", form)) != {"a": [value]}:
                return json.dumps(value, ensure_ascii=False)
        except TaxonomyError:
            return json.dumps(value, ensure_ascii=False)
    return value
