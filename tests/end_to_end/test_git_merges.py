"""Two coordinators and a real git: what is disjoint is merged, what is not is marked and said."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fsmobile.formats.schedule_toml import read_schedule

EXAMPLE = Path(__file__).parents[1] / "validation/exemple-creuse"
NORTH = "bus/tournees/nord/2026-09-01.toml"

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="no git here")


class Repository:
    """A repository with one schedule, and the driver installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ, "HOME": str(folder), "FSMOBILE_HOME": str(folder / ".home"),
            "GIT_CONFIG_NOSYSTEM": "1", "PYTHONWARNINGS": "default",
            "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
        }  # fmt: skip

    def git(self, *arguments: str, expected: int = 0) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=self.environment, capture_output=True,
            encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == expected, done.stdout + done.stderr
        return done.stdout + done.stderr

    def fsmobile(self, *arguments: str, expected: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "fsmobile", *arguments], cwd=self.folder,
            env=self.environment, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == expected, done.stdout + done.stderr
        return done.stdout + done.stderr

    def edit(self, branch: str, path: str, old: str, new: str) -> None:
        """Make one edit on a branch of its own, from the first commit."""
        known = branch in self.git("branch", "--list", branch)
        self.git("checkout", "-q", *([branch] if known else ["-b", branch, "start"]))
        text = (self.folder / path).read_text(encoding="utf-8")
        assert old in text
        (self.folder / path).write_text(text.replace(old, new, 1), encoding="utf-8")
        self.git("commit", "-qam", "edit")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "depot")
    shutil.copytree(EXAMPLE, made.folder / "bus")
    made.git("init", "-q", "-b", "main")
    made.fsmobile("schedule", "git-setup", "bus")
    made.git("add", "-A", "bus")
    made.git("commit", "-qm", "start")
    made.git("branch", "start")
    return made


def test_disjoint_edits_of_one_table_are_merged_with_their_comments(repository: Repository) -> None:
    # Lines that touch each other: git alone takes them for a conflict.
    here, there = 'ouvert = "09:15-12:00"', "trajet = 15 "
    repository.edit("ici", NORTH, here, 'ouvert = "09:30-12:00"')
    repository.edit("ailleurs", NORTH, there, "trajet = 20 ")
    repository.git("checkout", "-q", "ici")
    said = repository.git("merge", "ailleurs", "-m", "both")
    text = (repository.folder / NORTH).read_text(encoding="utf-8")
    assert 'ouvert = "09:30-12:00"\ntrajet = 20 ' in text
    assert "minutes depuis le point précédent" in text
    assert "weekly_hours_below_label" in said, "the merged schedule is checked"
    assert repository.git("status", "--porcelain").strip() in ("", "?? .home/")


def test_the_same_edit_without_the_driver_is_a_conflict(repository: Repository) -> None:
    repository.edit("ici", NORTH, 'ouvert = "09:15-12:00"', 'ouvert = "09:30-12:00"')
    repository.edit("ailleurs", NORTH, "trajet = 15 ", "trajet = 20 ")
    repository.git("config", "--remove-section", "merge.tournees")
    repository.git("checkout", "-q", "ici")
    repository.git("merge", "ailleurs", "-m", "both", expected=1)


def test_two_values_of_one_key_are_marked_and_said_in_a_sentence(repository: Repository) -> None:
    old = 'ouvert = "09:15-12:00"'
    repository.edit("ici", NORTH, old, 'ouvert = "09:30-12:00"')
    repository.edit("ailleurs", NORTH, old, 'ouvert = "09:15-11:30"')
    repository.edit("ailleurs", NORTH, 'retour = "16:45"', 'retour = "17:00"')
    repository.git("checkout", "-q", "ici")
    said = repository.git("merge", "ailleurs", expected=1)
    assert "sorties.lundi.arrets.saint-vaury.ouvert" in said
    assert '"09:30-12:00" ici, "09:15-11:30" ailleurs (avant : "09:15-12:00")' in said
    text = (repository.folder / NORTH).read_text(encoding="utf-8")
    marked = text[text.index("<<<<<<<") : text.index(">>>>>>>")]
    assert marked.splitlines() == [
        "<<<<<<< ici", 'ouvert = "09:30-12:00"', "=======", 'ouvert = "09:15-11:30"'
    ]  # fmt: skip
    assert 'retour = "17:00"' in text, "what is not contested is merged all the same"
    files = {"tournees/nord/2026-09-01.toml": text}
    assert "merge_markers_left" in {one.code for one in read_schedule(files).problems}


def test_one_exception_written_on_both_sides_is_merged_key_by_key(repository: Repository) -> None:
    path = "bus/surcharges/2027/2027-02-02-nord-dun.toml"
    cancelled = 'format = "surcharge/1"\naction = "annule"\n'
    for branch, more in (("ici", 'motif = "panne"\n'), ("ailleurs", 'avis = "Pas de bus."\n')):
        repository.git("checkout", "-q", "-b", branch, "start")
        (repository.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (repository.folder / path).write_text(cancelled + more, encoding="utf-8")
        repository.git("add", path)
        repository.git("commit", "-qm", "cancel")
    repository.git("merge", "ici", "-m", "both")
    text = (repository.folder / path).read_text(encoding="utf-8")
    assert 'motif = "panne"' in text
    assert 'avis = "Pas de bus."' in text


def test_installing_twice_changes_nothing_and_a_hook_of_others_is_left(
    repository: Repository, tmp_path: Path
) -> None:
    attributes = (repository.folder / "bus/.gitattributes").read_text(encoding="utf-8")
    repository.fsmobile("schedule", "git-setup", "bus")
    assert (repository.folder / "bus/.gitattributes").read_text(encoding="utf-8") == attributes
    hook = repository.folder / ".git/hooks/post-merge"
    hook.write_text("#!/bin/sh\necho mine\n", encoding="utf-8")
    assert "post-merge" in repository.fsmobile("schedule", "git-setup", "bus")
    assert hook.read_text(encoding="utf-8") == "#!/bin/sh\necho mine\n"
    outside = tmp_path / "ailleurs"
    outside.mkdir()
    refused = repository.fsmobile("schedule", "git-setup", str(outside), expected=3)
    assert "git init" in refused
