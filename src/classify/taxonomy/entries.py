"""The entries of a taxonomy file, as pydantic checks them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from classify.records import Status

__all__ = ["IDENTIFIER", "PLACES", "Cue", "File", "Rule", "TagEntry"]

# What ids of tags, rules, cues and concepts look like.
IDENTIFIER = r"^[a-z][a-z0-9_.-]*$"

Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER, max_length=80)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Phrases = tuple[Text, ...]

# The places relative to a mention in which a cue's words can stand.
PLACES = ("next", "prev", "near", "after", "end", "sentence", "before", "heading")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Wording(_Strict):
    """Words for people, in both languages of the product."""

    ja: Text
    en: Text


class TagEntry(_Strict):
    """A tag, with its wording for people and the words of the plain keyword search."""

    id: Identifier
    name: _Wording
    definition: _Wording
    counts: Phrases = ()
    does_not_count: Phrases = ()
    implies: tuple[Identifier, ...] = ()
    keywords: Phrases = ()


class Cue(_Strict):
    """Words that give a mention its status, and where they stand relative to it.

    `next` and `prev`: right behind or ahead of the mention (words of `connectors` may stand
    between); `near`: behind it, before the next comma; `after`: behind it, in its clause; `end`:
    the last words of its clause; `sentence`: behind it, in its sentence; `before`: ahead of it, in
    its clause; `heading`: in the heading that the mention's item hangs under. The clause of a
    mention that is a topic (`topics`, as は) reaches on to the next one that affirms (`affirm`).

    A `closing` cue bears on a mention that itself ends its line, as in a list of noun phrases.
    With `bodies_except` the cue is not for bodies whose name ends so: 県が is another's doing in
    a city's program, and its own in a prefecture's.
    """

    id: Identifier
    status: Status
    tags: tuple[Identifier, ...] = ()
    next: Phrases = ()
    prev: Phrases = ()
    near: Phrases = ()
    after: Phrases = ()
    end: Phrases = ()
    sentence: Phrases = ()
    before: Phrases = ()
    heading: Phrases = ()
    closing: bool = False
    unless: Phrases = ()
    bodies_except: Phrases = ()
    yes: Phrases = ()
    no: Phrases = ()


class Rule(_Strict):
    """Phrases that mention a service; each mention votes for `tag` with the status of its place."""

    id: Identifier
    tag: Identifier
    phrases: Annotated[Phrases, Field(min_length=1)]
    unless: Phrases = ()
    keeps: tuple[Identifier, ...] = ()
    yes: Annotated[Phrases, Field(min_length=1)]
    no: Phrases = ()


class File(_Strict):
    """A whole taxonomy file."""

    version: Text
    tags: Annotated[tuple[TagEntry, ...], Field(min_length=1)]
    concepts: dict[Identifier, Annotated[Phrases, Field(min_length=1)]] = {}
    connectors: Phrases = ()
    joints: Phrases = ()
    topics: Phrases = ()
    affirm: Phrases = ()
    cues: tuple[Cue, ...] = ()
    rules: tuple[Rule, ...] = ()
