"""Search: accents or none, ligatures, apostrophes, filters; nothing erased is ever found."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from worlds import Laptop, a_laptop, a_registry, a_visit

from fsmobile.core.follow_ups import FollowUp, NamedPart
from fsmobile.core.ids import AgentId, PassageId
from fsmobile.core.visits import AgeBand, Enquiry, HelpKind, Outcome, Whereabouts
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.store import erasure
from fsmobile.store.projections import rebuild
from fsmobile.store.search import tidy
from fsmobile.usecases.follow_ups import open_follow_up
from fsmobile.usecases.search import WORDS_MAX, Finder, read_query
from fsmobile.usecases.silence import DAY_MS
from fsmobile.usecases.visits import correct_visit, record_visit, void_visit
from tests.tui.day_samples import TREE


def a_bus() -> Laptop:
    laptop = a_laptop(a_registry(), catalogue=load_catalogue())
    laptop.desk.tree = read_schedule(TREE).tree
    laptop.desk.names = {"agent-a": "Nadia"}
    return laptop


def found(laptop: Laptop, text: str) -> list[str]:
    finder = Finder(laptop.desk)
    hits = finder.load(finder.find(read_query(text)).found)
    return [one.visit.visit.note if one.visit else one.follow_up.follow_up.task for one in hits]


@pytest.mark.parametrize(
    ("note", "typed"),
    [
        ("Sœur hébergée à l'Œuvre", "soeur"),
        ("Sœur hébergée", "HEBERG sœur"),
        ("revient avec N\u2019Diaye", "ndiaye"),
        ("revient avec N'Diaye", "n'diaye"),
        ("porte-monnaie perdu", "portemonnaie"),
        ("porte-monnaie perdu", "porte monn"),
        ("relevé de carrière", "note:carriere"),
        ("relevé carrière", "le relevé de la carrière"),
        ("à l'école", "l'ecole"),
        ("photo d'identité", "identité d"),
        ("étage 3", "3 étage"),
    ],
)
def test_a_word_is_found_however_it_is_written(note: str, typed: str) -> None:
    laptop = a_bus()
    record_visit(laptop.desk, a_visit(note=note))
    record_visit(laptop.desk, a_visit(note="autre chose"))
    assert found(laptop, typed) == [note]


@pytest.mark.parametrize(
    "typed",
    [
        "retraite luxe",
        "lieu:luxé démarche:retr",
        "nadia",
        "agent:nadia issue:résolu",
        "agent:agent-a",
        "opérateur:cnav depuis:2026-11",
        "le:2026-11-26",
        "jusque:2026-11 luxé",
    ],
)
def test_names_and_filters_find_what_they_name(typed: str) -> None:
    laptop = a_bus()
    record_visit(laptop.desk, a_visit(note="la bonne"))
    laptop.desk.agent_id = AgentId("agent-b")
    other = Enquiry(
        procedure="acte-impression",
        help=HelpKind.INFORMATION,
        outcome=Outcome.DROPPED,
    )
    aigre = PassageId("bus-charente/semaine-paire/aigre/2025-11-27")
    record_visit(
        laptop.desk,
        a_visit(
            note="une autre",
            service_date=date(2026, 12, 1) if "jusque" in typed else date(2025, 11, 27),
            passage_id=aigre,
            enquiries=(other,),
        ),
    )
    assert found(laptop, typed) == ["la bonne"]


def test_a_stop_that_left_the_timetable_is_found_by_its_last_name() -> None:
    laptop = a_bus()
    for day in (3, 10):
        at = date(2019, 5, day)
        gone = PassageId(f"bus-charente/vieille-tournee/saint-amant/{at}")
        record_visit(laptop.desk, a_visit(note=f"le {day}", service_date=at, passage_id=gone))
    place = PassageId(
        "bus-charente/@salle-des-fetes/2020-01-02/0192f0c1-2a3b-7c4d-8e5f-0123456789ab"
    )
    record_visit(laptop.desk, a_visit(note="en plus", passage_id=place))
    assert found(laptop, "amant") == ["le 10", "le 3"]
    assert found(laptop, "lieu:fetes") == ["en plus"]


def test_of_two_filters_of_one_kind_either_will_do() -> None:
    laptop = a_bus()
    for outcome in (Outcome.RESOLVED, Outcome.DROPPED, Outcome.TO_FOLLOW_UP):
        asked = replace(a_visit().enquiries[0], outcome=outcome)
        record_visit(laptop.desk, a_visit(note=f"au sujet {outcome}", enquiries=(asked,)))
    assert len(found(laptop, "issue:résolu issue:suivre")) == 2
    assert len(found(laptop, "issue:résolu issue:suivre note:sujet note:resolved")) == 1
    assert found(laptop, "issue:résolu lieu:aigre lieu:ruffec") == []


def test_what_is_left_out_is_not_found() -> None:
    laptop = a_bus()
    for number in range(3):
        record_visit(laptop.desk, a_visit(note=f"fiche {number}"))
    gone = record_visit(laptop.desk, a_visit(note="fiche annulée"))
    void_visit(laptop.desk, gone, "erreur")
    assert len(found(laptop, "fiche")) == 4
    for typed in ("fiche sauf:annulée", "sauf:void", "lieu:luxé sauf:annulée", "aide:? sauf:void"):
        assert len(found(laptop, typed)) == (0 if "?" in typed else 3), typed


def test_details_that_the_index_does_not_hold_are_sifted_page_by_page() -> None:
    laptop = a_bus()
    for number in range(60):
        band = AgeBand.FROM_70 if number % 3 == 0 else AgeBand.FROM_25
        record_visit(laptop.desk, a_visit(note=f"fiche {number}", age_band=band))
    for typed in ("âge:70+", "age:70", "fiche âge:70+ heure:14", "thème:? âge:70+"):
        expected = 20 if "thème" not in typed else 0
        assert len(found(laptop, typed)) == expected, typed
    finder, query = Finder(laptop.desk), read_query("âge:70+")
    seen: list[str] = []
    below, has_more = None, True
    while has_more:
        page = finder.find(query, below=below, limit=7)
        seen += [one.entity for one in page.found]
        below, has_more = page.below, page.has_more
    assert len(seen) == len(set(seen)) == 20
    assert found(laptop, "lieu:?") == []
    record_visit(
        laptop.desk, a_visit(note="en route", passage_id=None, whereabouts=Whereabouts.ROAD)
    )
    assert found(laptop, "lieu:?") == ["en route"]


def test_an_index_in_many_parts_is_merged_and_finds_the_same() -> None:
    laptop = a_bus()
    for number in range(30):
        record_visit(laptop.desk, a_visit(note=f"dossier {number}"))
    before = found(laptop, "dossier")
    parts = "SELECT count(DISTINCT segid) FROM search_idx"
    assert laptop.replica.connection.execute(parts).fetchone()[0] > 2
    tidy(laptop.replica)
    assert laptop.replica.connection.execute(parts).fetchone()[0] <= 2
    assert found(laptop, "dossier") == before


def test_the_newest_comes_first_and_pages_go_on_below() -> None:
    laptop = a_bus()
    for day in (3, 25, 11):
        record_visit(laptop.desk, a_visit(service_date=date(2026, 11, day), note=f"le {day}"))
    assert found(laptop, "") == ["le 25", "le 11", "le 3"]
    finder, query = Finder(laptop.desk), read_query("le")
    page = finder.find(query, limit=2)
    assert page.has_more
    rest = finder.find(query, below=page.found[-1].rank, limit=2)
    assert not rest.has_more
    assert len(rest.found) == 1


def test_what_a_correction_changed_is_found_under_its_new_words_only() -> None:
    laptop = a_bus()
    visit = record_visit(laptop.desk, a_visit(note="avant"))
    correct_visit(laptop.desk, visit, {"note": "après", "service_date": date(2026, 11, 27)})
    for _again in range(2):
        assert (found(laptop, "avant"), found(laptop, "apres")) == ([], ["après"])
        rebuild(laptop.replica)
    void_visit(laptop.desk, visit, "erreur")
    assert found(laptop, "issue:annulée") == ["après"]


def test_a_promise_is_found_by_its_task() -> None:
    laptop = a_bus()
    open_follow_up(
        laptop.desk,
        FollowUp(opened_on=date(2026, 11, 26), task="rappeler la CAF", due=date(2026, 12, 1)),
    )
    assert found(laptop, "rappel caf") == ["rappeler la CAF"]


def a_promise(laptop: Laptop, name: str, task: str) -> None:
    today = laptop.desk.today()
    named = NamedPart(
        name=name,
        consented_on=today,
        consent_text="suite-1",
        erase_on=today + timedelta(days=300),
    )
    open_follow_up(laptop.desk, FollowUp(opened_on=today, task=task, due=today), named)


def test_the_person_of_a_promise_is_found_by_name_where_names_are_kept() -> None:
    laptop = a_bus()
    laptop.desk.keeps_names = True
    a_promise(laptop, "Mme L'Hôpital-Lœvenbruck", "rappeler la CAF")
    a_promise(laptop, "M. Hopi", "rendre le dossier")
    record_visit(laptop.desk, a_visit(note="va à l'hôpital"))
    for typed, expected in (
        ("hopital", {"rappeler la CAF", "va à l'hôpital"}),
        ("hopi caf", {"rappeler la CAF"}),
        ("hopi loeven", {"rappeler la CAF"}),
        ("personne:hopi", {"rappeler la CAF", "rendre le dossier"}),
        ("personne:hopital caf", {"rappeler la CAF"}),
        ("personne:hopi depuis:2031", set()),
        ("personne:hopi issue:résolu", set()),
        ("personne:durand", set()),
    ):
        assert set(found(laptop, typed)) == expected, typed
    finder, query = Finder(laptop.desk), read_query("personne:hopi")
    page = finder.find(query, limit=1)
    assert page.has_more
    assert len(finder.find(query, below=page.below, limit=1).found) == 1
    assert b"loevenbruck" not in bytes(
        str(laptop.replica.connection.execute("SELECT words FROM search").fetchall()), "utf-8"
    )
    laptop.desk.keeps_names = False
    assert found(laptop, "personne:hopi") == []


def test_no_name_finds_anything_while_names_are_locked() -> None:
    laptop = a_bus()
    laptop.desk.keeps_names = True
    a_promise(laptop, "Mme Hopital", "rappeler la CAF")
    laptop.desk.silence_days = 3
    laptop.replica.clock.ms += 5 * DAY_MS
    record_visit(laptop.desk, a_visit(note="depuis"))
    assert found(laptop, "hopital") == []


def test_no_byte_of_what_is_erased_stays_in_the_index() -> None:
    laptop = a_bus()
    for number in range(40):
        record_visit(laptop.desk, a_visit(note=f"dossier {number}"))
    visit = record_visit(laptop.desk, a_visit(note="chez Quetzalcoatl"))
    assert b"quetzal" in laptop.replica.connection.serialize()
    with laptop.replica.write() as connection:
        erasure.erase_here(connection, [visit])
    assert erasure.scrub(laptop.replica)
    assert found(laptop, "quetzalcoatl") == []
    assert b"quetzal" not in laptop.replica.connection.serialize()
    assert len(found(laptop, "dossier")) == 40


@pytest.mark.parametrize(
    "text",
    ['"', "*", "a AND", "lieu:", "lieu:!!", "x:y", "depuis:jamais", "(" * 50, "-", "é" * 300],
)
def test_no_text_breaks_a_search(text: str) -> None:
    laptop = a_bus()
    record_visit(laptop.desk, a_visit(note="rien"))
    assert set(found(laptop, text)) <= {"rien"}
    assert read_query("x:y depuis:jamais").unknown == ("x:y", "depuis:jamais")
    assert read_query("mot " * WORDS_MAX + "de trop").unknown == ("de", "trop")
