"""Merging one file for git: the three-way merge by key, and markers where it stays open."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from fsmobile.protocol.merge import Conflict
from fsmobile.store.schedule_merges import Kept
from fsmobile.usecases.schedule_merging import Sides, merge_files, settle

OURS, MIDDLE, THEIRS = "<<<<<<<", "=======", ">>>>>>>"


@dataclass(frozen=True, slots=True, kw_only=True)
class GitMerge:
    """What came of merging one file."""

    text: str
    """With markers around the lines that each side wrote otherwise."""
    conflicts: tuple[Conflict, ...]


def merge_texts(
    path: str, base: str, mine: str, theirs: str, *, names: tuple[str, str] = ("mine", "theirs")
) -> GitMerge:
    """Merge three texts of a file key by key; `names` are written beside the markers."""
    # A file that both sides added has no base: git gives an empty one.
    before = {path: base} if base else {}
    sides = Sides(base=before, mine={path: mine}, theirs={path: theirs})
    merged = merge_files(sides)
    if not merged.open:
        return GitMerge(text=merged.files.get(path, ""), conflicts=())
    ours, others = (
        merge_files(sides, [settle(one, kept) for one in merged.open]).files.get(path, "")
        for kept in (Kept.MINE, Kept.THEIRS)
    )
    return GitMerge(text=_with_markers(ours, others, names), conflicts=merged.open)


def _with_markers(ours: str, others: str, names: tuple[str, str]) -> str:
    mine, theirs = ours.splitlines(), others.splitlines()
    lines: list[str] = []
    matcher = SequenceMatcher(a=mine, b=theirs, autojunk=False)
    for tag, first, last, other_first, other_last in matcher.get_opcodes():
        if tag == "equal":
            lines += mine[first:last]
        else:
            lines += _marked(mine[first:last], theirs[other_first:other_last], names)
    return "\n".join(lines) + "\n"


def _marked(mine: Iterable[str], theirs: Iterable[str], names: tuple[str, str]) -> Iterable[str]:
    return (f"{OURS} {names[0]}", *mine, MIDDLE, *theirs, f"{THEIRS} {names[1]}")
