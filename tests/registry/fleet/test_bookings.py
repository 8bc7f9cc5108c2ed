"""A town hall books on the next real passage: facts that the bus receives, no name, one commune."""

import re
from html import unescape
from pathlib import Path

import pytest
from fleet_worlds import (
    PASSPHRASE,
    Browser,
    a_browser,
    a_fleet_registry,
    a_signed_in_browser,
    add_account,
)
from village_world import LUXE, PAGE, Village

from fsmobile.core.appointments import Appointment, reference_of
from fsmobile.core.ids import AgentId
from fsmobile.errors import InvalidInput
from fsmobile.registry.fleet import accounts
from fsmobile.registry.verification import verify_registry
from fsmobile.usecases.appointments import (
    book_appointment,
    list_appointments,
    list_expected,
    note_presence,
)
from fsmobile.usecases.passages import cancel_passage, load_day


@pytest.fixture
def village(tmp_path: Path) -> Village:
    return Village(tmp_path)


def test_a_secretary_books_the_next_passage_and_both_laptops_receive_it(village: Village) -> None:
    slots = village.slots()
    assert slots[0] == "bus-charente/semaine-paire/luxe/2026-11-26|09:30"
    assert all("/luxe/" in slot for slot in slots), "only the stops of its commune"
    answer = village.book(slots[1], procedure="retraite-dossier", transport="oui")
    page = _plain(answer.text)
    assert "Rendez-vous pris : jeudi 26 novembre 2026 à 10:00, Luxé" in page
    village.sync()
    for laptop in village.bus:
        (expected,) = list_expected(laptop.desk)
        state = expected.line.state
        assert (state.appointment.starts.hour, state.agent_id) == (10, "mairie:mairie-luxe")
        assert state.appointment.needs_transport
        assert state.appointment.procedure == "retraite-dossier"
        assert expected.line.is_received
        assert f"Référence : {reference_of(state.appointment_id)}" in page
    assert slots[1] not in village.slots()


def test_an_hour_given_on_both_sides_stands_and_is_flagged_on_both(village: Village) -> None:
    slot = village.slots()[0]
    passage_id, _bar, _hour = slot.rpartition("|")
    desk = village.bus[0].desk
    starts = load_day(desk, desk.today()).lines[0].starts
    assert starts is not None
    book_appointment(
        desk,
        Appointment(passage_id=passage_id, starts=starts, minutes=30),
    )
    village.service.clock.ms += 1000
    village.book(slot)
    village.sync()
    for laptop in village.bus:
        lines = list_appointments(laptop.desk)
        assert [line.is_double for line in lines] == [False, True]
    page = _plain(village.secretary.get(PAGE).text)
    assert "heure donnée deux fois : prévenez le bus" in page
    assert "pris au bus" in page


def test_an_hour_that_was_taken_meanwhile_is_refused_with_a_way_on(village: Village) -> None:
    slot = village.slots()[0]
    assert village.book(slot).status_code == 200
    again = village.book(slot)
    assert again.status_code == 409
    assert "Choisissez une autre heure." in _plain(again.text)
    for spoilt in ("", "x|09:30", slot.replace("luxe", "mansle"), f"{slot}x", "a|b|c"):
        assert village.book(spoilt).status_code == 409
    village.sync()
    assert len(list_appointments(village.bus[0].desk)) == 1


def test_a_booking_is_given_back_by_who_took_it_and_by_nobody_else(village: Village) -> None:
    slots = village.slots()
    village.book(slots[0])
    passage_id, _bar, _hour = slots[0].rpartition("|")
    desk = village.bus[0].desk
    theirs = Appointment(passage_id=passage_id, starts=_time("11:00"), minutes=30)
    others = book_appointment(desk, theirs)
    village.sync()
    ours = next(
        line.state.appointment_id
        for line in list_appointments(desk)
        if line.state.agent_id == "mairie:mairie-luxe"
    )
    for appointment_id, status in ((others, 409), ("nobody", 409), (ours, 200), (ours, 409)):
        data = {"form_token": village.secretary.form_token(PAGE), "appointment": appointment_id}
        answer = village.secretary.ask("POST", f"{PAGE}/rendu", data)
        assert answer.status_code == status, appointment_id
    village.sync()
    states = {line.state.appointment_id: line.state for line in list_appointments(desk)}
    assert states[ours].presence == "excused"
    assert states[others].is_on


