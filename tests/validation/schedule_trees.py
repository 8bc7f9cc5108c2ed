"""The example of the format as a tree without a fault, and what plants one in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from fsmobile.errors import Problem, Severity
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.usecases.schedule_check import validation_context
from fsmobile.validation.rules import check_tree

EXAMPLE = Path(__file__).parent / "exemple-creuse"
TODAY = date(2026, 11, 22)
FIRST = "tournees/nord/2026-09-01.toml"
SECOND = "tournees/nord/2027-01-04.toml"

Edit = tuple[str, str, str]
"""A file, a text that it holds once at least, and what takes its place (the first time)."""
ANEW = ""
"""As the text to replace: the file is written anew."""

REPAIRS: tuple[Edit, ...] = (
    # The label asks for what the fictional bus gives.
    ("structure.toml", "heures_semaine_min = 24", "heures_semaine_min = 6"),
    ("structure.toml", "jours_semaine_min  = 5", "jours_semaine_min  = 1"),
    # Thursday is repaired too, as the coordinator should have done.
    (
        SECOND,
        'semaines = "paires"\nouvert   = "14:00-16:15"',
        'semaines = "X"\nouvert   = "14:00-16:15"',
    ),
    (
        SECOND,
        'semaines = "impaires"\nouvert   = "14:00-16:15"',
        'semaines = "paires"\nouvert   = "14:00-16:15"',
    ),
    (SECOND, 'semaines = "X"', 'semaines = "impaires"'),
    # No month of five weeks, no holiday, no season, said school holidays: nothing to tell.
    (
        FIRST,
        "rang   = [1, 3]                           # 1er et 3e lundis du mois",
        "cycle  = { longueur = 2, debut = 2026-09-07 }",
    ),
    (
        SECOND,
        "rang   = [1, 3]                           # 1er et 3e lundis du mois",
        "cycle  = { longueur = 2, debut = 2026-09-07 }",
    ),
    (SECOND, "feries   = ", "fin      = 2027-03-20\nferies   = "),
)


def example_files() -> dict[str, str]:
    """Read the files of the example, by path."""
    return {
        path.relative_to(EXAMPLE).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(EXAMPLE.rglob("*.toml"))
    }


def edit_files(files: Mapping[str, str], *edits: Edit) -> dict[str, str]:
    """Return the files with edits; an edit that changes nothing is a mistake of the test."""
    edited = dict(files)
    for path, old, new in edits:
        assert old in edited.get(path, ""), f"{path} does not hold {old!r}"
        edited[path] = new if old == ANEW else edited[path].replace(old, new, 1)
        assert edited[path] != files.get(path), f"{path} is unchanged by {old!r}"
    return edited


@cache
def _clean_files() -> Mapping[str, str]:
    files = edit_files(example_files(), *REPAIRS)
    summer = files[SECOND].index("[sorties.vendredi-ete]")
    fair = files[SECOND].index("[sorties.gouzon]")
    files[SECOND] = files[SECOND][:summer] + files[SECOND][fair:]
    return files


def clean_files() -> dict[str, str]:
    """Return a tree in which there is nothing to say."""
    return dict(_clean_files())


def check_files(files: Mapping[str, str | bytes], today: date = TODAY) -> list[Problem]:
    """Read and check a tree, as the command does."""
    reading = read_schedule(files)
    if reading.tree is None:
        return list(reading.problems)
    texts = {path: text for path, text in files.items() if isinstance(text, str)}
    found = check_tree(
        reading.tree, validation_context(today), texts=texts, faults=reading.problems
    )
    return [*reading.problems, *found]


def codes_of(problems: list[Problem], *severities: Severity) -> list[str]:
    """Return the codes of problems, of all gravities or of some."""
    return sorted(one.code for one in problems if not severities or one.severity in severities)


@dataclass(frozen=True)
class Planted:
    """A fault planted in the clean tree, and what must be said of it."""

    code: str
    severity: Severity
    edits: tuple[Edit, ...]
    file: str | None = None
    """Where the problem must point; None for any file."""
    today: date = TODAY
    label: str = ""
    """What tells two faults of one code apart."""

    def __str__(self) -> str:
        return f"{self.code} {self.label}".strip()

    @property
    def files(self) -> dict[str, str]:
        """Return the clean tree with the fault in it."""
        files = clean_files()
        for path, old, _ in self.edits:
            if old == ANEW:
                files.setdefault(path, "")
        return edit_files(files, *self.edits)
