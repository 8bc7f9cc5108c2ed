"""Suites: promised in three keys, an hour given in three, taken up anywhere, undone by one."""

import re
from datetime import date

import pytest
from msgspec.structs import replace

from fsmobile.core.appointments import Presence
from fsmobile.core.follow_ups import Usefulness
from fsmobile.core.ids import FollowUpId
from fsmobile.core.visits import Outcome
from fsmobile.store import promises
from fsmobile.tui.views.follow_ups import FollowUpView, PromiseRow, follow_up_lines
from fsmobile.usecases.appointments import book_appointment, list_appointments
from fsmobile.usecases.follow_ups import list_open
from fsmobile.usecases.visits import record_visit
from tests.tui.day_samples import a_day, a_shell, press, shown
from tests.worlds import a_visit

TODAY = date(2026, 11, 26)
VISIT = "a n c a f enter p enter"
"""At the first stop, a visit for which papers are missing."""


def test_a_promise_at_the_next_passage_takes_three_keys() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, VISIT)
    assert "s promettre la suite" in shown(shell)
    assert press(shell, "s 1 1") == 3
    (promised,) = list_open(laptop.desk).lines
    follow_up = promised.state.follow_up
    assert (follow_up.task, follow_up.place_id) == ("apporter les pièces", "luxe")
    assert follow_up.visit_id is not None
    assert follow_up.operator == "caf"
    assert "À faire ici · 1" in shown(shell)
    press(shell, "right")
    assert "À faire ici" not in shown(shell)
    press(shell, "u")
    assert list_open(laptop.desk).lines == ()
    assert "rien n'est promis" in shown(shell)


def test_an_appointment_on_a_coming_passage_takes_three_keys() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, VISIT)
    assert press(shell, "v 1 2 1") <= 8
    (line,) = list_appointments(laptop.desk)
    assert line.state.appointment.starts.isoformat("minutes") == "10:00"
    press(shell, "2")
    assert "RDV" in shown(shell)
    press(shell, "p 1")
    assert (
        promises.load_appointment(laptop.replica, line.state.appointment_id).presence
        is Presence.SEEN
    )
    assert "0 à tenir" in shown(shell)
    press(shell, "u")
    assert "1 à tenir" in shown(shell)


@pytest.mark.parametrize(
    ("keys", "said", "left"),
    [
        ("f 1", "Suite close", 0),
        ("f 4", "Suite close", 0),
        ("r 2", "Reporté au ven. 11 déc.", 1),
    ],
)
def test_a_follow_up_is_finished_given_up_or_postponed(keys: str, said: str, left: int) -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, f"{VISIT} s 2 1 2 {keys}")
    assert said in shown(shell)
    assert len(list_open(laptop.desk).lines) == left


def test_a_step_is_written_and_a_number_that_names_a_person_is_refused() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, f"{VISIT} s 2 1 2 e")
    assert not shell.end_note("1 84 12 76 451 089 46")
    assert shell.end_note("caisse appelée")
    assert "caisse appelée" in shown(shell)
    assert list_open(laptop.desk).lines[0].state.steps[0].text == "caisse appelée"


def test_a_key_of_the_other_sort_of_line_says_why_it_does_nothing() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, VISIT + " s 1 1 2 p")
    assert "Cette ligne est une suite" in shown(shell)
    press(shell, "enter")
    assert "détail de la ligne" in shown(shell)
    shell, _terminal = a_shell(a_day())
    press(shell, VISIT + " v 1 2 1 2 r")
    assert "Cette ligne est un rendez-vous" in shown(shell)


def test_the_chosen_line_has_a_sign_and_not_only_a_colour() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, VISIT + " s 1 1 s 2 2 2")
    rows = [row for row in shown(shell).splitlines() if "suite " in row]
    assert [row.startswith(" ▶ ") for row in rows] == [True, False]
    press(shell, "down")
    rows = [row for row in shown(shell).splitlines() if "suite " in row]
    assert [row.startswith(" ▶ ") for row in rows] == [False, True]


def test_of_several_unsettled_enquiries_one_key_says_which_is_promised() -> None:
    laptop = a_day()
    (settled,) = a_visit().enquiries
    asked = [
        replace(settled, procedure=procedure, outcome=outcome)
        for procedure, outcome in (
            ("retraite-dossier", Outcome.RESOLVED),
            ("caf-rsa", Outcome.AWAITING_DOCUMENTS),
            ("caf-aide-logement", Outcome.TO_FOLLOW_UP),
        )
    ]
    record_visit(laptop.desk, a_visit(enquiries=tuple(asked)))
    shell, _terminal = a_shell(laptop)
    press(shell, "s")
    assert "Pour quelle demande ?" in shown(shell)
    press(shell, "2 1 1")
    (promised,) = list_open(laptop.desk).lines
    assert promised.state.follow_up.procedure == "caf-aide-logement"
    press(shell, "v 1 1 2 1")
    (booked,) = list_appointments(laptop.desk)
    assert booked.state.appointment.procedure == "caf-rsa"