def test_presence_and_a_passage_that_the_bus_cancels_are_seen_by_the_town_hall(
    village: Village,
) -> None:
    slots = village.slots()
    village.book(slots[0])
    village.sync()
    desk = village.bus[0].desk
    desk.agent_id = AgentId("agent-a")
    (line,) = list_appointments(desk)
    note_presence(desk, line.state.appointment_id, "seen")
    village.sync()
    assert "venue" in village.secretary.get(PAGE).text
    cancel_passage(desk, line.state.appointment.passage_id, "panne")
    village.sync()
    page = _plain(village.secretary.get(PAGE).text)
    assert "passage annulé : prévenez la personne" in page
    assert slots[1] not in village.slots()


def test_a_town_hall_sees_nothing_of_the_fleet_and_the_fleet_books_nothing(
    village: Village,
) -> None:
    for path in ("/flotte/structure/bus-charente", "/flotte/poste/" + "00" * 16, "/flotte/x"):
        assert village.secretary.get(path).status_code == 404
    assert str(village.secretary.get("/flotte").url).endswith(PAGE)
    add_account(village.service, "nadia")
    administrator = a_signed_in_browser(village.service, "nadia")
    assert administrator.get(PAGE).status_code == 404
    token = administrator.form_token("/flotte")
    posted = administrator.ask("POST", PAGE, {"form_token": token, "slot": village.slots()[0]})
    assert posted.status_code == 404
    stranger: Browser = a_browser(village.service)
    assert str(stranger.get(PAGE).url).endswith("/connexion")


def test_a_form_of_another_page_books_nothing(village: Village) -> None:
    slot = village.slots()[0]
    answer = village.secretary.ask("POST", PAGE, {"form_token": "x", "slot": slot})
    assert answer.status_code == 409
    village.sync()
    assert list_appointments(village.bus[0].desk) == []


def test_no_name_can_be_given_and_what_is_written_is_what_the_bus_needs(village: Village) -> None:
    page = village.secretary.get(PAGE).text
    assert 'type="text"' not in page
    assert "textarea" not in page
    village.book(village.slots()[0], name="Mme Lucas", note="06 12 34 56 78", procedure="x' OR 1")
    village.sync()
    (line,) = list_appointments(village.bus[0].desk)
    assert (line.state.appointment.note, line.state.appointment.procedure) == ("", None)
    assert b"Lucas" not in b"".join(
        path.read_bytes() for path in Path(_database(village)).parent.iterdir() if path.is_file()
    )


def test_the_registry_checks_its_own_facts_as_any_other(village: Village) -> None:
    village.book(village.slots()[0])
    assert verify_registry(village.service.storage).faults == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"role": "town_hall", "agency": "bus-charente"}, "account_of_a_commune"),
        ({"role": "reader", "commune": LUXE}, "account_of_a_commune"),
        ({"role": "town_hall", "commune": LUXE}, "account_without_agency"),
        ({"role": "town_hall", "agency": "a", "commune": "luxe"}, "commune_malformed"),
    ],
)
def test_an_account_of_a_town_hall_has_one_commune_of_one_structure(
    tmp_path: Path, values: dict[str, str], code: str
) -> None:
    service = a_fleet_registry(tmp_path)
    fields = {"agency": None, **values}
    with pytest.raises(InvalidInput) as refused:
        accounts.add_account(
            service.storage,
            service.clock,
            name="mairie",
            passphrase=PASSPHRASE,
            **fields,
        )
    assert refused.value.code == code


def _plain(page: str) -> str:
    """Return a page's text with every space an ordinary one."""
    return re.sub(r"\s+", " ", unescape(page))


def _time(text: str):
    from datetime import time

    return time.fromisoformat(text)


def _database(village: Village) -> str:
    return str(village.service.storage.engine.url.database)
