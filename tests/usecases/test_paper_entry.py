"""A sheet kept by hand, typed in: short lines, the sheet's own day, flagged, none lost."""

import re
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.core.ids import PassageId
from fsmobile.core.visits import AgeBand, FirstContact, Outcome, check_visit
from fsmobile.errors import InvalidInput
from fsmobile.usecases.paper_entry import PaperSetting, read_paper_line
from fsmobile.usecases.papers import make_day_sheet
from fsmobile.usecases.visits import list_visits
from tests.tui.day_samples import a_day, a_shell, press, shown

DESK = a_day().desk
TODAY = DESK.today()
SETTING = PaperSetting(
    day=TODAY - timedelta(days=1),
    passage_id=PassageId("bus-charente/semaine-paire/luxe/2026-11-25"),
    insee_code="16196",
)


def test_an_hour_a_number_and_a_letter_are_a_whole_visit() -> None:
    visit = check_visit(read_paper_line(DESK, SETTING, "9h35 7r"))
    assert visit.starts.isoformat("minutes") == "09:35"
    assert (visit.service_date, visit.is_from_paper) == (SETTING.day, True)
    (enquiry,) = visit.enquiries
    assert (enquiry.procedure, enquiry.outcome) == ("retraite-dossier", Outcome.RESOLVED)
    assert visit.minutes == DESK.catalogue.procedures[enquiry.procedure].minutes


@pytest.mark.parametrize("hour", ["9:35", "9h35", "09h35", "935", "0935"])
def test_the_hour_is_read_as_people_write_it(hour: str) -> None:
    visit = read_paper_line(DESK, SETTING, f"{hour} 7 R")
    assert visit.starts.isoformat("minutes") == "09:35"


def test_everything_that_the_sheet_has_room_for_is_kept() -> None:
    visit = check_visit(read_paper_line(DESK, SETTING, "14:05 7r, 6 o 2 45 f a7"))
    assert [one.outcome for one in visit.enquiries] == [Outcome.RESOLVED, Outcome.REFERRED]
    assert visit.enquiries[1].referred_to == "caf"
    assert (visit.people, visit.minutes) == (2, 45)
    assert (visit.first_contact, visit.age_band) == (FirstContact.FIRST, AgeBand.FROM_70)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "paper_line_without_hour"),
        ("vers 9 heures", "paper_line_without_hour"),
        ("25h00 7r", "paper_line_without_hour"),
        ("9h35", "paper_line_without_procedure"),
        ("9h35 7", "paper_line_without_procedure"),
        ("9h35 999r", "paper_number_unknown"),
        ("9h35 7r Mme Lucas", "paper_word_unknown"),
        ("9h35 7r 1 10 12", "paper_word_unknown"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(text: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_paper_line(DESK, SETTING, text)
    assert caught.value.code == code


def test_a_sheet_of_tomorrow_is_refused() -> None:
    setting = PaperSetting(
        day=TODAY + timedelta(days=1), passage_id=SETTING.passage_id, insee_code=None
    )
    with pytest.raises(InvalidInput, match="paper_day_in_the_future"):
        read_paper_line(DESK, setting, "9h35 7r")


@given(st.text(max_size=60))
def test_no_line_is_anything_but_a_visit_or_a_refusal(text: str) -> None:
    with suppress(InvalidInput):
        assert read_paper_line(DESK, SETTING, text).is_from_paper


def test_the_numbers_printed_on_the_sheet_are_those_that_are_read_back() -> None:
    printed = re.findall(r"<li><b>(\d+)</b> ([^<]+)</li>", make_day_sheet(DESK, TODAY))
    assert len(printed) == 45
    for number, name in printed[:5]:
        (enquiry,) = read_paper_line(DESK, SETTING, f"900 {number}r").enquiries
        assert DESK.catalogue.procedures[enquiry.procedure].label.startswith(name[:5])


def test_on_the_screens_a_line_is_a_visit_and_the_next_line_waits() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "w")
    assert "Feuille de quel passage ?" in shown(shell)
    press(shell, "1 9 3 5 z")
    assert "Il manque le numéro" in shown(shell)
    press(shell, "enter backspace")
    for key in " 7r":
        shell.press(key)
    assert "Retraite · dossier · résolu" in shown(shell)
    press(shell, "enter 1 0 : 0 5 6 p enter")
    assert "2 visites saisies d'après cette feuille" in shown(shell)
    press(shell, "escape")
    visits = [row.state.visit for row in list_visits(laptop.desk)]
    assert [one.is_from_paper for one in visits] == [True, True]
    assert {one.starts.isoformat("minutes") for one in visits} == {"09:35", "10:05"}
    assert "saisie d'après papier" in shown(shell)
