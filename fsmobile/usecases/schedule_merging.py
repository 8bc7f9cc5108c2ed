"""Merging the files of two coordinators: texts in, texts out, conflicts as values.

Pure: what is settled comes in, nothing is asked. The merge itself is `protocol.merge`; files
that only one side changed are taken as they are, comments included.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from fsmobile.core.documents import KeyPath, Table, Value, value_at, with_value
from fsmobile.formats.toml_editing import edit_toml, format_toml_value, parse_toml_value
from fsmobile.formats.toml_files import parse_toml_file
from fsmobile.protocol.merge import Conflict, merge_trees
from fsmobile.store.schedule_merges import Kept, Settlement

Files = Mapping[str, str]
"""Path inside the tree → text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedFiles:
    """What came of merging two folders."""

    files: dict[str, str]
    """The merged tree; where a conflict is open, what the base said."""
    open: tuple[Conflict, ...]
    """Conflicts that nobody has settled, or settled when the sides said something else."""
    settled: tuple[tuple[Conflict, Settlement], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The three trees of a merge."""

    base: Files
    mine: Files
    theirs: Files

    def file_conflict(self, file: str) -> Conflict:
        """Return a whole file as one thing to choose; its values are the texts."""
        sides = (self.base.get(file), self.mine.get(file), self.theirs.get(file))
        return Conflict(path=(file,), base=sides[0], mine=sides[1], theirs=sides[2])

    def differ_on(self, file: str) -> bool:
        """Tell whether mine and theirs have another text of a file."""
        return self.mine.get(file) != self.theirs.get(file)


def merge_files(sides: Sides, settlements: Sequence[Settlement] = ()) -> MergedFiles:
    """Merge mine and theirs, with the choices that still hold."""
    held = {one.path: one for one in settlements}
    files: dict[str, str] = {}
    settled: list[tuple[Conflict, Settlement]] = []
    contested: list[str] = []
    for file in sorted({*sides.base, *sides.mine, *sides.theirs}):
        conflict = sides.file_conflict(file)
        choice = held.get((file,))
        if choice is not None and holds(choice, conflict):
            settled.append((conflict, choice))
            chosen = conflict.mine if choice.kept is Kept.MINE else conflict.theirs
        elif conflict.mine == conflict.theirs or conflict.base == conflict.theirs:
            chosen = conflict.mine
        elif conflict.base == conflict.mine:
            chosen = conflict.theirs
        else:
            contested.append(file)
            continue
        if isinstance(chosen, str):
            files[file] = chosen
    merge = merge_trees(
        *(read_tables(tree, contested) for tree in (sides.base, sides.mine, sides.theirs))
    )
    values: Table = merge.values
    unsettled: list[Conflict] = []
    for conflict in merge.conflicts:
        choice = held.get(conflict.path)
        if choice is None or not holds(choice, conflict):
            unsettled.append(conflict)
            continue
        settled.append((conflict, choice))
        values = with_value(values, conflict.path, _chosen(conflict, choice))
    files |= {file: _write(sides, file, values[file]) for file in contested if file in values}
    return MergedFiles(files=files, open=tuple(unsettled), settled=tuple(settled))


def settle(conflict: Conflict, kept: Kept, value: Value = None) -> Settlement:
    """Return the choice made on a conflict."""
    return Settlement(
        path=conflict.path,
        kept=kept,
        value=format_toml_value(value) if kept is Kept.VALUE else None,
        mine=_written(conflict, conflict.mine),
        theirs=_written(conflict, conflict.theirs),
    )


def holds(choice: Settlement, conflict: Conflict) -> bool:
    """Tell whether both sides still say what they said when the choice was made."""
    return (choice.mine, choice.theirs) == (
        _written(conflict, conflict.mine),
        _written(conflict, conflict.theirs),
    )


def read_tables(tree: Files, files: Sequence[str]) -> dict[str, Value]:
    """Read some files of a tree; one that is no TOML is one value, its text."""
    tables: dict[str, Value] = {}
    for name in files:
        if name in tree:
            parsed, _problems = parse_toml_file(name, tree[name])
            tables[name] = tree[name] if parsed is None else parsed.data
    return tables


def read_value(tree: Files, path: KeyPath) -> Value:
    """Return the value at a path of a tree, the text of a whole file, or None."""
    if len(path) == 1:
        return tree.get(path[0])
    return value_at(read_tables(tree, path[:1]), path)


def _chosen(conflict: Conflict, choice: Settlement) -> Value:
    match choice.kept:
        case Kept.MINE:
            return conflict.mine
        case Kept.THEIRS:
            return conflict.theirs
    return None if choice.value is None else parse_toml_value(choice.value)


def _write(sides: Sides, file: str, value: Value) -> str:
    """Write the merged values on my text, with what is new copied from theirs."""
    if not isinstance(value, Mapping):
        return str(value)
    mine, theirs = sides.mine.get(file), sides.theirs.get(file)
    if mine is None:
        return edit_toml(theirs or sides.base.get(file, ""), value)
    return edit_toml(mine, value, theirs or "")


def _written(conflict: Conflict, value: Value) -> str | None:
    if value is None:
        return None
    if conflict.key:
        return format_toml_value(value)
    text = value if isinstance(value, str) else format_toml_value(value)
    return sha256(text.encode()).hexdigest()
