"""The only door to YAML: a file as nodes that know their lines, and as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from classify.errors import TaxonomyError

__all__ = ["Fault", "Path", "compose", "line", "plain", "repeated_keys"]

# (line, problem, remedy)
Fault = tuple[int, str, str]
Path = tuple[int | str, ...]


def compose(path: str, text: str) -> Node:
    """The nodes of a YAML text; TaxonomyError with the line where it is none."""
    try:
        root = YAML(typ="safe").compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = mark.line + 1 if mark else 1
        problem = f"is not YAML ({error.problem})"
        raise TaxonomyError(f"{path}:{at}", problem, "mend the line or indent it") from None
    except YAMLError as error:
        raise TaxonomyError(path, f"is not YAML ({error})", "mend the file") from None
    if not isinstance(root, MappingNode):
        raise TaxonomyError(f"{path}:1", "holds no taxonomy", "begin with 'version:' and 'tags:'")
    return root


def plain(node: Node) -> Any:
    """The values of a node: mappings, lists and text, whatever the text looks like."""
    if isinstance(node, MappingNode):
        return {key.value: plain(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.value]
    # Every scalar is text here: a phrase「1」or「はい」must not become a number or a truth value.
    empty = node.tag == "tag:yaml.org,2002:null"
    return None if empty else node.value


def repeated_keys(node: Node) -> Iterator[Fault]:
    """Keys that stand twice in one mapping: YAML keeps one of them in silence."""
    if isinstance(node, SequenceNode):
        for item in node.value:
            yield from repeated_keys(item)
    if not isinstance(node, MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        if key.value in seen:
            yield key.start_mark.line + 1, f"key '{key.value}' stands twice", "keep one of them"
        seen.add(key.value)
        yield from repeated_keys(value)


def line(node: Node, path: Path) -> int:
    """The line, from 1, of the deepest node on a path that the file has."""
    at = int(node.start_mark.line) + 1
    for step in path:
        found: Node | None = None
        if isinstance(node, MappingNode):
            for key, value in node.value:
                if key.value == step:
                    found, at = value, int(key.start_mark.line) + 1
        elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
            found = node.value[step]
            at = int(found.start_mark.line) + 1
        if found is None or isinstance(found, ScalarNode):
            return at
        node = found
    return at
