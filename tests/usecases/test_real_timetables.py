"""Other services' rhythms, published as dates, are found again as the rules that they are."""

from calendar import monthcalendar
from datetime import date
from operator import itemgetter
from pathlib import Path

import pytest

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.holidays import Territory, public_holidays_between
from fsmobile.core.overrides import OverrideAction
from fsmobile.core.recurrence import (
    Cycle,
    CycleCount,
    DayTable,
    HolidayRule,
    Recurrence,
    SchoolRule,
    Season,
    WeekParity,
    expand_recurrence,
)
from fsmobile.core.rule_finding import RuleFinder
from fsmobile.errors import Severity
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.formats.schedule_values import WEEKDAYS
from fsmobile.reference.holidays import load_school_calendar
from tests.formats.public_exports import TREES, read_tree
from tests.usecases.imported import Row, as_csv, propose
from tests.validation.schedule_trees import check_files

FIRST, LAST = date(2026, 9, 1), date(2027, 6, 30)


def lay_out(first: date = FIRST, last: date = LAST, zone: str = "B") -> DayTable:
    holidays = public_holidays_between(first, last, Territory.METROPOLE)
    return DayTable(first, last, holidays, load_school_calendar().zone(zone))


RHYTHMS = {
    "Arles: odd weeks outside school holidays, two circuits in turn": Recurrence(
        weekdays=frozenset({2}),
        parity=WeekParity.ODD,
        cycle=Cycle(length=2, starts_on=date(2026, 9, 7), count=CycleCount.OUTSIDE_SCHOOL_HOLIDAYS),
    ),
    "Loiret: two weeks out of three": Recurrence(
        weekdays=frozenset({3}),
        cycle=Cycle(length=3, starts_on=date(2026, 9, 3), ranks=frozenset({1, 2})),
    ),
    "Saint-Pierre: the second Wednesday": Recurrence(weekdays=frozenset({2}), ranks=frozenset({2})),
    "Nîmes: every Wednesday but the fifth": Recurrence(
        weekdays=frozenset({2}), ranks=frozenset({1, 2, 3, 4})
    ),
    "Coutances: every five weeks": Recurrence(
        weekdays=frozenset({0}), cycle=Cycle(length=5, starts_on=date(2026, 9, 14))
    ),
    "Thiérache: the last Friday": Recurrence(weekdays=frozenset({4}), ranks=frozenset({-1})),
    "winter only, over new year": Recurrence(
        weekdays=frozenset({1}), seasons=(Season(first=(11, 1), last=(3, 31)),)
    ),
    "outside school holidays": Recurrence(weekdays=frozenset({1}), school=SchoolRule.OUTSIDE),
    "holidays served": Recurrence(
        weekdays=frozenset({4}), parity=WeekParity.EVEN, holidays=HolidayRule.SERVE
    ),
    "Monday to Thursday": Recurrence(weekdays=frozenset({0, 1, 2, 3})),
}


@pytest.mark.parametrize("name", RHYTHMS)
def test_a_rhythm_is_found_again_as_one_rule_without_an_exception(name: str) -> None:
    table = lay_out()
    days = expand_recurrence(RHYTHMS[name], table)
    found = RuleFinder(table).find(days)
    assert len(found.rules) == 1
    assert (found.missing, found.extra) == ((), ())
    (rule,) = found.rules
    assert list(rule.days) == days
    expected = RHYTHMS[name]
    assert (rule.rule.weekdays, rule.rule.parity, rule.rule.ranks, rule.rule.school) == (
        expected.weekdays, expected.parity, expected.ranks, expected.school,
    )  # fmt: skip
    assert (rule.rule.cycle is None) is (expected.cycle is None)


