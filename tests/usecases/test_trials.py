"""Trials: side by side, compared, one kept, one handed over, none published by accident."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fsmobile.errors import InvalidInput, NotAllowed, NotFound
from fsmobile.usecases.planning import Planning, apply_edit, open_planning, undo_edit
from fsmobile.usecases.schedule_publishing import publish_schedule
from fsmobile.usecases.trials import (
    compare_trial,
    delete_trial,
    hand_over_trial,
    keep_trial,
    list_trials,
    new_trial,
    open_trial,
    receive_trial,
)
from tests.usecases.coordinators import an_office
from tests.usecases.planning_samples import FIRST, SECOND, a_planning, folder_bytes


@pytest.fixture
def planning(tmp_path: Path) -> Planning:
    return a_planning(tmp_path / "creuse")


def rewrite(planning: Planning, before: str, after: str, path: str = FIRST) -> None:
    """Change one text of a file, in both versions when it is the rule."""
    text = planning.files[path]
    assert before in text
    apply_edit(planning, "essai", {path: text.replace(before, after)})


def test_a_trial_is_edited_like_a_plan_and_the_plan_does_not_move(planning: Planning) -> None:
    before = planning.files
    new_trial(planning, "plus-tot", "ouvrir plus tôt à Dun")
    tried = open_trial(planning, "plus-tot")
    rewrite(tried, 'ouvert = "09:30-12:00"', 'ouvert = "09:00-12:00"')
    assert planning.files == before
    assert list(planning.path.glob("*.toml")) == [
        path for path in planning.path.glob("*.toml") if path.name != "essai.toml"
    ]
    (found,) = list_trials(planning.path)
    assert (found.name, found.head.note) == ("plus-tot", "ouvrir plus tôt à Dun")
    assert list_trials(tried.path) == [found]


def test_several_stand_side_by_side_and_each_is_compared(planning: Planning) -> None:
    for name in ("sans-mercredi", "comme-avant"):
        new_trial(planning, name)
    tried = open_trial(planning, "sans-mercredi")
    for path in (FIRST, SECOND):
        text = tried.files[path]
        start, end = text.index("[sorties.mercredi]"), text.index("[sorties.jeudi]")
        apply_edit(tried, "mercredi", {path: text[:start] + text[end:]})
    found = compare_trial(planning, "sans-mercredi")
    (village,) = found.villages
    assert village.village.name == "Jarnages"
    assert (village.after, village.before > 20) == (0, True)
    gone = found.published.passages - found.tried.passages
    assert gone == village.before == found.published.passages_by_village["23100"]
    assert found.published.open_minutes - found.tried.open_minutes == gone * 150
    # Guéret to Jarnages and back, 25 minutes each way as the file says.
    assert found.published.driving_minutes - found.tried.driving_minutes == gone * 50
    assert found.published.kilometres > found.tried.kilometres
    assert found.published.coverage.bands[1].about > found.tried.coverage.bands[1].about
    lost = {
        agent: minutes - found.tried.crew_minutes[agent]
        for agent, minutes in found.published.crew_minutes.items()
    }
    assert lost == {"agent-a": gone * 240, "agent-b": gone * 240}
    same = compare_trial(planning, "comme-avant")
    assert same.villages == ()
    assert same.tried == same.published


def test_a_trial_is_compared_with_what_is_published_once_something_is(tmp_path: Path) -> None:
    nadia = an_office(tmp_path).nadia
    planning = open_planning(nadia.laptop.desk, nadia.folder)
    rewrite(planning, 'ouvert = "09:15-12:15"', 'ouvert = "09:00-12:15"')
    new_trial(planning, "essai")
    found = compare_trial(planning, "essai")
    # The folder has changed as the trial has; what is published has not.
    assert found.is_published
    assert found.tried.open_minutes > found.published.open_minutes


def test_a_trial_that_is_kept_is_one_edit_with_what_others_changed_since(
    planning: Planning,
) -> None:
    new_trial(planning, "plus-tot")
    tried = open_trial(planning, "plus-tot")
    rewrite(tried, 'ouvert = "09:15-12:15"', 'ouvert = "09:00-12:15"')
    rewrite(planning, 'depart = "08:50"', 'depart = "08:45"')
    edit = keep_trial(planning, "plus-tot")
    assert set(edit.after) == {FIRST}
    assert 'ouvert = "09:00-12:15"' in planning.files[FIRST]
    assert 'depart = "08:45"' in planning.files[FIRST]
    assert "essai.toml" not in planning.files
    undo_edit(planning)
    assert 'ouvert = "09:00-12:15"' not in planning.files[FIRST]
    assert [one.name for one in list_trials(planning.path)] == ["plus-tot"]


def test_two_changes_of_one_thing_are_never_chosen_between(planning: Planning) -> None:
    new_trial(planning, "plus-tot")
    tried = open_trial(planning, "plus-tot")
    rewrite(tried, 'depart = "08:50"', 'depart = "08:40"')
    rewrite(planning, 'depart = "08:50"', 'depart = "08:45"')
    before = planning.files
    with pytest.raises(InvalidInput, match="trial_conflicts") as refused:
        keep_trial(planning, "plus-tot")
    assert "sorties.lundi.depart" in str(refused.value.params["value"])
    assert planning.files == before


def test_no_trial_is_ever_published(planning: Planning) -> None:
    trial = new_trial(planning, "plus-tot")
    with pytest.raises(NotAllowed, match="trial_never_published"):
        publish_schedule(planning.desk, trial.path, "")
    assert not [path for path in planning.unpublished if "essai" in path]


def test_a_trial_is_handed_over_and_received_as_it_was(planning: Planning, tmp_path: Path) -> None:
    new_trial(planning, "plus-tot", "à relire")
    tried = open_trial(planning, "plus-tot")
    rewrite(tried, 'ouvert = "09:15-12:15"', 'ouvert = "09:00-12:15"')
    content = hand_over_trial(planning, "plus-tot")
    colleague = a_planning(tmp_path / "collegue")
    received = receive_trial(colleague, content)
    assert folder_bytes(received.path) == folder_bytes(tried.path)
    assert keep_trial(colleague, "plus-tot").after
    with pytest.raises(InvalidInput, match="trial_exists"):
        receive_trial(colleague, content)
    assert receive_trial(colleague, content, "autre").name == "autre"


@pytest.mark.parametrize(
    "change",
    [
        {"format": "essai-confie/2"},
        {"files": {"../../evil.toml": "x"}},
        {"files": {"notes.txt": "x"}},
        {"base": {"/etc/passwd": "x"}},
        {"files": ["x"]},
    ],
)
def test_what_is_no_handed_trial_is_refused(planning: Planning, change: dict[str, object]) -> None:
    new_trial(planning, "plus-tot")
    handed = json.loads(hand_over_trial(planning, "plus-tot"))
    with pytest.raises(InvalidInput, match="trial_file_unreadable"):
        receive_trial(planning, json.dumps(handed | change).encode(), "autre")
    other = json.dumps(handed | {"agency": "fsi-ailleurs"}).encode()
    with pytest.raises(InvalidInput, match="trial_of_another_agency"):
        receive_trial(planning, other, "autre")
    assert [one.name for one in list_trials(planning.path)] == ["plus-tot"]


def test_names_are_slugs_taken_once_and_a_deleted_trial_is_gone(planning: Planning) -> None:
    for name in ("Plus Tôt", "", "../x", ".caché"):
        with pytest.raises(InvalidInput, match="trial_name_malformed"):
            new_trial(planning, name)
    new_trial(planning, "plus-tot")
    with pytest.raises(InvalidInput, match="trial_exists"):
        new_trial(planning, "plus-tot")
    delete_trial(planning.path, "plus-tot")
    assert list_trials(planning.path) == []
    with pytest.raises(NotFound):
        delete_trial(planning.path, "plus-tot")
    assert new_trial(planning, "plus-tot").name == "plus-tot"


MAKER = """
import sys
from pathlib import Path
from tests.usecases.planning_samples import a_planning
from fsmobile.usecases.trials import delete_trial, new_trial
planning = a_planning(Path(sys.argv[1]))
print("prêt", flush=True)
while True:
    new_trial(planning, "essai")
    delete_trial(planning.path, "essai")
"""


def test_killed_at_any_moment_a_trial_is_whole_or_not_there(tmp_path: Path) -> None:
    folder = tmp_path / "creuse"
    planning = a_planning(folder)
    whole = None
    for attempt in range(6):
        maker = subprocess.Popen(
            [sys.executable, "-c", MAKER, str(folder)], stdout=subprocess.PIPE, text=True
        )
        assert maker.stdout is not None
        assert maker.stdout.readline() == "prêt\n"
        time.sleep(0.03 + 0.017 * attempt)
        maker.kill()
        maker.wait()
        maker.stdout.close()
        for one in list_trials(folder):
            found = folder_bytes(one.path)
            whole = whole or found
            assert found == whole
            delete_trial(folder, one.name)
    new_trial(planning, "essai")
    (last,) = list_trials(folder)
    assert len(folder_bytes(last.path)) == 2 * (len(folder_bytes(last.path / ".base"))) + 1
