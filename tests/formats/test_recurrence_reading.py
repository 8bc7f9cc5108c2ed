"""Rules written in plain French and read back: the same rule, and the words of coordinators."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.core.recurrence import (
    Cycle,
    CycleCount,
    HolidayRule,
    Recurrence,
    SchoolRule,
    Season,
    WeekParity,
)
from fsmobile.formats.recurrence_phrases import RuleAdvice
from fsmobile.formats.recurrence_reading import read_recurrence
from fsmobile.formats.schedule_recurrences import recurrence_keys
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.formats.schedule_writing import format_document
from fsmobile.formats.typed_dates import read_french_date
from fsmobile.texts.recurrence_words import describe_narrowing, describe_recurrence
from fsmobile.texts.translation import speaking
from fsmobile.usecases.schedules import load_schedule_folders
from tests.core.test_recurrence_vectors import VECTORS, rule_from
from tests.formats.schedule_files import schedule_files

START = date(2026, 9, 8)
ROOT = Path(__file__).parents[2]


def read(text: str) -> Recurrence:
    reading = read_recurrence(text, START)
    assert reading.stray == ()
    return reading.rule


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (
            Recurrence(
                weekdays=frozenset({1}),
                parity=WeekParity.EVEN,
                seasons=(Season(first=(9, 1), last=(6, 30)),),
            ),
            "les mardis des semaines paires, du 1er septembre au 30 juin, hors jours fériés",
        ),
        (
            Recurrence(weekdays=frozenset({0}), ranks=frozenset({1, 3})),
            "les 1er et 3e lundis du mois, hors jours fériés",
        ),
        (
            Recurrence(weekdays=frozenset({4}), ranks=frozenset({-1})),
            "le dernier vendredi du mois, hors jours fériés",
        ),
        (
            Recurrence(weekdays=frozenset(range(5)), holidays=HolidayRule.SERVE),
            "du lundi au vendredi, jours fériés compris",
        ),
        (
            Recurrence(weekdays=frozenset({1}), cycle=Cycle(length=2, starts_on=START)),
            "les mardis, une semaine sur deux à compter du 8 septembre 2026, hors jours fériés",
        ),
        (
            Recurrence(
                weekdays=frozenset({2}),
                cycle=Cycle(
                    length=3,
                    starts_on=START,
                    ranks=frozenset({1, 2}),
                    count=CycleCount.OUTSIDE_SCHOOL_HOLIDAYS,
                ),
                school=SchoolRule.OUTSIDE,
            ),
            "les mercredis, 2 semaines sur trois (la 1re et la 2e) à compter du 8 septembre 2026,"
            " comptées hors vacances scolaires, hors vacances scolaires, hors jours fériés",
        ),
        (
            Recurrence(dates=(date(2026, 11, 27), date(2026, 12, 11))),
            "le 27 novembre 2026 et le 11 décembre 2026",
        ),
        (
            Recurrence(weekdays=frozenset({3}), weeks=frozenset({2, 15, 28, 41})),
            "les jeudis des semaines 2, 15, 28 et 41, hors jours fériés",
        ),
    ],
)
def test_a_rule_is_said_in_plain_french_and_read_back(rule: Recurrence, words: str) -> None:
    assert describe_recurrence(rule) == words
    assert read(words) == rule


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("ma paires", None),
        ("mar paires", Recurrence(weekdays=frozenset({1}), parity=WeekParity.EVEN)),
        ("Mardis semaines IMPAIRES", Recurrence(weekdays=frozenset({1}), parity=WeekParity.ODD)),
        ("1er 3e lundi", Recurrence(weekdays=frozenset({0}), ranks=frozenset({1, 3}))),
        (
            "un mardi sur deux depuis le 8/9/2026",
            Recurrence(weekdays=frozenset({1}), cycle=Cycle(length=2, starts_on=START)),
        ),
        (
            "jeudi toutes les 4 semaines",
            Recurrence(weekdays=frozenset({3}), cycle=Cycle(length=4, starts_on=START)),
        ),
        (
            "mercredi hors vacances",
            Recurrence(weekdays=frozenset({2}), school=SchoolRule.OUTSIDE),
        ),
        (
            "tous les vendredis du 15/6 au 15/9 même fériés",
            Recurrence(
                weekdays=frozenset({4}),
                seasons=(Season(first=(6, 15), last=(9, 15)),),
                holidays=HolidayRule.SERVE,
            ),
        ),
        (
            "lundi et jeudi semaine 2 et 15",
            Recurrence(weekdays=frozenset({0, 3}), weeks=frozenset({2, 15})),
        ),
    ],
)
def test_the_short_words_of_a_coordinator_are_understood(
    typed: str, rule: Recurrence | None
) -> None:
    reading = read_recurrence(typed, START)
    if rule is None:
        assert reading.stray == ("ma",)
    else:
        assert (reading.rule, reading.stray) == (rule, ())


@pytest.mark.parametrize(
    ("typed", "stray"),
    [
        ("mardi bleu", "bleu"),
        ("mardi semaine 54", "semaine 54"),
        ("6e mardi", "6e"),
        ("le 30 février 2026", "30 fevrier 2026"),
        ("mardi 4 semaines sur 3", "4 semaines sur 3"),
        ("mardi une semaine sur 2 (la 5e)", "une semaine sur 2 (la 5e)"),
        ("du vendredi au lundi", "du vendredi au lundi"),
    ],
)
def test_what_cannot_be_is_given_back(typed: str, stray: str) -> None:
    reading = read_recurrence(typed, START)
    assert reading.stray == (stray,)
    assert not reading.is_whole


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1er et 3ème lundi du mois", "les 1er et 3e lundis du mois"),
        ("Les 2ème mercredi du mois", "le 2e mercredi du mois"),
        ("chaque deuxième jeudi du mois", "le 2e jeudi du mois"),
        ("lundi 1er et 3e", "les 1er et 3e lundis du mois"),
        ("avant dernier mardi", "l'avant-dernier mardi du mois"),
        ("les deux premiers mardis du mois", "les 1er et 2e mardis du mois"),
        ("tous les mercredis sauf le 5e", "les 1er, 2e, 3e et 4e mercredis du mois"),
        ("le 2e mercredi sauf août", "le 2e mercredi du mois, du 1er septembre au 31 juillet"),
        ("mardi sauf en juillet et août", "les mardis, du 1er septembre au 30 juin"),
        ("mardi d'octobre à mars", "les mardis, du 1er octobre au 31 mars"),
        ("jeudi en juillet et août", "les jeudis, du 1er juillet au 31 août"),
        ("mardi en décembre et janvier", "les mardis, du 1er décembre au 31 janvier"),
        ("jeudi entre le 1er mai et le 30 juin", "les jeudis, du 1er mai au 30 juin"),
        ("Semaine impaire : mardi", "les mardis des semaines impaires"),
        ("mardi (semaines paires)", "les mardis des semaines paires"),
        ("Toute l'année : le jeudi – semaines paires", "les jeudis des semaines paires"),
        ("mardi une semaine sur 2 (semaines paires)", "les mardis des semaines paires"),
        ("une semaine sur deux, impaires, le lundi", "les lundis des semaines impaires"),
        ("mardi, sem. 2 6 10", "les mardis des semaines 2, 6 et 10"),
        ("mardi S36 et S40", "les mardis des semaines 36 et 40"),
        ("lundi & jeudi", "les lundis et jeudis"),
        ("lundi au vendredi", "du lundi au vendredi"),
        ("tous les jours sauf le dimanche", "du lundi au samedi"),
        ("mardi sauf pendant les vacances", "les mardis, hors vacances scolaires"),
        ("jeudi en période scolaire", "les jeudis, hors vacances scolaires"),
        ("mardi hors jours fériés et vacances", "les mardis, hors vacances scolaires"),
    ],
)
def test_the_words_that_town_halls_publish_are_understood(typed: str, said: str) -> None:
    assert describe_recurrence(read(typed)) == f"{said}, hors jours fériés"


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("mardi tous les 15 jours", START),
        ("un mardi tous les quinze jours", START),
        ("mardi par quinzaine", START),
        ("mardi une fois sur deux", START),
        ("tous les 15 jours à partir du 5 janvier", date(2027, 1, 5)),
        ("un mardi sur deux à compter du mardi 5/1/2027", date(2027, 1, 5)),
    ],
)
def test_every_fortnight_is_a_cycle_from_its_day(typed: str, day: date) -> None:
    cycle = Cycle(length=2, starts_on=day)
    assert read(typed) == Recurrence(weekdays=frozenset({1}), cycle=cycle)


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("Mardi 24 novembre 2026", [24]),
        ("le mardi 24/11/2026", [24]),
        ("mardis 3, 10 et 24 novembre 2026", [3, 10, 24]),
        ("les 4 et 5 novembre 2026", [4, 5]),
    ],
)
def test_a_day_of_the_week_beside_a_date_is_no_rule(typed: str, days: list[int]) -> None:
    assert read(typed) == Recurrence(dates=tuple(date(2026, 11, day) for day in days))


def test_a_date_that_is_another_day_of_the_week_is_given_back() -> None:
    for typed in ("mercredi 24 novembre 2026", "un mardi sur deux depuis le lundi 8/9/2026"):
        assert not read_recurrence(typed, START).is_whole


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("1er lundi et 3e jeudi du mois", RuleAdvice.TWO_RULES),
        ("tous les lundis et le 1er jeudi", RuleAdvice.TWO_RULES),
        ("du lundi au vendredi et le 1er samedi", RuleAdvice.TWO_RULES),
        ("mardi 1er, jeudi 2e", RuleAdvice.TWO_RULES),
        ("mardi semaines paires et jeudi semaines impaires", RuleAdvice.TWO_RULES),
        ("lundi toutes les semaines, mardi semaines paires", RuleAdvice.TWO_RULES),
        ("le jeudi et un mardi sur deux", RuleAdvice.TWO_RULES),
        ("mardi semaine 2 et jeudi semaine 3", RuleAdvice.TWO_RULES),
        ("mardi toutes les 2 semaines et jeudi toutes les 3 semaines", RuleAdvice.TWO_RULES),
        ("mardi pendant les vacances, jeudi hors vacances", RuleAdvice.TWO_RULES),
        ("mardi semaines 1 et 3 du mois", RuleAdvice.WEEK_OF_MONTH),
        ("mardi S1/S3", RuleAdvice.WEEK_OF_MONTH),
        ("mardi semaine A", RuleAdvice.WEEK_OF_MONTH),
        ("mardi, 1re et 3e semaines", RuleAdvice.WEEK_OF_MONTH),
        ("mardi à partir du 5 janvier 2027", RuleAdvice.VALIDITY),
        ("mardi dès le 5 janvier 2027", RuleAdvice.VALIDITY),
        ("mardi jusqu'au 30 juin 2027", RuleAdvice.VALIDITY),
        ("mardi du 1er juillet 2026 au 31 août 2026", RuleAdvice.VALIDITY),
        ("mardi sauf le 11 novembre 2026", RuleAdvice.EXCEPTION),
        ("mardi sauf 1er mai", RuleAdvice.EXCEPTION),
        ("mardi 24 novembre", RuleAdvice.YEAR),
        ("dernier vendredi du mois de 9h30 à 12h", RuleAdvice.HOURS),
        ("lundi et mercredi matin", RuleAdvice.HOURS),
    ],
)
def test_what_no_rule_says_is_refused_with_what_to_write(typed: str, advice: RuleAdvice) -> None:
    reading = read_recurrence(typed, START)
    assert not reading.is_whole
    assert advice in reading.advice


@pytest.mark.parametrize(
    "typed",
    [
        "lundi-jeudi",
        "1er-3e lundi",
        "mardis pairs",
        "1er mardi des mois pairs",
        "un mardi par mois",
        "mardi bimensuel",
        "mardi sauf semaines paires",
        "pas le mardi",
        "mardi fermé en août",
        "mardi hors vacances de Noël",
        "mardi sauf le dernier",
        "mardi du 15/6 au 15/9 sauf août",
        "mardi tous les 10 jours",
        "tous les deux mois le 1er mardi",
        "mradi",
        "le 15 de chaque mois",
    ],
)
def test_what_is_not_sure_is_never_guessed(typed: str) -> None:
    assert not read_recurrence(typed, START).is_whole


def test_a_rule_without_a_day_is_not_whole() -> None:
    assert not read_recurrence("semaines paires", START).is_whole
    assert not read_recurrence("", START).is_whole


def test_dates_are_read_in_three_forms() -> None:
    for text in ("8 septembre 2026", "8/9/2026", "2026-09-08"):
        assert read_french_date(text) == START
    for text in ("31/2/2026", "8 brumaire 2026", "demain", ""):
        assert read_french_date(text) is None


def every_rule() -> list[Recurrence]:
    """Return the rules of the shipped timetables, the example and the published vectors."""
    rules = []
    for folder in (ROOT / "schedules", ROOT / "tests" / "validation" / "exemple-creuse"):
        for one in load_schedule_folders(folder):
            assert one.reading.tree is not None
            for tour in one.reading.tree.tours.values():
                for version in tour.versions:
                    rules += [run.recurrence for run in version.runs]
    for vector in VECTORS:
        keys = vector["rule"] if isinstance(vector["rule"], list) else [vector["rule"]]
        rules += [rule_from(one) for one in keys if "paques" not in one]
    return rules


def test_every_published_rule_is_said_and_read_back() -> None:
    rules = every_rule()
    assert len(rules) > 90
    for rule in rules:
        assert read(describe_recurrence(rule)) == rule


DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
MONTH_DAYS = DAYS.map(lambda day: (day.month, day.day))


@st.composite
def cycles(draw: st.DrawFn) -> Cycle:
    length = draw(st.integers(1, 12))
    ranks = st.frozensets(st.integers(1, length), min_size=1, max_size=length)
    return Cycle(
        length=length,
        starts_on=draw(DAYS),
        ranks=draw(ranks),
        count=draw(st.sampled_from(CycleCount)),
    )


@st.composite
def rules(draw: st.DrawFn) -> Recurrence:
    weekdays = draw(st.frozensets(st.integers(0, 6), max_size=7))
    dates = draw(st.lists(DAYS, min_size=0 if weekdays else 1, max_size=3))
    if not weekdays:
        return Recurrence(dates=tuple(dates))
    return Recurrence(
        weekdays=weekdays,
        parity=draw(st.sampled_from(WeekParity)),
        weeks=draw(st.frozensets(st.integers(1, 53), max_size=4)),
        ranks=draw(st.frozensets(st.sampled_from([1, 2, 3, 4, 5, -1, -2, -3, -4, -5]), max_size=3)),
        cycle=draw(st.none() | cycles()),
        seasons=tuple(
            Season(first=first, last=last)
            for first, last in draw(st.lists(st.tuples(MONTH_DAYS, MONTH_DAYS), max_size=2))
        ),
        school=draw(st.sampled_from(SchoolRule)),
        holidays=draw(st.sampled_from(HolidayRule)),
        dates=tuple(dates),
    )


@given(rules())
def test_any_rule_is_said_and_read_back(rule: Recurrence) -> None:
    assert read(describe_recurrence(rule)) == rule


@given(rules().filter(lambda rule: rule.parity is WeekParity.EVERY or not rule.weeks))
def test_any_rule_is_written_in_a_file_and_read_back(rule: Recurrence) -> None:
    path = "tournees/nord/2026-09-01.toml"
    keys = {key: value for key, value in recurrence_keys(rule).items() if value is not None}
    stop = {"lieu": "bonnat", "ouvert": "09:00-10:00"}
    run = {**keys, "arrets": {"bonnat": stop}}
    document = {
        "format": "tournee/1",
        "tournee": "nord",
        "nom": "Nord",
        "effet": date(2026, 9, 1),
        "sorties": {"essai": run},
    }
    reading = read_schedule(schedule_files({path: format_document(document)}))
    assert reading.tree is not None
    (version,) = reading.tree.tours["nord"].versions
    assert version.runs[0].recurrence == rule


@given(st.text(max_size=60))
def test_no_text_whatever_breaks_the_reading(text: str) -> None:
    read_recurrence(text, START)
    read_french_date(text)


def test_english_has_its_own_words() -> None:
    rule = Recurrence(weekdays=frozenset({0}), ranks=frozenset({1, 3}))
    with speaking("en"):
        assert describe_recurrence(rule) == (
            "the 1st and 3rd Mondays of the month, except on public holidays"
        )


def test_a_stop_says_which_of_its_runs_days_it_keeps() -> None:
    rule = Recurrence(parity=WeekParity.EVEN, holidays=HolidayRule.SERVE)
    assert describe_narrowing(rule) == "ces jours-là des semaines paires"
