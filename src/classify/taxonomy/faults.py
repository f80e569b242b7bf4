"""What is wrong with a taxonomy that is good YAML: every fault with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from ruamel.yaml.nodes import Node

from classify.phrases import Element, elements
from classify.taxonomy.document import Fault, Path, line
from classify.taxonomy.entries import PLACES

__all__ = ["meaning_faults", "schema_faults"]


def schema_faults(root: Node, items: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """The findings of pydantic as faults with their lines."""
    return [_schema_fault(root, item) for item in items if not _follows(item, items)]


def _follows(item: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> bool:
    """A list all of whose entries are wrong is not also too short."""
    place = item["loc"]
    deeper = [other["loc"] for other in items if len(other["loc"]) > len(place)]
    return item["type"] == "too_short" and any(loc[: len(place)] == place for loc in deeper)


def _schema_fault(root: Node, item: Mapping[str, Any]) -> Fault:
    at = line(root, item["loc"])
    name = str(item["loc"][-1]) if item["loc"] else "file"
    if item["type"] == "extra_forbidden":
        return at, f"unknown key '{name}'", "remove it, or see `classify taxonomy schema`"
    if item["type"] == "missing":
        return at, f"'{name}' is missing", f"add '{name}:'"
    if item["type"] == "too_short":
        return at, f"'{name}' is empty", "add an entry"
    return at, f"'{name}' is wrong: {item['msg']}", "see `classify taxonomy schema`"


def meaning_faults(root: Node, data: Any) -> list[Fault]:
    """What a schema cannot see: ids that stand twice, names that nothing bears, odd phrases.

    `data` is the file as plain values. Parts of a wrong shape are passed over: the schema reports
    those, and a person wants to see all faults at once.
    """
    return [*_repeated_ids(root, data), *_unknown_names(root, data), *_odd_phrases(root, data)]


def _entries(data: Any, section: str) -> list[dict[str, Any]]:
    listed = data.get(section) if isinstance(data, dict) else None
    entries = listed if isinstance(listed, list) else []
    return [entry if isinstance(entry, dict) else {} for entry in entries]


def _texts(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _ids(data: Any, section: str) -> list[str]:
    return [str(entry.get("id")) for entry in _entries(data, section)]


def _repeated_ids(root: Node, data: Any) -> Iterator[Fault]:
    for section in ("tags", "rules", "cues"):
        ids = _ids(data, section)
        for index, name in enumerate(ids):
            if name in ids[:index]:
                at = line(root, (section, index, "id"))
                yield at, f"id '{name}' stands twice", "give it another id"


def _unknown_names(root: Node, data: Any) -> Iterator[Fault]:
    tags = _ids(data, "tags")
    cues = _ids(data, "cues")
    for section, key, known in (
        ("tags", "implies", tags),
        ("rules", "keeps", cues),
        ("cues", "tags", tags),
    ):
        for index, entry in enumerate(_entries(data, section)):
            yield from _unknown(root, (section, index, key), _texts(entry.get(key)), known)
    for index, rule in enumerate(_entries(data, "rules")):
        yield from _unknown(root, ("rules", index, "tag"), _texts([rule.get("tag")]), tags)


def _unknown(root: Node, path: Path, names: Sequence[str], known: Sequence[str]) -> Iterator[Fault]:
    for name in names:
        if name not in known:
            remedy = f"use one of: {', '.join(sorted(known))}"
            yield line(root, path), f"'{name}' is unknown", remedy


def _odd_phrases(root: Node, data: Any) -> Iterator[Fault]:
    concepts = _concepts(data)
    inside: dict[str, set[str]] = {name: set() for name in concepts}
    for path, phrase in _phrases(data):
        parts: tuple[Element, ...] = ()
        try:
            parts = elements(phrase)
        except ValueError as error:
            remedy = "write words, {concept} and … only"
            yield line(root, path), f"phrase '{phrase}' {error}", remedy
        names = [part.text for part in parts if part.kind == "concept"]
        yield from _unknown(root, path, names, list(concepts))
        if path[0] == "concepts":
            inside[str(path[1])].update(names)
    try:
        TopologicalSorter(inside).prepare()
    except CycleError as error:
        circle = list(error.args[1])
        at = line(root, ("concepts", circle[0]))
        yield at, f"concept '{circle[0]}' contains itself", f"part it from '{circle[1]}'"


def _concepts(data: Any) -> dict[str, Any]:
    concepts = data.get("concepts") if isinstance(data, dict) else None
    return concepts if isinstance(concepts, dict) else {}


def _phrases(data: Any) -> Iterator[tuple[Path, str]]:
    """Every phrase of the file with its path."""
    for name, listed in _concepts(data).items():
        for index, phrase in enumerate(_texts(listed)):
            yield ("concepts", name, index), phrase
    for section in ("connectors", "joints", "topics", "affirm"):
        for index, phrase in enumerate(_texts(data.get(section))):
            yield (section, index), phrase
    places = (("rules", ("phrases", "unless")), ("cues", (*PLACES, "unless")))
    for section, parts in places:
        for number, entry in enumerate(_entries(data, section)):
            for part in parts:
                for index, phrase in enumerate(_texts(entry.get(part))):
                    yield (section, number, part, index), phrase
