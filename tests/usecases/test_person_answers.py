"""« What do you hold on me »: all of it, of that person alone, and noted in the journal."""

from datetime import timedelta

import pytest
from worlds import Laptop, a_laptop, a_registry, a_visit

from fsmobile.core.follow_ups import FollowUp, NamedPart
from fsmobile.core.ids import FollowUpId, PlaceId
from fsmobile.core.journal import JournalAct
from fsmobile.errors import NotFound
from fsmobile.store.journal import list_lines
from fsmobile.usecases.follow_ups import name_person, open_follow_up, take_step
from fsmobile.usecases.person_answers import answer_person
from fsmobile.usecases.visits import record_visit


def promise(laptop: Laptop, name: str, contact: str, note: str) -> FollowUpId:
    desk = laptop.desk
    visit_id = record_visit(desk, a_visit(note=note))
    follow_up = FollowUp(
        opened_on=desk.today(),
        task=f"rappeler pour {note}",
        place_id=PlaceId("luxe"),
        visit_id=visit_id,
    )
    return open_follow_up(desk, follow_up, named(laptop, name, contact))


def named(laptop: Laptop, name: str, contact: str) -> NamedPart:
    today = laptop.desk.today()
    return NamedPart(
        name=name,
        contact=contact,
        consented_on=today,
        consent_text="suite-1",
        erase_on=today + timedelta(days=60),
    )


@pytest.fixture
def laptop() -> Laptop:
    laptop = a_laptop(a_registry())
    laptop.desk.keeps_names = True
    return laptop


def test_a_person_is_told_everything_that_is_held_of_them_and_nothing_of_others(
    laptop: Laptop,
) -> None:
    mine = promise(laptop, "Mme Martin", "05 45 30 01 02", "la réversion")
    promise(laptop, "M. Autre", "06 00 00 00 00", "la carte grise")
    name_person(laptop.desk, mine, named(laptop, "Mme Martin-Durand", "05 45 30 01 02"))
    take_step(laptop.desk, mine, "caisse appelée")
    told = answer_person(laptop.desk, mine)
    for word in (
        *("Mme Martin\n", "Mme Martin-Durand", "05 45 30 01 02", "rappeler pour la réversion"),
        *("caisse appelée", "Nous gardons votre nom", "erase_on", "retraite-dossier", "un an"),
    ):
        assert word in told, word
    assert not any(word in told for word in ("Autre", "06 00", "carte grise"))
    (line,) = [one for one in list_lines(laptop.replica) if one.act == JournalAct.ANSWERED]
    assert (line.detail, line.who) == (mine, laptop.desk.agent_id)


def test_a_follow_up_that_is_not_here_is_answered_by_nothing_and_not_noted(
    laptop: Laptop,
) -> None:
    with pytest.raises(NotFound):
        answer_person(laptop.desk, FollowUpId("0" * 8))
    assert [one.act for one in list_lines(laptop.replica)] == ["writer.enrolment"]
