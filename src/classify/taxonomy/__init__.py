"""A taxonomy: its tags, concepts, cues and rules, checked whole when it is loaded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from classify.errors import TaxonomyError
from classify.records import Tag
from classify.taxonomy import document
from classify.taxonomy.entries import PLACES, Cue, File, Rule, TagEntry
from classify.taxonomy.faults import meaning_faults, schema_faults

__all__ = ["PLACES", "Cue", "Rule", "Taxonomy", "default_path", "load", "parse", "schema", "source"]


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """A taxonomy that has passed every check.

    `digest` names its content; `keywords` holds each tag's words for the keyword search that
    reports use as a yardstick. Order is the file's: the first cue that fits decides.
    """

    path: str
    version: str
    digest: str
    tags: tuple[Tag, ...]
    keywords: dict[str, tuple[str, ...]]
    concepts: dict[str, tuple[str, ...]]
    connectors: tuple[str, ...]
    joints: tuple[str, ...]
    topics: tuple[str, ...]
    affirm: tuple[str, ...]
    cues: tuple[Cue, ...]
    rules: tuple[Rule, ...]


def default_path() -> Path:
    """The taxonomy of this installation: the checkout's, or the one inside the package.

    >>> default_path().name
    'taxonomy.yaml'
    """
    here = Path(__file__).parents[1]
    packaged = here / "data" / "taxonomy.yaml"
    return packaged if packaged.is_file() else here.parents[1] / "taxonomy.yaml"


def load(path: Path | None = None) -> Taxonomy:
    """Read and check a taxonomy file.

    Raises TaxonomyError with every fault of the file, each with its line.

    >>> taxonomy = load()
    >>> taxonomy.tags[0].id
    'consultation'
    """
    path = path or default_path()
    return parse(str(path), source(path))


def source(path: Path) -> str:
    """The text of a taxonomy file; TaxonomyError where it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8")
    except IsADirectoryError:
        raise TaxonomyError(str(path), "is a folder", "name a taxonomy file") from None
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
        raise TaxonomyError(str(path), problem, "name a taxonomy file") from None
    except UnicodeDecodeError:
        raise TaxonomyError(str(path), "is not UTF-8", "save it as UTF-8") from None


def parse(path: str, text: str) -> Taxonomy:
    """Check the text of a taxonomy; `path` is what faults are told of.

    Raises TaxonomyError with every fault of the text, each with its line.
    """
    root = document.compose(path, text.removeprefix("\ufeff"))
    data = document.plain(root)
    faults = [*document.repeated_keys(root), *meaning_faults(root, data)]
    try:
        file = File.model_validate(data)
    except ValidationError as error:
        faults += schema_faults(root, error.errors(include_url=False))
        raise TaxonomyError.of(path, faults) from None
    if faults:
        raise TaxonomyError.of(path, faults)
    return Taxonomy(
        path=path,
        version=file.version,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        tags=tuple(_tag(entry) for entry in file.tags),
        keywords={entry.id: entry.keywords for entry in file.tags},
        concepts=dict(file.concepts),
        connectors=file.connectors,
        joints=file.joints,
        topics=file.topics,
        affirm=file.affirm,
        cues=file.cues,
        rules=file.rules,
    )


def schema() -> dict[str, Any]:
    """The JSON Schema of a taxonomy file, for editors.

    >>> sorted(schema()["required"])
    ['tags', 'version']
    """
    return File.model_json_schema()


def _tag(entry: TagEntry) -> Tag:
    return Tag(
        id=entry.id,
        name=entry.name.model_dump(),
        definition=entry.definition.model_dump(),
        counts=entry.counts,
        does_not_count=entry.does_not_count,
        implies=entry.implies,
    )
