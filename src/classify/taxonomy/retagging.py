"""A taxonomy's text with its tags renamed, merged, split or retired, and all that names them.

What the rules find stays what it was: only the tag that a mention votes for is another, or gone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from classify.taxonomy.document import Path
from classify.taxonomy.editing import append, drop, repeat, set_text, values

__all__ = ["merged", "next_version", "renamed", "retired", "split"]

# What becomes of a tag where a list names it.
_Fates = Mapping[str, Sequence[str]]


def next_version(version: str) -> str:
    """The version behind another: its last number, one higher.

    >>> next_version("1"), next_version("2026.9"), next_version("draft")
    ('2', '2026.10', 'draft.1')
    """
    found = re.fullmatch(r"(.*?)(\d+)", version)
    return f"{found[1]}{int(found[2]) + 1}" if found else f"{version}.1"


def renamed(text: str, old: str, new: str) -> str:
    """A tag under another id."""
    text = _relisted(text, {old: [new]})
    text = _revoted(text, {old: new})
    return _bumped(set_text(text, ("tags", _index(text, old), "id"), new))


def merged(text: str, olds: Sequence[str], into: str) -> str:
    """Several tags as one: `into` where it is there already, else the first of them renamed.

    Keywords and what counts are joined; the merged tag implies what all of them imply. A cue that
    bore on one of them bears on no more rules than before (`keeps`).
    """
    ids = [tag["id"] for tag in values(text)["tags"]]
    stays = into if into in ids else olds[0]
    parts = list(dict.fromkeys([stays, *olds]))
    common = set.intersection(*(_implied(text, part) for part in parts)) - set(parts)
    for name in _implied(text, stays) - common:
        path = ("tags", _index(text, stays), "implies")
        text = drop(text, (*path, _at(text, path).index(name)))
    text = _kept_from_cues(text, parts, into)
    text = _joined(text, stays, parts)
    text = _relisted(text, {part: [into] for part in parts})
    text = _revoted(text, dict.fromkeys(parts, into))
    for part in parts:
        if part != stays:
            text = drop(text, ("tags", _index(text, part)))
    return _bumped(set_text(text, ("tags", _index(text, stays), "id"), into))


def split(text: str, tag: str, parts: Sequence[str]) -> str:
    """A tag as several with its wording, told apart by their ids until a person words them.

    Its rules vote for the first part; its cues bear on all; nothing implies a part of it.
    """
    index = _index(text, tag)
    text = _relisted(text, {tag: parts}, sections={"cues": "tags"})
    text = _relisted(text, {tag: []}, sections={"tags": "implies"})
    text = _revoted(text, {tag: parts[0]})
    for _ in parts[1:]:
        text = repeat(text, ("tags", index))
    for number, part in enumerate(parts, start=index):
        text = set_text(text, ("tags", number, "id"), part)
        for language, name in values(text)["tags"][number]["name"].items():
            text = set_text(text, ("tags", number, "name", language), f"{name} ({part})")
    return _bumped(text)


def retired(text: str, tag: str) -> str:
    """A taxonomy without a tag, its rules, and the cues that bore on it alone."""
    data = values(text)
    cues = [number for number, cue in enumerate(_of(data, "cues")) if cue.get("tags") == [tag]]
    gone = {_of(data, "cues")[number]["id"] for number in cues}
    for number, rule in enumerate(_of(data, "rules")):
        listed = rule.get("keeps") or []
        for index in reversed(range(len(listed))):
            if listed[index] in gone:
                text = drop(text, ("rules", number, "keeps", index))
    text = _relisted(text, {tag: []})
    for number in reversed(cues):
        text = drop(text, ("cues", number))
    rules = [number for number, rule in enumerate(_of(data, "rules")) if rule["tag"] == tag]
    for number in reversed(rules):
        text = drop(text, ("rules", number))
    return _bumped(drop(text, ("tags", _index(text, tag))))


def _of(data: Mapping[str, Any], section: str) -> list[dict[str, Any]]:
    return data.get(section) or []


def _at(text: str, path: Path) -> Any:
    found: Any = values(text)
    for step in path:
        found = found[step]
    return found


def _index(text: str, tag: str) -> int:
    return next(n for n, entry in enumerate(values(text)["tags"]) if entry["id"] == tag)


def _implied(text: str, tag: str) -> set[str]:
    return set(values(text)["tags"][_index(text, tag)].get("implies") or ())


def _bumped(text: str) -> str:
    return set_text(text, ("version",), next_version(values(text)["version"]))


def _revoted(text: str, tags: Mapping[str, str]) -> str:
    """Rules that vote for another tag."""
    for number, rule in enumerate(_of(values(text), "rules")):
        if rule["tag"] in tags:
            text = set_text(text, ("rules", number, "tag"), tags[rule["tag"]])
    return text


def _relisted(text: str, fates: _Fates, sections: Mapping[str, str] | None = None) -> str:
    """Lists of tags in which some became others, each named once."""
    for section, key in (sections or {"tags": "implies", "cues": "tags"}).items():
        for number, entry in enumerate(_of(values(text), section)):
            listed = entry.get(key) or []
            if not fates.keys().isdisjoint(listed):
                text = _relist(text, (section, number, key), listed, fates)
    return text


def _relist(text: str, path: Path, listed: Sequence[str], fates: _Fates) -> str:
    became = [fates.get(name, [name]) for name in listed]
    earlier: list[set[str]] = [set()]
    for names in became:
        earlier.append(earlier[-1] | set(names))
    further = [name for names in became for name in names[1:]]
    for index in reversed(range(len(listed))):
        if not became[index] or became[index][0] in earlier[index]:
            text = drop(text, (*path, index))
        elif became[index][0] != listed[index]:
            text = set_text(text, (*path, index), became[index][0])
    for name in further:
        if name not in _at(text, path):
            text = append(text, path, name)
    return text


def _joined(text: str, stays: str, parts: Sequence[str]) -> str:
    """The tag that stays with the keywords, and what counts, of all parts."""
    tags = {tag["id"]: tag for tag in values(text)["tags"]}
    index = _index(text, stays)
    for key in ("counts", "keywords"):
        words = [word for part in (stays, *parts) for word in tags[part].get(key) or ()]
        known = tags[stays].get(key) or ()
        for word in dict.fromkeys(words):
            if word not in known:
                text = append(text, ("tags", index, key), word)
    return text


def _kept_from_cues(text: str, parts: Sequence[str], into: str) -> str:
    """Cues that bear on another part of a merge only are kept from each part's rules."""
    data = values(text)
    for number, rule in enumerate(_of(data, "rules")):
        for cue in _of(data, "cues") if rule["tag"] in parts else ():
            tags = cue.get("tags") or []
            bears = not {*parts, into}.isdisjoint(tags) and rule["tag"] not in tags
            if bears and cue["id"] not in (rule.get("keeps") or ()):
                text = append(text, ("rules", number, "keeps"), cue["id"])
    return text