ARLES = """
Albaron, devant l'école, 14h-16h : vendredis 10 décembre 2021, 21 janvier 2022, 4 mars 2022,\
 1er avril 2022, 13 mai 2022 et 10 juin 2022
Barriol, avenue du Bachaga Boualem, 10h-12h : mardis 23 novembre 2021, 4 janvier 2022,\
 1er février 2022, 15 mars 2022, 26 avril 2022, 24 mai 2022, 21 juin 2022
Gageron, devant l'école, 10h-12h : vendredis 10 décembre 2022, 21 janvier 2022, 4 mars 2022,\
 1er avril 2022, 13 mai 2022, 10 juin 2022
Gimeaux, devant l'école, de 15h45 à 16h45 les mardis 23 novembre 2021, 4 janvier 2022,\
 1er février 2022, 15 mars 2022, 26 avril 2022, 24 mai 2022, 21 juin 2022 et de 14h à 16h les\
 mardis 7 décembre 2022, 18 janvier 2022, 1er mars 2022, 29 mars 2022, 10 mai 2022, 7 juin 2022
Griffeuille, école Jules Vallès, 14h-16h : jeudis 25 novembre 2021, 6 janvier 2022,\
 3 février 2022, 17 mars 2022, 28 avril 2022 et 23 juin 2022
Le Sambuc, route de l'Abrivado, 14h-15h30 : vendredis 26 novembre 2021, 7 janvier 2022,\
 4 février 2022, 18 mars 2022, 29 avril 2022 et 24 juin 2022
Mas-Thibert, école Marinette Carletto, 14h-16h : jeudis 9 décembre 2022, 20 janvier 2022,\
 3 mars 2022, 31 mars 2022, 12 mai 2022 et 9 juin 2022
Monplaisir, place de Verdun, 10h-12h : mercredis 24 novembre 2022, 5 janvier 2022,\
 2 février 2022, 16 mars 2022, 27 avril 2022, 25 mai 2022 et 22 juin 2022
"""
"""The mobile library of Arles in 2021/22, as it was published: four dates have a wrong year."""

MISPRINTS = {
    "vendredis 10 décembre 2022": "vendredis 10 décembre 2021",
    "mardis 7 décembre 2022": "mardis 7 décembre 2021",
    "jeudis 9 décembre 2022": "jeudis 9 décembre 2021",
    "mercredis 24 novembre 2022": "mercredis 24 novembre 2021",
}
ARLES_TREE = {
    "structure.toml": """
format = "structure/1"
id = "mediabus-arles"
nom = "Médiabus d'Arles"
departement = "13"
zone_scolaire = "B"
""",
    "lieux.toml": 'format = "lieux/1"\n',
    "calendriers/vacances.toml": """
format = "vacances/1"
horizon = 2022-08-31
B.toussaint = { du = 2021-10-24, au = 2021-11-07 }
B.noel = { du = 2021-12-19, au = 2022-01-02 }
B.hiver = { du = 2022-02-06, au = 2022-02-20 }
B.printemps = { du = 2022-04-10, au = 2022-04-24 }
B.ascension = { du = 2022-05-26, au = 2022-05-29 }
B.ete = { du = 2022-07-07, au = 2022-08-31 }
""",
}


def test_the_wrong_years_that_arles_published_are_told(tmp_path: Path) -> None:
    proposal = propose(ARLES, tmp_path / "new", department="13")
    wrong = [one for one in proposal.problems if one.code == "import_weekday_mismatch"]
    assert [one.params["value"] for one in wrong] == list(MISPRINTS)
    assert proposal.published == 57 - len(MISPRINTS)


def test_the_57_dates_of_arles_are_nine_rules_and_one_exception(tmp_path: Path) -> None:
    for name, text in ARLES_TREE.items():
        path = tmp_path / "arles" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    text = ARLES
    for printed, meant in MISPRINTS.items():
        text = text.replace(printed, meant)
    proposal = propose(text, tmp_path / "arles", department=None)
    assert (proposal.published, proposal.reproduced) == (57, 57)
    assert (proposal.plan.rules, proposal.plan.lists) == (9, 0)
    # The bridge of the Ascension.
    (only,) = proposal.plan.overrides
    assert (only.day, only.action) == (date(2022, 5, 27), OverrideAction.CANCEL)


