"""Trials: drafts of a plan side by side, each compared with the published one, one kept.

A trial is a whole folder inside the working folder, hidden from whatever reads or publishes
that one: `.essais/<name>/`. It appears and goes in one rename, so that a power cut leaves it
whole or not there at all. What it was made from lies in it, to be merged when it is kept.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from shutil import rmtree

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.ids import is_slug
from fsmobile.core.plan_comparison import VillageChange, compare_plans
from fsmobile.core.plan_figures import PlanFigures
from fsmobile.core.schedules import ScheduleTree
from fsmobile.errors import InvalidInput, InvalidSchedule, NotFound
from fsmobile.formats.schedule_toml import SIDE_FILES, TRIAL_FILE, is_schedule_file, read_schedule
from fsmobile.formats.trial_files import (
    HANDED_FORMAT,
    HandedTrial,
    TrialHead,
    read_handed_trial,
    read_trial_head,
    write_handed_trial,
    write_trial_head,
)
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.usecases.plan_figures import measure_plan
from fsmobile.usecases.planning import Edit, Planning, apply_edit, open_planning
from fsmobile.usecases.schedule_checkouts import write_folder
from fsmobile.usecases.schedule_merging import Files, Sides, merge_files
from fsmobile.usecases.schedules import load_schedule_folders

TRIALS_FOLDER = ".essais"
_BASE_FOLDER = ".base"
_BEING_MADE, _BEING_DELETED = ".nouveau-", ".supprime-"


class Trial(Struct, frozen=True, kw_only=True):
    """A trial of a working folder."""

    head: TrialHead
    path: Path

    @property
    def name(self) -> str:
        """Return the name, which is that of its folder."""
        return self.head.name


class TrialComparison(Struct, frozen=True, kw_only=True):
    """A trial beside the plan in force, over the same year."""

    trial: Trial
    published: PlanFigures
    tried: PlanFigures
    villages: tuple[VillageChange, ...]
    """Those that lose passages first."""
    tree: ScheduleTree
    """Of the trial."""
    is_published: bool
    """False: nothing was published yet, and the working folder stands for it."""


def trials_folder(path: Path) -> Path:
    """Return where the trials of a working folder are, from the folder or from one of them."""
    if path.parent.name == TRIALS_FOLDER:
        return path.parent
    return path / TRIALS_FOLDER


def list_trials(path: Path) -> list[Trial]:
    """List the trials of a working folder, by name."""
    folder = trials_folder(path)
    if not folder.is_dir():
        return []
    found = (load_trial(child) for child in sorted(folder.iterdir()))
    return [one for one in found if one is not None]


def load_trial(path: Path) -> Trial | None:
    """Return the trial that a folder holds; None when it is none, or not wholly made."""
    if path.name.startswith("."):
        return None
    try:
        head = read_trial_head((path / TRIAL_FILE).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
    # The folder's name counts: somebody may have copied it to have two.
    return None if head is None else Trial(head=replace(head, name=path.name), path=path)


def find_trial(path: Path, name: str) -> Trial:
    """Return a trial by name.

    Raises:
        NotFound: there is none.
    """
    for one in list_trials(path):
        if one.name == name:
            return one
    raise NotFound("trial", name)


def new_trial(planning: Planning, name: str, note: str = "") -> Trial:
    """Make a trial of the working folder as it is now.

    Raises:
        InvalidInput: the name is none, or is taken.
    """
    head = TrialHead(
        name=name,
        note=note,
        author=planning.desk.agent_id,
        made_on=planning.desk.today(),
    )
    files = _own_files(planning.files)
    return _make(planning.path, head, base=files, files=files)


def open_trial(planning: Planning, name: str) -> Planning:
    """Open a trial in the editor.

    Raises:
        NotFound: there is no such trial.
        InvalidSchedule: its files cannot be read.
    """
    return open_planning(planning.desk, find_trial(planning.path, name).path)


def delete_trial(path: Path, name: str) -> None:
    """Delete a trial; half-deleted ones are never seen.

    Raises:
        NotFound: there is no such trial.
    """
    trial = find_trial(path, name)
    _delete(trial.path)


def compare_trial(planning: Planning, name: str) -> TrialComparison:
    """Measure a trial and the plan in force over the year to come, and what changes for whom.

    Raises:
        NotFound: there is no such trial.
        InvalidSchedule: one of the two cannot be read.
    """
    trial = find_trial(planning.path, name)
    desk, day = planning.desk, planning.desk.today()
    contents = _read_folder(trial.path)
    tried = _require_tree(contents)
    side = {path: text for path, text in contents.items() if path in SIDE_FILES}
    old_files = {path: text.encode() for path, text in planning.published.items()}
    published = _require_tree(old_files or _read_folder(trial.path.parent.parent))
    figures = measure_plan(tried, contents, day, desk)
    return TrialComparison(
        trial=trial,
        # Drives are timed by the same table on both sides, or they could not be compared.
        published=measure_plan(published, side, day, desk),
        tried=figures,
        villages=compare_plans(published, tried, figures.days, load_school_calendar()),
        tree=tried,
        is_published=bool(old_files),
    )


def keep_trial(planning: Planning, name: str) -> Edit:
    """Bring a trial's changes into the working folder, as one edit that can be undone.

    What others changed there since is kept; where both changed the same thing nothing is
    written. The trial stays until it is deleted.

    Raises:
        NotFound: there is no such trial.
        InvalidInput: both changed the same things, or the trial changes nothing.
        ChangedMeanwhile: somebody else wrote a file just now.
    """
    trial = find_trial(planning.path, name)
    mine = _own_files(planning.files)
    sides = Sides(
        base=_texts(_read_folder(trial.path / _BASE_FOLDER)),
        mine=mine,
        theirs=_texts(_read_folder(trial.path)),
    )
    merged = merge_files(sides)
    if merged.open:
        places = ", ".join(".".join(map(str, one.path)) for one in merged.open[:5])
        raise InvalidInput("trial_conflicts", value=places)
    texts = {path: merged.files.get(path) for path in {*mine, *merged.files}}
    return apply_edit(planning, f"essai {name}", texts)


def hand_over_trial(planning: Planning, name: str) -> bytes:
    """Return a trial as one file for a colleague.

    Raises:
        NotFound: there is no such trial.
    """
    trial = find_trial(planning.path, name)
    return write_handed_trial(
        HandedTrial(
            format=HANDED_FORMAT,
            agency=planning.desk.agency_id,
            head=trial.head,
            base=_texts(_read_folder(trial.path / _BASE_FOLDER)),
            files=_texts(_read_folder(trial.path)),
        )
    )


def receive_trial(planning: Planning, content: bytes, name: str | None = None) -> Trial:
    """Take in a trial that a colleague handed over, under its name or another.

    Raises:
        InvalidInput: it is none, it is another structure's, or its name is taken.
    """
    handed = read_handed_trial(content)
    if handed.agency != planning.desk.agency_id:
        raise InvalidInput(
            "trial_of_another_agency", value=handed.agency, expected=planning.desk.agency_id
        )
    head = replace(handed.head, name=name or handed.head.name)
    return _make(planning.path, head, base=handed.base, files=handed.files)


def _make(path: Path, head: TrialHead, *, base: Files, files: Files) -> Trial:
    folder = trials_folder(path)
    if not is_slug(head.name):
        raise InvalidInput("trial_name_malformed", value=head.name)
    target = folder / head.name
    if target.exists():
        raise InvalidInput("trial_exists", value=head.name)
    for name in (_BEING_MADE, _BEING_DELETED):
        rmtree(folder / f"{name}{head.name}", ignore_errors=True)
    partial = folder / f"{_BEING_MADE}{head.name}"
    partial.mkdir(parents=True)
    write_folder(partial, {}, {**files, TRIAL_FILE: write_trial_head(head)})
    (partial / _BASE_FOLDER).mkdir()
    write_folder(partial / _BASE_FOLDER, {}, base)
    os.rename(partial, target)
    return Trial(head=head, path=target)


def _delete(path: Path) -> None:
    gone = path.with_name(f"{_BEING_DELETED}{path.name}")
    rmtree(gone, ignore_errors=True)
    os.rename(path, gone)
    rmtree(gone, ignore_errors=True)


def _read_folder(path: Path) -> dict[str, bytes]:
    (folder,) = load_schedule_folders(path)
    return folder.files


def _texts(contents: Mapping[str, bytes]) -> dict[str, str]:
    return _own_files({path: text.decode("utf-8", "replace") for path, text in contents.items()})


def _own_files(files: Files) -> dict[str, str]:
    """Keep what belongs to a plan, its side tables too, but for the mark of a trial."""
    return {
        path: text
        for path, text in files.items()
        if is_schedule_file(path) or (path in SIDE_FILES and path != TRIAL_FILE)
    }


def _require_tree(files: Mapping[str, bytes]) -> ScheduleTree:
    reading = read_schedule(files)
    if reading.tree is None:
        raise InvalidSchedule("schedule_invalid", reading.problems)
    return reading.tree
