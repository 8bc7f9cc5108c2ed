"""The working folder: undo gives the same bytes back, and nobody else's writing is lost."""

import os
from datetime import date, time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fsmobile.core.ids import PlaceId
from fsmobile.core.overrides import OverrideAction, OverrideReason, WholeDay
from fsmobile.core.planned_passages import PlannedPassage, PlannedStatus
from fsmobile.core.reach import Reach
from fsmobile.core.spans import DateSpan, TimeSpan
from fsmobile.errors import ChangedMeanwhile, InvalidInput
from fsmobile.usecases.planning import (
    Planning,
    apply_edit,
    end_edits,
    look_again,
    open_planning,
    redo_edit,
    undo_edit,
)
from fsmobile.usecases.planning_acts import (
    Telling,
    cancel_day,
    change_passage,
    close_service,
    restore_passage,
    wish,
)
from fsmobile.usecases.planning_versions import (
    Texts,
)
from tests.usecases.planning_samples import (
    FIRST,
    a_coordinator_laptop,
    a_planning,
    folder_bytes,
    passage,
    passages,
)

LAPTOP = a_coordinator_laptop()
TELLING = Telling(reason=OverrideReason.WEATHER, notice="Neige.", published_on=date(2026, 11, 22))
WINDOW = (date(2026, 11, 1), date(2027, 2, 28))


def cancel(planning: Planning, day: str, stop: str) -> Texts:
    found = passage(planning, day, stop)
    wished = wish(found, OverrideAction.CANCEL, TELLING)
    return change_passage(planning.sheets, found, wished, Reach.ONCE)


@pytest.fixture
def planning(tmp_path: Path) -> Planning:
    return a_planning(tmp_path / "creuse")


def test_undo_and_redo_give_the_same_bytes_back(planning: Planning) -> None:
    before = folder_bytes(planning.path)
    apply_edit(planning, "annulé", cancel(planning, "2026-12-08", "dun"))
    apply_edit(planning, "annulé", cancel(planning, "2026-12-10", "souterraine"))
    after = folder_bytes(planning.path)
    assert undo_edit(planning) is not None
    assert undo_edit(planning) is not None
    assert undo_edit(planning) is None
    assert folder_bytes(planning.path) == before
    assert redo_edit(planning) is not None
    assert redo_edit(planning) is not None
    assert redo_edit(planning) is None
    assert folder_bytes(planning.path) == after


def test_what_can_be_undone_outlives_the_program(planning: Planning) -> None:
    before = folder_bytes(planning.path)
    apply_edit(planning, "annulé", cancel(planning, "2026-12-08", "dun"))
    again = open_planning(planning.desk, planning.path)
    assert [edit.label for edit in again.done] == ["annulé"]
    undo_edit(again)
    assert folder_bytes(planning.path) == before
    assert open_planning(planning.desk, planning.path).undone[0].label == "annulé"


def test_a_new_edit_ends_what_could_be_redone(planning: Planning) -> None:
    apply_edit(planning, "un", cancel(planning, "2026-12-08", "dun"))
    undo_edit(planning)
    apply_edit(planning, "deux", cancel(planning, "2026-12-10", "souterraine"))
    assert redo_edit(planning) is None


def test_nothing_can_be_undone_once_it_is_published(planning: Planning) -> None:
    apply_edit(planning, "un", cancel(planning, "2026-12-08", "dun"))
    end_edits(planning)
    assert undo_edit(planning) is None


def test_an_edit_that_changes_nothing_is_refused(planning: Planning) -> None:
    with pytest.raises(InvalidInput, match="nothing_changes"):
        apply_edit(planning, "rien", {FIRST: planning.files[FIRST]})


def test_what_a_person_writes_is_noticed_and_read(planning: Planning) -> None:
    assert look_again(planning) == []
    path = planning.path / FIRST
    path.write_text(path.read_text().replace('"09:30-12:00"', '"09:30-12:15"', 1))
    assert look_again(planning) == [FIRST]
    assert passage(planning, "2026-12-08", "dun").ends == time(12, 15)
    assert look_again(planning) == []


def test_an_edit_never_goes_over_what_a_person_wrote(planning: Planning) -> None:
    found = passage(planning, "2026-12-08", "dun")
    wished = replace(wish(found, OverrideAction.PLACE, Telling()), place_id=PlaceId("dun-salle"))
    texts = change_passage(planning.sheets, found, wished, Reach.ALWAYS)
    path = planning.path / FIRST
    path.write_text(path.read_text() + "# à voir avec la mairie\n")
    before = folder_bytes(planning.path)
    with pytest.raises(ChangedMeanwhile):
        apply_edit(planning, "lieu", texts)
    assert folder_bytes(planning.path) == before


def test_undo_never_goes_over_what_a_person_wrote(planning: Planning) -> None:
    (name,) = texts = cancel(planning, "2026-12-08", "dun")
    apply_edit(planning, "annulé", texts)
    path = planning.path / name
    path.write_text(path.read_text().replace("Neige.", "Neige : reporté."))
    before = folder_bytes(planning.path)
    for _ in range(2):
        with pytest.raises(ChangedMeanwhile):
            undo_edit(planning)
        assert folder_bytes(planning.path) == before
        look_again(planning)
    assert len(planning.done) == 1


