"""A cell that says whom to ask: department, phone, and what is neither."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from classify import wording

__all__ = ["Contact", "bare", "has_number", "is_cut", "narrow", "phone_of", "split"]

_SEPARATORS = " \t\n\u3000、,，;；:：/／"
_GOES_ON = re.compile(r"[-\u2010-\u2015\u2212\d)]")
_NO_ZERO = re.compile(r"[1-9]\d{8,9}")


@dataclass(frozen=True, slots=True)
class Contact:
    """The parts of a contact cell: `other` holds fax numbers and mail addresses."""

    department: str
    phone: str
    other: str


def bare(text: str) -> str:
    """`text` without separators at its ends.

    >>> bare("03-3578-2025、")
    '03-3578-2025'
    """
    return text.strip(_SEPARATORS)


def has_number(text: str) -> bool:
    """Whether a phone number stands in `text`.

    >>> has_number("０１１－２０６－６９５４"), has_number("令和3年10月")
    (True, False)
    """
    return bool(wording.reading().contact.number.search(narrow(text)))


def split(text: str) -> Contact:
    """Department and phone out of one text; numbers keep their notes and separators, as printed.

    >>> split("市民課 電話：011-211-2962（内線123） FAX 011-211-2963")
    Contact(department='市民課', phone='011-211-2962（内線123）', other='FAX 011-211-2963')
    >>> split("市民課（電話 03-3578-2025、03-3578-2027）").phone
    '03-3578-2025、03-3578-2027'
    """
    kept: dict[str, list[str]] = {"rest": [], "phone": [], "other": []}
    position = 0
    for match in _reach().finditer(narrow(text)):
        kept["rest"].append(text[position : match.start()])
        kind = "other" if match["other"] else "phone"
        kept[kind].append(text[match.start(kind) : match.end(kind)].strip())
        position = match.end()
    rest = [_unbound(part) for part in (*kept["rest"], text[position:])]
    department = " ".join(part for part in rest if part)
    return Contact(department, " ".join(kept["phone"]), " ".join(kept["other"]))


@cache
def _reach() -> re.Pattern[str]:
    """A fax number or a mail address as `other`, or phones in a chain after their label."""
    words = wording.reading().contact
    one = f"(?:{words.number.pattern})(?:{words.extension.pattern})*"
    chain = f"{one}(?:{words.between.pattern}(?:{words.label.pattern})?{one})*"
    fax = f"(?:{words.fax.pattern}){one}"
    return re.compile(
        f"(?P<other>{fax}|{words.mail.pattern})|(?:{words.label.pattern})?(?P<phone>{chain})",
        re.IGNORECASE,
    )


def _unbound(text: str) -> str:
    """`text` without separators at its ends and without brackets that lost their other half."""
    text = text.strip(_SEPARATORS)
    for opening, closing in ("()", "（）", "[]", "【】"):
        if text.count(opening) > text.count(closing):
            text = text.removeprefix(opening).removesuffix(opening)
        elif text.count(closing) > text.count(opening):
            text = text.removeprefix(closing).removesuffix(closing)
    return text.strip(_SEPARATORS)


def phone_of(text: str) -> Contact:
    """A phone cell: labels go, a number that a spreadsheet made of it gets its zero back.

    >>> phone_of("TEL 03-1234-5678").phone, phone_of("112116954").phone
    ('03-1234-5678', '0112116954')
    """
    text = text.strip()
    if _NO_ZERO.fullmatch(text):
        return Contact("", "0" + text, "")
    found = split(text)
    if found.phone and not found.department:
        return found
    label = wording.reading().contact.label.match(narrow(text)) if found.phone else None
    kept = text[label.end() :] if label else text
    if found.other:
        kept = kept.replace(found.other, "")
    return Contact("", kept.strip(), found.other)


def is_cut(before: str, after: str) -> bool:
    """Whether a line break stands inside one phone number or one bracket.

    >>> is_cut("011-206-", "6954"), is_cut("0123-33-3131", "内線2211"), is_cut("内線", "2211")
    (True, False, True)
    """
    if not before or not after:
        return False
    if has_number(before) and has_number(after):
        return False
    start, following = narrow(before), narrow(after)
    goes_on = bool(_GOES_ON.match(following)) and not has_number(after)
    whole = start[-1].isdigit() and has_number(before)
    return bool(wording.reading().contact.cut.search(start)) or (goes_on and not whole)


def narrow(text: str) -> str:
    """NFKC, one character for one, so that offsets stay."""
    return "".join(_one(character) for character in text)


def _one(character: str) -> str:
    normal = unicodedata.normalize("NFKC", character)
    return normal if len(normal) == 1 else character
