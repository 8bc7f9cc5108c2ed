"""Three-way merge of schedule trees, key by key: a change on one side only is taken.

A tree is given as parsed values: path of a file → its tables. Files, tables and keys are merged
alike: a file is just another table. Nothing is chosen here: where both sides made different changes
there is a `Conflict`, and the result keeps the value of the base. Swapping mine and theirs gives
the same values and mirrored conflicts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fsmobile.core.documents import KeyPath, Table, Value, is_among, is_same

SET_KEYS = frozenset({"dates", "rang", "indisponible"})
"""Lists under these keys are sets: the additions and removals of both sides are applied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A place where both sides made different changes; None stands for « absent »."""

    path: KeyPath
    """The file, then the tables, then the key; the file alone when all of it is in conflict."""
    base: Value
    mine: Value
    theirs: Value

    @property
    def file(self) -> str:
        """Return the path of the file inside the tree."""
        return self.path[0]

    @property
    def key(self) -> str:
        """Return the dotted key inside the file, empty for the whole file."""
        return ".".join(self.path[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """The result of a merge."""

    values: dict[str, Value]
    """The merged tree, with the value of the base wherever there is a conflict."""
    conflicts: tuple[Conflict, ...]
    """In the order of their paths."""


@dataclass(slots=True)
class _Merger:
    conflicts: list[Conflict] = field(default_factory=list)

    def value(self, path: KeyPath, base: Value, mine: Value, theirs: Value) -> Value:
        if is_same(mine, theirs) or is_same(base, theirs):
            return mine
        if is_same(base, mine):
            return theirs
        if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            if base is None or isinstance(base, Mapping):
                return self.table(path, base or {}, mine, theirs)
        elif isinstance(mine, list) and isinstance(theirs, list) and path[-1] in SET_KEYS:
            return _merge_sets(base if isinstance(base, list) else [], mine, theirs)
        self.conflicts.append(Conflict(path=path, base=base, mine=mine, theirs=theirs))
        return base

    def table(self, path: KeyPath, base: Table, mine: Table, theirs: Table) -> dict[str, Value]:
        merged: dict[str, Value] = {}
        for key in _in_order(mine, theirs, base):
            value = self.value((*path, key), base.get(key), mine.get(key), theirs.get(key))
            if value is not None:
                merged[key] = value
        return merged


def merge_trees(base: Table, mine: Table, theirs: Table) -> Merge:
    """Merge two trees that were derived from one base."""
    merger = _Merger()
    values = merger.table((), base, mine, theirs)
    return Merge(values=values, conflicts=tuple(sorted(merger.conflicts, key=lambda one: one.path)))


def _in_order(*tables: Table) -> Iterable[str]:
    """Return each key once, in the order of the first table that has it."""
    return dict.fromkeys(key for table in tables for key in table)


def _merge_sets(base: list[Value], mine: list[Value], theirs: list[Value]) -> list[Value]:
    """Keep what both hold and what either added; sorted, so that the sides are interchangeable."""
    kept: list[Value] = []
    for value in [*mine, *theirs]:
        votes = [is_among(value, one) for one in (mine, theirs)]
        if (all(votes) or not is_among(value, base)) and not is_among(value, kept):
            kept.append(value)
    kept.sort(key=repr)
    try:
        return sorted(kept)  # type: ignore[type-var]
    except TypeError:
        return kept