def test_what_is_promised_is_found_at_any_stop_and_the_empty_screen_says_how() -> None:
    shell, _terminal = a_shell()
    press(shell, "2")
    assert "Rien n'est promis à personne." in shown(shell)
    press(shell, f"1 {VISIT} s 1 1 a right a 2")
    assert "apporter les pièces" in shown(shell)
    assert "Luxé" in shown(shell)


def test_an_hour_given_twice_is_said_to_the_person_who_looks() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, f"{VISIT} v 1 1 1")
    (line,) = list_appointments(laptop.desk)
    book_appointment(laptop.desk, line.state.appointment)
    press(shell, "2 down")
    assert "donnée deux fois" in shown(shell)


def test_the_next_passage_is_offered_with_its_day() -> None:
    shell, _terminal = a_shell()
    press(shell, f"{VISIT} s 1")
    row = next(one for one in shown(shell).splitlines() if "au prochain passage ici" in one)
    assert "jeu. 3 déc." in row


def test_who_cannot_come_alone_is_said_on_the_appointment() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, f"{VISIT} v 1 1 2")
    assert list_appointments(laptop.desk)[0].state.appointment.needs_transport
    assert "besoin de transport" in shown(shell)


def test_a_referral_is_followed_to_its_end_and_chased_in_between() -> None:
    laptop = a_day()
    shell, _terminal = a_shell(laptop)
    press(shell, "a n c a f enter o 1 2 n")
    shell.end_note("A+ 17")
    press(shell, "enter s 3 1 2")
    assert "orientée : France Titres · Administration+ · A+ 17" in shown(shell)
    laptop.replica.clock.ms += 5 * 86_400_000
    press(shell, "f5")
    assert "3 jours ouvrés sans nouvelles" in shown(shell)
    laptop.replica.clock.ms += 18 * 86_400_000
    press(shell, "f5")
    assert "15 jours ouvrés sans nouvelles" in shown(shell)
    opened = list_open(laptop.desk).lines[0].state.follow_up_id
    press(shell, "f 3")
    assert list_open(laptop.desk).lines == ()
    state = promises.load_follow_up(laptop.replica, opened)
    assert (state.is_done, state.usefulness) == (True, Usefulness.NO)


def test_a_name_is_kept_with_consent_hidden_and_shown_by_one_key() -> None:
    laptop = a_day()
    laptop.desk.keeps_names = True
    shell, _terminal = a_shell(laptop)
    press(shell, f"{VISIT} s 1 1 2 c")
    assert "Nous gardons votre nom" in shown(shell)
    press(shell, "2")
    assert not shell.end_note("Mme Lucas, 1 84 12 76 451 089 46")
    assert shell.end_note("Mme Lucas, 06 12 34 56 78")
    assert "Lucas" not in shown(shell)
    assert "•••" in shown(shell)
    press(shell, "*")
    assert "Mme Lucas · 06 12 34 56 78" in shown(shell)
    assert "le nom s'efface le 24 février 2027" in shown(shell)
    named = list_open(laptop.desk).lines[0].state.named
    assert named is not None
    assert (named.consent_text, named.consented_on) == ("suite-1", laptop.desk.today())
    press(shell, "1")
    assert "suite Mme Lucas · apporter" in shown(shell)
    press(shell, "*")
    assert "Lucas" not in shown(shell)


def test_without_consent_or_encryption_no_name_is_kept_and_it_is_said() -> None:
    laptop = a_day()
    shell, terminal = a_shell(laptop)
    press(shell, f"{VISIT} s 1 1 2 c")
    assert "ne sont pas chiffrées" in shown(shell, 160)
    laptop.desk.keeps_names = True
    press(shell, "c 5")
    assert "La suite reste sans nom" in shown(shell)
    assert terminal.notes == []
    assert list_open(laptop.desk).lines[0].state.named is None


def test_an_hour_stands_apart_from_what_it_is_the_hour_of() -> None:
    shell, _terminal = a_shell(a_day())
    press(shell, f"{VISIT} v 2 2 1 2")
    assert re.search(r"\d\d:\d\d +RDV", shown(shell))
    assert not re.search(r"\dRDV", shown(shell))


def test_the_field_of_a_name_asks_for_a_name() -> None:
    laptop = a_day()
    laptop.desk.keeps_names = True
    shell, _terminal = a_shell(laptop)
    press(shell, f"{VISIT} s 1 1 2 c 1")
    assert shell.note.is_open
    assert "Son nom" in shell.note.prompt
    assert "Garder le nom" in shown(shell)
    shell.end_note(None)
    press(shell, "e")
    assert "Note" in shell.note.prompt
    assert "Garder la note" in shown(shell)


def test_a_short_name_of_a_place_leaves_its_room_to_what_is_promised() -> None:
    def row_with(place: str) -> str:
        promise = PromiseRow(
            id=FollowUpId("0"), is_appointment=False, due=TODAY, place=place,
            task="rappeler la personne demain matin",
        )  # fmt: skip
        return follow_up_lines(FollowUpView(today=TODAY, rows=(promise,)), 80, 20)[1].text

    assert "rappeler la personne demain matin " in row_with("Luxé")
    assert "…" in row_with("Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson")
