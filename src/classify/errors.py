"""What can go wrong, told in one line: where, what, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["ClassifyError", "FileError", "InputError", "ModelError", "TaxonomyError"]


class ClassifyError(Exception):
    """A fault of the data that a person can mend.

    `place` says where (a file, a line, a cell), `problem` what is wrong there, `remedy` what to do.

    >>> print(InputError("a.csv:1", "no column holds summaries", "name one column 事業概要"))
    a.csv:1: no column holds summaries. name one column 事業概要
    """

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        self.place = place
        self.problem = problem
        self.remedy = remedy
        super().__init__(place, problem, remedy)

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}. {self.remedy}"


class InputError(ClassifyError):
    """A release, a programs file or a labels file cannot be used as it is."""


class FileError(InputError):
    """A file that people filled in has faults; every one of them is told, a line each.

    >>> faults = [InputError("q.csv:2", "a", "b"), InputError("q.csv:3", "c", "d")]
    >>> print(FileError(faults))
    q.csv:2: a. b
    q.csv:3: c. d
    """

    def __init__(self, faults: list[InputError]) -> None:
        super().__init__(faults[0].place, faults[0].problem, faults[0].remedy)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


class ModelError(ClassifyError):
    """A model file cannot be used, or not with this taxonomy."""


class TaxonomyError(ClassifyError):
    """A taxonomy has faults; `faults` holds every one of them, each with its line.

    >>> faults = [(9, "no id", "add one"), (3, "unknown key 'taag'", "use 'tag'")]
    >>> print(TaxonomyError.of("t.yaml", faults))
    t.yaml:3: unknown key 'taag'. use 'tag'
    t.yaml:9: no id. add one
    """

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        super().__init__(place, problem, remedy)
        self.faults: tuple[ClassifyError, ...] = (self,)

    @classmethod
    def of(cls, file: str, faults: list[tuple[int, str, str]]) -> TaxonomyError:
        """One error out of every (line, problem, remedy) of a file, in the order of the lines."""
        errors = [
            cls(f"{file}:{line}", problem, remedy) for line, problem, remedy in sorted(faults)
        ]
        first = errors[0]
        whole = cls(first.place, first.problem, first.remedy)
        whole.faults = tuple(errors)
        return whole

    @classmethod
    def told(cls, faults: Iterable[TaxonomyError]) -> TaxonomyError:
        """One error out of several; it tells all of them."""
        errors = tuple(faults)
        whole = cls(errors[0].place, errors[0].problem, errors[0].remedy)
        whole.faults = errors
        return whole

    def __str__(self) -> str:
        return "\n".join(f"{f.place}: {f.problem}. {f.remedy}" for f in self.faults)
