"""Screen Suites after a passage changed: the booked person first, told in two or three keys."""

from datetime import timedelta

import pytest

from fsmobile.core.appointments import Appointment, Presence
from fsmobile.core.ids import PlaceId
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.tui.shell import Shell
from fsmobile.usecases.appointments import (
    book_appointment,
    coming_passages,
    list_appointments,
    list_to_tell,
)
from tests.tui.day_samples import TREE, a_day, a_shell, press, shown

HEAD = 'format = "surcharge/1"\n'


@pytest.fixture
def shell() -> Shell:
    """Two people are expected at Luxé, at its next two passages."""
    laptop = a_day()
    passages = coming_passages(laptop.desk, place_id=PlaceId("luxe"))
    for one in [one for one in passages if not one.span][:2]:
        assert one.starts is not None
        book_appointment(
            laptop.desk, Appointment(passage_id=one.passage_id, starts=one.starts, minutes=30)
        )
    return a_shell(laptop)[0]


def change_last(shell: Shell, text: str) -> None:
    """Publish an exception for the passage of the second person; {next} is the day after it."""
    line = list_appointments(shell.desk)[-1]
    _agency, tour, stop, day = line.state.appointment.passage_id.split("/")
    passage = next(
        one
        for one in coming_passages(shell.desk)
        if one.passage_id == line.state.appointment.passage_id
    )
    content = HEAD + text.format(next=passage.original_date + timedelta(days=1))
    files = {**TREE, f"surcharges/{day[:4]}/{day}-{tour}-{stop}.toml": content}
    shell.desk.tree = read_schedule(files).tree
    press(shell, "1 2")


def test_the_person_of_a_cancelled_passage_comes_first_with_the_next_dates(shell: Shell) -> None:
    change_last(shell, 'action = "annule"\nmotif = "panne"\n')
    text = shown(shell).replace("\N{NO-BREAK SPACE}", " ")
    assert "passage annulé : prévenir" in text
    assert text.index("passage annulé") < text.index("RDV", text.index("passage annulé") + 1)
    assert "prochains passages ici : " in text
    press(shell, "i")
    assert "prévenue, et reportée au" in shown(shell)
    assert "prévenue : " not in shown(shell)


def test_another_real_passage_is_given_in_three_keys(shell: Shell) -> None:
    change_last(shell, 'action = "annule"\nmotif = "panne"\n')
    assert press(shell, "i 1 2") == 3
    assert "Rendez-vous reporté au" in shell.message.text
    assert list_to_tell(shell.desk) == []
    press(shell, "u")
    assert "passage annulé" in shown(shell)


def test_an_appointment_is_called_off_in_two_keys(shell: Shell) -> None:
    change_last(shell, 'action = "annule"\nmotif = "panne"\n')
    press(shell, "i 4")
    states = {line.state.presence for line in list_appointments(shell.desk)}
    assert states == {Presence.UNKNOWN, Presence.REVOKED}
    assert list_to_tell(shell.desk) == []


def test_a_moved_passage_is_told_in_two_keys_and_the_row_has_its_new_day(shell: Shell) -> None:
    change_last(shell, 'action = "deplace"\nvers = {next}\n')
    assert "déplacé du" in shown(shell)
    press(shell, "i 1")
    assert "Personne prévenue" in shell.message.text
    assert "déplacé du" not in shown(shell)
    press(shell, "u")
    assert "déplacé du" in shown(shell)


def test_nothing_is_asked_about_an_appointment_that_holds(shell: Shell) -> None:
    press(shell, "2 i")
    assert "Rien n'a changé" in shell.message.text
