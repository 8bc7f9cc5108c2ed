"""Communes told of what is published: each once, by one coordinator, seen by the other."""

from pathlib import Path

import pytest

from fsmobile.core.commune_notices import CommuneContact, NoticeChannel
from fsmobile.errors import InvalidInput, NotAllowed, NotFound
from fsmobile.texts.commune_letters import mail_draft, mail_link
from fsmobile.usecases.commune_notices import (
    NoticeList,
    NoticeProgress,
    acknowledge,
    find_line,
    list_notices,
    make_letter,
    set_contact,
    tell_communes,
)
from fsmobile.usecases.timetable import load_timetable
from fsmobile.usecases.undo import undo_last
from tests.usecases.coordinators import Coordinator, Office, an_office

CANCELLED = "surcharges/2026/2026-12-08-nord-dun.toml"
NOTICE = "Le bus est en panne : pas de passage à Dun-le-Palestel le mardi 8 décembre."
CANCEL = f'format = "surcharge/1"\naction = "annule"\nmotif = "panne"\navis = "{NOTICE}"\n'


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return an_office(tmp_path)


def notices(person: Coordinator) -> NoticeList:
    person.laptop.sync()
    load_timetable(person.laptop.desk)
    return list_notices(person.laptop.desk)


def cancel_one(office: Office) -> None:
    office.nadia.write(CANCELLED, CANCEL)
    assert office.nadia.publish("panne")[0] == "published"


def test_the_first_publication_is_told_to_every_commune_that_the_bus_serves(
    office: Office,
) -> None:
    found = notices(office.nadia)
    assert found.revision == 1
    names = [one.village.name for one in found.to_tell]
    assert len(names) == len(set(names)) == 11
    assert all(one.after > one.before == 0 for one in found.lines)


def test_a_cancelled_passage_puts_its_own_commune_on_the_list_and_no_other(
    office: Office,
) -> None:
    cancel_one(office)
    (line,) = notices(office.paul).lines
    assert (line.village.name, line.village.code) == ("Dun-le-Palestel", "23075")
    assert line.progress is NoticeProgress.TO_TELL
    assert line.before - line.after == 1


def test_who_told_a_commune_is_seen_by_the_other_coordinator_who_notes_its_answer(
    office: Office,
) -> None:
    cancel_one(office)
    desk = office.nadia.laptop.desk
    assert tell_communes(desk, notices(office.nadia).to_tell, NoticeChannel.EMAIL) == 1
    assert not list_notices(desk).lines[0].is_received
    assert notices(office.nadia).lines[0].is_received
    (line,) = notices(office.paul).lines
    assert line.progress is NoticeProgress.TOLD
    told = line.state.last_told
    assert told is not None
    assert (told.agent_id, told.channel) == ("agent-nadia", NoticeChannel.EMAIL)
    assert [one.before[0].stop_id for one in line.changes] == ["dun"]
    acknowledge(office.paul.laptop.desk, line, NoticeChannel.PHONE, "la secrétaire affiche")
    office.paul.laptop.sync()
    (line,) = notices(office.nadia).lines
    assert line.progress is NoticeProgress.ACKNOWLEDGED
    assert line.state.answer is not None
    assert line.state.answer.agent_id == "agent-paul"


def test_two_publications_before_a_commune_is_told_make_one_line(office: Office) -> None:
    cancel_one(office)
    dun = 'lieu   = "dun-mairie"\nouvert = "{}-12:00"'
    office.nadia.edit(dun.format("09:30"), dun.format("10:00"))
    assert office.nadia.publish("plus tard")[0] == "published"
    lines = [one for one in notices(office.nadia).lines if one.village.code == "23075"]
    (line,) = lines
    kinds = {difference for one in line.changes for difference in one.differences}
    assert {"cancelled", "hours"} <= kinds