def test_a_change_by_hand_elsewhere_does_not_stop_an_undo(planning: Planning) -> None:
    apply_edit(planning, "annulé", cancel(planning, "2026-12-08", "dun"))
    note = planning.path / "tournees" / "nord" / "2027-01-04.toml"
    note.write_text(note.read_text() + "# à relire\n")
    assert undo_edit(planning) is not None
    assert look_again(planning) == ["tournees/nord/2027-01-04.toml"]
    assert note.read_text().endswith("# à relire\n")


def test_a_file_with_a_fault_is_not_touched(planning: Planning) -> None:
    path = planning.path / "calendriers" / "fermetures.toml"
    path.write_text("format = fermetures\n")
    look_again(planning)
    days = DateSpan(first=date(2026, 12, 28), last=date(2026, 12, 31))
    with pytest.raises(InvalidInput, match="file_to_mend_first"):
        close_service(planning.sheets, days, "", "")


def test_a_file_half_written_is_never_seen(planning: Planning, monkeypatch) -> None:
    before = folder_bytes(planning.path)
    texts = cancel(planning, "2026-12-08", "dun")

    def fail(*_names: object) -> None:
        raise OSError("disque plein")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disque plein"):
        apply_edit(planning, "annulé", texts)
    seen = {
        name: text for name, text in folder_bytes(planning.path).items() if "partial" not in name
    }
    assert seen == before
    assert planning.done == []


def _places(planning: Planning) -> list[PlaceId]:
    return sorted(planning.tree.places)


@st.composite
def acts(draw: st.DrawFn) -> tuple[int, str, int, int]:
    """Draw a passage, what is done to it, how far, and with what."""
    kinds = ("cancel", "move", "place", "hours", "crew", "day", "restore")
    return (
        draw(st.integers(0, 60)),
        draw(st.sampled_from(kinds)),
        draw(st.integers(0, 2)),
        draw(st.integers(0, 20)),
    )


def _act(planning: Planning, drawn: tuple[int, str, int, int]) -> tuple[Texts, PlannedPassage]:
    number, kind, reach_number, with_what = drawn
    found = passages(planning.tree, *WINDOW)
    one = found[number % len(found)]
    reach = list(Reach)[reach_number]
    if kind == "day":
        return cancel_day(planning.sheets, one, WholeDay.DAY, TELLING), one
    if kind == "restore":
        return restore_passage(planning.sheets, one), one
    places = _places(planning)
    hours = TimeSpan(starts=time(8 + with_what % 4), ends=time(14 + with_what % 4))
    day = date.fromordinal(one.original_date.toordinal() + with_what % 5 - 2)
    wished = {
        "cancel": wish(one, OverrideAction.CANCEL, TELLING),
        "move": replace(wish(one, OverrideAction.MOVE, TELLING), moved_to=day),
        "place": replace(
            wish(one, OverrideAction.PLACE, TELLING), place_id=places[with_what % len(places)]
        ),
        "hours": replace(wish(one, OverrideAction.HOURS, TELLING), spans=(hours,)),
        "crew": replace(wish(one, OverrideAction.CREW, TELLING), crew=("agent-b", "agent-c")),
    }[kind]
    return change_passage(planning.sheets, one, wished, reach), one


@given(st.lists(acts(), min_size=1, max_size=5))
def test_any_acts_are_read_back_and_undone_to_the_byte(
    drawn: list[tuple[int, str, int, int]],
) -> None:
    with TemporaryDirectory() as folder:
        planning = a_planning(Path(folder) / "creuse", LAPTOP)
        end_edits(planning)
        states = [folder_bytes(planning.path)]
        for one in drawn:
            try:
                texts, found = _act(planning, one)
                apply_edit(planning, one[1], texts)
            except InvalidInput:
                continue  # refused in words: nothing was written
            assert folder_bytes(planning.path) == planning.contents
            states.append(folder_bytes(planning.path))
            _check_effect(planning, one, found)
        for state in reversed(states[:-1]):
            undo_edit(planning)
            assert folder_bytes(planning.path) == state
        for state in states[1:]:
            redo_edit(planning)
            assert folder_bytes(planning.path) == state


def _check_effect(
    planning: Planning, drawn: tuple[int, str, int, int], found: PlannedPassage
) -> None:
    """Check that the passage is what was asked for, in the agenda read back."""
    after = {
        (one.passage_id, one.span): one
        for one in passages(planning.tree, date(2026, 10, 1), date(2027, 3, 31))
    }.get((found.passage_id, found.span))
    match drawn[1]:
        case "cancel" if list(Reach)[drawn[2]] is Reach.ONCE:
            assert after is None or after.status is PlannedStatus.CANCELLED
        case "cancel":
            assert after is None or after.is_cancelled or after.run_id != found.run_id
        case "crew" if after is not None and not found.is_cancelled:
            assert after.crew == ("agent-b", "agent-c")
        case "place" if after is not None and not found.is_cancelled:
            places = _places(planning)
            is_ruled = list(Reach)[drawn[2]] is not Reach.ONCE
            assert after.place_id == places[drawn[3] % len(places)] or is_ruled
