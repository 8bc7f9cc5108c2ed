"""The report of a sync: one object in, sentences out; nothing said that no receipt proves."""

from fsmobile.sync.progress import SyncReport
from fsmobile.texts.sync_report import describe_report


def told(**changes: object) -> list[str]:
    return list(describe_report(SyncReport(**changes)))


def test_the_report_of_the_engine_is_described_as_it_is() -> None:
    assert told(to_send=5, to_send_visits=3, received=4, received_visits=3, waiting=1) == [
        "Visites : 3 sur 3 reçues par le registre.",
        "Autres actes : 1 sur 2 reçus.",
        "1 acte attend encore : il est gardé ici et partira au prochain envoi.",
    ]


def test_nothing_to_send_is_said_with_its_proof() -> None:
    assert told() == ["Rien à envoyer : le registre a tout, reçu à l'appui."]


def test_acts_without_a_visit_are_told_without_visits() -> None:
    assert told(to_send=2, received=2) == ["Actes : 2 sur 2 reçus par le registre."]


def test_refusals_news_the_timetable_and_what_healed_are_told_after_it() -> None:
    lines = told(refused=[("op", "code")], pulled=2, schedule_revision=7, healed=["gap"])
    assert lines[1].startswith("1 acte gardé mais refusé")
    assert lines[2].startswith("2 nouveautés")
    assert lines[3] == "Planning : révision 7 reçue."
    assert "rendues" in lines[4]