def test_a_change_taken_back_before_anybody_was_told_is_told_to_nobody(office: Office) -> None:
    cancel_one(office)
    office.nadia.write(CANCELLED, None)
    assert office.nadia.publish("réparé")[0] == "published"
    assert notices(office.nadia).lines == ()


def test_a_change_taken_back_after_a_commune_was_told_is_told_again(office: Office) -> None:
    cancel_one(office)
    tell_communes(office.nadia.laptop.desk, notices(office.nadia).to_tell, NoticeChannel.LETTER)
    office.nadia.write(CANCELLED, None)
    assert office.nadia.publish("réparé")[0] == "published"
    (line,) = notices(office.paul).lines
    assert line.progress is NoticeProgress.TO_TELL
    assert [sorted(one.differences) for one in line.changes] == [["restored"]]


def test_a_first_list_that_was_begun_is_carried_to_its_end(office: Office) -> None:
    desk = office.nadia.laptop.desk
    first = notices(office.nadia)
    tell_communes(desk, [find_line(first, "Jarnages")], NoticeChannel.VISIT)
    cancel_one(office)
    left = {one.village.name for one in notices(office.nadia).to_tell}
    assert len(left) == 10
    assert "Jarnages" not in left
    assert tell_communes(desk, list_notices(desk).to_tell, NoticeChannel.LETTER) == 10
    assert list_notices(desk).to_tell == ()


def test_a_change_of_crew_or_of_bus_is_no_business_of_a_commune(office: Office) -> None:
    office.nadia.edit('equipage = ["agent-a", "agent-b"]', 'equipage = ["agent-a", "agent-c"]')
    assert office.nadia.publish("équipage")[0] == "published"
    assert notices(office.nadia).lines == ()


def test_what_was_noted_by_mistake_is_taken_back(office: Office) -> None:
    cancel_one(office)
    desk = office.nadia.laptop.desk
    tell_communes(desk, notices(office.nadia).to_tell, NoticeChannel.EMAIL)
    undo_last(desk)
    (line,) = notices(office.paul).lines
    assert line.progress is NoticeProgress.TO_TELL
    assert line.state.steps == ()


def test_the_letter_tells_the_change_the_public_notice_and_the_next_passages(
    office: Office,
) -> None:
    cancel_one(office)
    desk = office.nadia.laptop.desk
    (line,) = notices(office.nadia).lines
    set_contact(desk, line.village, CommuneContact(email="mairie@dun.example", phone="0555"))
    office.nadia.laptop.sync()
    (line,) = notices(office.paul).lines
    letter = make_letter(office.paul.laptop.desk, line)
    assert letter.to == "mairie@dun.example"
    text = letter.body.replace("\N{NO-BREAK SPACE}", " ")
    assert "- mardi 8 décembre : annulé (panne du véhicule)" in text
    assert f"« {NOTICE} »" in text
    assert "- mercredi 23 décembre, de 9 h 30 à 12 h, Dun-le-Palestel — place de la mairie" in text
    draft = mail_draft(letter)
    assert b"To: mairie@dun.example" in draft
    assert b"X-Unsent: 1" in draft
    assert mail_link(letter).startswith("mailto:mairie@dun.example?subject=Bus%20France")


def test_an_address_that_is_none_and_a_bus_that_notes_are_refused(office: Office) -> None:
    cancel_one(office)
    desk = office.nadia.laptop.desk
    found = notices(office.nadia)
    with pytest.raises(InvalidInput, match="email_not_valid"):
        set_contact(desk, found.lines[0].village, CommuneContact(email="mairie"))
    with pytest.raises(InvalidInput, match="nothing_to_acknowledge"):
        acknowledge(desk, found.lines[0], NoticeChannel.PHONE)
    with pytest.raises(NotFound):
        find_line(found, "Guéret")
    desk.enrolment = type(desk.enrolment)(
        **{**{name: getattr(desk.enrolment, name) for name in desk.enrolment.__struct_fields__},
           "role": "agent"}
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        tell_communes(desk, found.lines, NoticeChannel.EMAIL)