SAINT_PIERRE = (
    ("bois-d-olives", 2, 1, "matin"),
    ("ravine-des-cabris", 2, 1, "apres-midi"),
    ("case-de-bassin-martin", 2, 2, "matin"),
    ("pierrefonds", 2, 3, "09:00-11:00"),
    ("ravine-blanche", 2, 4, "matin"),
    ("ligne-des-bambous", 2, 4, "apres-midi"),
    ("jardins-de-la-plage", 5, 2, "matin"),
    ("mont-vert-les-hauts", 2, 2, "matin"),
    ("placette-de-basse-terre", 2, 3, "matin"),
)
"""Stop, weekday, rank in the month: the mobile library of Saint-Pierre, January to June 2026.

One hour was published; the half-days are ours.
"""


def saint_pierre() -> dict[str, str]:
    """Write its files, all the stops on one bus."""
    version = [
        'format = "tournee/1"\ntournee = "bibliobus"\nnom = "Bibliobus"\nvehicule = "bibliobus"',
        "effet = 2026-01-01\nfin = 2026-06-30",
    ]
    places = ['format = "lieux/1"']
    for stop, weekday, rank, hours in SAINT_PIERRE:
        places.append(f'[lieux.{stop}]\nnom = "{stop}"\ninsee = "97416"')
        version.append(f'[sorties.{stop}]\njours = "{WEEKDAYS[weekday]}"\nrang = [{rank}]')
        version.append(f'[sorties.{stop}.arrets.{stop}]\nlieu = "{stop}"\nouvert = "{hours}"')
    return {
        "structure.toml": 'format = "structure/1"\nid = "saint-pierre"\nnom = "Bibliobus"\n'
        'departement = "974"\nfuseau = "Indian/Reunion"\nferies = "la-reunion"',
        "lieux.toml": "\n".join(places),
        "vehicules.toml": 'format = "vehicules/1"\n[vehicules.bibliobus]\nnom = "Bibliobus"',
        "tournees/bibliobus/2026-01-01.toml": "\n".join(version),
    }


def test_the_fifth_wednesday_of_saint_pierre_is_nobodys() -> None:
    reading = read_schedule(saint_pierre())
    assert reading.tree is not None
    agenda = expand_agenda(
        reading.tree, date(2026, 1, 1), date(2026, 12, 31), bundled=load_school_calendar()
    )
    expected = set()
    for stop, weekday, rank, _ in SAINT_PIERRE:
        for month in range(1, 7):
            weeks = monthcalendar(2026, month)
            days = [week[weekday] for week in weeks if week[weekday]]
            expected.add((date(2026, month, days[rank - 1]), stop))
    assert {(one.service_date, one.stop_id) for one in agenda.passages} == expected
    assert date(2026, 4, 29) not in {one.service_date for one in agenda.passages}


def test_the_two_places_of_one_wednesday_in_saint_pierre_are_told() -> None:
    told = [
        (one.params["date"], one.params["stop"], one.params["other"], one.severity)
        for one in check_files(saint_pierre(), date(2026, 1, 2))
        if one.code == "vehicle_overlap"
    ]
    assert sorted(told, key=itemgetter(0)) == [
        ("2026-01-14", "mont-vert-les-hauts", "case-de-bassin-martin", Severity.WARNING),
        ("2026-01-21", "pierrefonds", "placette-de-basse-terre", Severity.WARNING),
    ]


def test_the_charente_published_as_dates_is_its_twelve_rules_again(tmp_path: Path) -> None:
    tree = read_tree(TREES["bus-charente"])
    first, last = date(2026, 1, 5), date(2026, 12, 31)
    agenda = expand_agenda(tree, first, last, bundled=load_school_calendar())
    rows: list[Row] = [
        (one.service_date, f"{one.starts:%H:%M}", f"{one.ends:%H:%M}",
         tree.places[one.place_id].commune, tree.places[one.place_id].name.partition(" — ")[2])
        for one in agenda.passages
    ]  # fmt: skip
    proposal = propose(as_csv(rows), tmp_path / "new", department="16")
    assert (proposal.published, proposal.reproduced) == (402, 402)
    assert (proposal.plan.rules, proposal.plan.lists, proposal.plan.overrides) == (12, 0, ())
    assert proposal.parts_on == date(2027, 1, 4)
    assert {place.insee_code for place in proposal.places.values()} == {
        place.insee_code for place in tree.places.values() if place.place_id in {
            one.place_id for one in agenda.passages}
    }  # fmt: skip
    assert len(proposal.plan.runs) == 9
