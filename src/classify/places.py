"""Prefectures and municipalities of Japan: which body is which, and where it lies.

Source: 総務省「全国地方公共団体コード」, kept in `data/municipalities.csv`.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from classify import wording

__all__ = [
    "Place",
    "bare",
    "candidates",
    "check_digit",
    "find",
    "of_code",
    "prefecture_in",
    "prefecture_name",
    "prefectures",
]

_NOTE = re.compile(r"(?<=.)\([^()]*\)$")
_BEFORE = re.compile(r"^[\W\d_]+")
_AFTER = re.compile(r"[\W_]+$")
_NOTED = re.compile(r"[(（][^()（）]*[)）]\s*$")
_DATA = resources.files("classify") / "data" / "municipalities.csv"


@dataclass(frozen=True, slots=True)
class Place:
    """A prefecture (then `municipality` is empty) or a municipality, with its six-digit code."""

    code: str
    prefecture: str
    municipality: str

    @property
    def name(self) -> str:
        """The place's own name, without that of the prefecture around it."""
        return self.municipality or self.prefecture


@cache
def places() -> tuple[Place, ...]:
    """Every prefecture and municipality, by code: 47 and 1741.

    >>> len(places())
    1788
    """
    rows = csv.DictReader(_DATA.read_text(encoding="utf-8").splitlines())
    return tuple(Place(r["code"], r["prefecture"], r["municipality"]) for r in rows)


@cache
def prefectures() -> tuple[Place, ...]:
    """The 47 prefectures in JIS order.

    >>> [p.prefecture for p in prefectures()][:2], prefectures()[-1].code
    (['北海道', '青森県'], '470007')
    """
    return tuple(place for place in places() if not place.municipality)


def prefecture_name(text: str) -> str:
    """The full name of the prefecture that `text` names, with or without 都道府県; else "".

    >>> prefecture_name(" 北 海 道 "), prefecture_name("東京"), prefecture_name("札幌市")
    ('北海道', '東京都', '')
    """
    return _prefecture_names().get(_key(text), "")


def bare(text: str) -> str:
    """A heading without the mark or number before it and the brackets around it.

    >>> bare("【北海道】"), bare("１　岩手県宮古市"), bare("■ 東京都（3件）")
    ('北海道', '岩手県宮古市', '東京都（3件）')
    """
    kept = _BEFORE.sub("", text)
    return _AFTER.sub("", kept) if _NOTED.search(kept) is None else kept.rstrip()


def find(body: str, prefecture: str = "") -> Place | None:
    """The place that `body` names, or None when it names none or more than one.

    `body` may carry its prefecture or 郡 before it, and its office or a ward (区) of a designated
    city after it: a ward is no body of its own, so its city answers. `prefecture` settles names
    that several prefectures have.

    >>> find("北海道札幌市").code, find("虻田郡ニセコ町").name, find("横浜市鶴見区").name
    ('011002', 'ニセコ町', '横浜市')
    >>> find("日野町"), find("日野町", "滋賀県").code
    (None, '253839')
    """
    found = candidates(body)
    wanted = prefecture_name(prefecture)
    if wanted:
        found = tuple(place for place in found if place.prefecture == wanted)
    return found[0] if len(found) == 1 else None


def prefecture_in(text: str) -> str:
    """The prefecture with whose full name `text` begins, or ""; a short name does not do.

    >>> prefecture_in("北海道（3件）"), prefecture_in("札幌市")
    ('北海道', '')
    """
    name = _key(text)
    return next((p.prefecture for p in prefectures() if name.startswith(p.prefecture)), "")


def name_at(text: str) -> int:
    """Where the longest name of a place with which `text` begins ends; 0 when it begins with none.

    >>> name_at("函館市不安を抱える女性"), name_at("女性のための相談")
    (3, 0)
    """
    longest = max(len(name) for name in _named())
    ends = range(min(longest, len(text)), 1, -1)
    return next((end for end in ends if _key(text[:end]) in _named()), 0)


def of_code(code: str) -> Place | None:
    """The place of a printed 団体コード: six digits, five without the check digit, or a lost zero.

    >>> of_code("011002").name, of_code("11002").name, of_code("01100").name, of_code("x")
    ('札幌市', '札幌市', '札幌市', None)
    """
    digits = "".join(unicodedata.normalize("NFKC", code).split())
    if not (digits.isascii() and digits.isdigit() and 4 <= len(digits) <= 6):
        return None
    five = digits.zfill(5)
    forms = [digits.zfill(6)] if len(digits) > 4 else []
    forms += [five + check_digit(five)] if len(five) == 5 else []
    return next((_by_code()[form] for form in forms if form in _by_code()), None)


@cache
def _by_code() -> Mapping[str, Place]:
    return {place.code: place for place in places()}


@cache
def candidates(body: str) -> tuple[Place, ...]:
    """Every place that `body` may name, by code.

    >>> [place.prefecture for place in candidates("府中市")]
    ['東京都', '広島県']
    """
    name = _key(body)
    whole = _named().get(name)
    if whole:
        return whole
    prefix = next((p for p in _prefecture_names() if p and name.startswith(p)), "")
    if prefix and len(prefix) < len(name):
        inside = candidates(name[len(prefix) :])
        within = _prefecture_names()[prefix]
        here = tuple(p for p in inside if p.prefecture == within and p.municipality)
        if here:
            return here
    return _without_suffix(name) or _without_district(name)


def _without_suffix(name: str) -> tuple[Place, ...]:
    named, words = _named(), wording.reading().bodies
    for office in words.offices:
        if name.endswith(office) and name.removesuffix(office) in named:
            return named[name.removesuffix(office)]
    if name.endswith(words.wards):
        ends = range(len(name) - 2, 1, -1)
        return next((named[name[:end]] for end in ends if name[:end] in named), ())
    return ()


def _without_district(name: str) -> tuple[Place, ...]:
    head, district, rest = name.partition(wording.reading().bodies.districts)
    return _named().get(rest, ()) if head and district else ()


def check_digit(digits: str) -> str:
    """The sixth digit of a 全国地方公共団体コード, from its first five.

    >>> check_digit("01100"), check_digit("13104")
    ('2', '1')
    """
    weighted = sum(
        int(digit) * weight for digit, weight in zip(digits, (6, 5, 4, 3, 2), strict=True)
    )
    return str((11 - weighted % 11) % 10)


def _key(text: str) -> str:
    """`text` as names are compared: NFKC, no spaces, one spelling of each variant character."""
    key = _NOTE.sub("", "".join(unicodedata.normalize("NFKC", text).split()))
    for variant, usual in wording.reading().bodies.spellings:
        key = key.replace(variant, usual)
    return key


@cache
def _named() -> Mapping[str, tuple[Place, ...]]:
    by_name: defaultdict[str, list[Place]] = defaultdict(list)
    for place in places():
        by_name[_key(place.name)].append(place)
    return {name: tuple(found) for name, found in by_name.items()}


@cache
def _prefecture_names() -> Mapping[str, str]:
    """Full and short names (青森県, 青森) to full names; the full ones come first."""
    full = {_key(p.prefecture): p.prefecture for p in prefectures()}
    short = {_key(p.prefecture)[:-1]: p.prefecture for p in prefectures() if p.code != "010006"}
    return full | short
