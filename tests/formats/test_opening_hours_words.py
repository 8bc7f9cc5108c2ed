"""What each key of the format becomes in an `opening_hours` string, read back each time."""

from datetime import date, timedelta

import pytest

from fsmobile.core.holidays import Territory
from fsmobile.core.ids import StopId, TourId
from fsmobile.core.schedules import ScheduleTree
from fsmobile.formats.opening_hours import OSM_VALUE_LENGTH_MAX, OpeningHoursWriter
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.reference.holidays import load_school_calendar
from tests.formats.opening_hours_reader import WINDOW_DAYS, planned_openings, reread
from tests.formats.schedule_files import STRUCTURE, override_file, schedule_files

MONDAY = date(2026, 11, 23)
NORD, DUN = TourId("nord"), StopId("dun")
NINE = 'ouvert = "09:30-12:00"'
WEEKLY = 'jours = "mardi"'
EVERY_DAY = 'jours = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]'


def a_tree(rule: str, stop: str = NINE, *changes: dict[str, str]) -> ScheduleTree:
    tour = f"""
format = "tournee/1"
tournee = "nord"
nom = "Nord"
effet = 2026-09-01
vehicule = "bus-1"
[sorties.une]
{rule}
[sorties.une.arrets.dun]
lieu = "dun-mairie"
{stop}
"""
    reading = read_schedule(schedule_files({"tournees/nord/2026-09-01.toml": tour}, *changes))
    assert reading.tree is not None
    return reading.tree


def write(tree: ScheduleTree, first: date = MONDAY, length_max: int = OSM_VALUE_LENGTH_MAX) -> str:
    """Write the string of the stop, once it is seen to say what the agenda says."""
    calendar, last = load_school_calendar(), first + timedelta(days=WINDOW_DAYS - 1)
    text = OpeningHoursWriter(tree, first, last, bundled=calendar, length_max=length_max).write(
        NORD, DUN
    )
    if len(text) <= length_max:
        assert reread(text, first) == planned_openings(tree, NORD, DUN, first, calendar), text
    return text


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ('jours = "mardi"', "Tu 09:30-12:00; PH off"),
        ('jours = "mardi"\nferies = "avec"', "Tu 09:30-12:00"),
        ('jours = ["lundi", "mardi", "mercredi", "samedi"]', "Mo-We,Sa 09:30-12:00; PH off"),
        ('jours = "mardi"\nsemaines = "paires"', "week 2-52/2 Tu 09:30-12:00; PH off"),
        ('jours = "mardi"\nsemaines = "impaires"', "week 1-53/2 Tu 09:30-12:00; PH off"),
        ('jours = "mardi"\nsemaines = [2, 15, 28, 41]', "week 2,15,28,41 Tu 09:30-12:00; PH off"),
        ('jours = "mardi"\nsemaines = [2, 15, 16]', "week 2,15,16 Tu 09:30-12:00; PH off"),
        ('jours = "mardi"\nrang = [1, 3]', "Tu[1,3] 09:30-12:00; PH off"),
        ('jours = ["mardi", "jeudi"]\nrang = [1, -1]', "Tu[1,-1],Th[1,-1] 09:30-12:00; PH off"),
        ('jours = "mardi"\nsaison = "09-15..06-14"', "Sep 15-Jun 14 Tu 09:30-12:00; PH off"),
        ('jours = "mardi"\nsaison = "07-01..07-14"', "Jul 1-14 Tu 09:30-12:00; PH off"),
        ("dates = [2026-11-27, 2026-12-25]", "2026 Nov 27,2026 Dec 25 09:30-12:00"),
        (
            'jours = "mardi"\ndates = [2026-12-25]',
            "Tu 09:30-12:00; PH off; 2026 Dec 25 09:30-12:00",
        ),
        # A fortnight is even weeks, then odd ones after week 53.
        (
            'jours = "mardi"\ncycle = { longueur = 2, debut = 2026-11-24 }',
            "2026 Nov 24-2027 Nov 9 week 1-45/2,48-52/2 Tu 09:30-12:00",
        ),
        (
            'jours = "mercredi"\ncycle = { longueur = 4, debut = 2026-11-24, rang = [1, 2] }',
            "2026 Nov 25-2027 Nov 3 week 3-43/4,4-24/4,32-52/4,49,53 We 09:30-12:00",
        ),
        (
            'jours = "mercredi"\ncycle = { longueur = 2, debut = 2026-09-07, '
            'compte = "hors-vacances" }',
            "2026 Dec 2-2027 Nov 17 week 2-26/4,4,12,20,24,36-42/2,46,49,51 We 09:30-12:00",
        ),
        (
            'jours = "mercredi"\nvacances = "sans"',
            "We 09:30-12:00; PH off; 2026 Dec 23-30,2027 Feb 17-24,2027 Apr 14-21,"
            "2027 Jul 7-2027 Aug 25,2027 Oct 27-2027 Nov 3 off",
        ),
        (
            'jours = "mercredi"\nvacances = "seulement"',
            "2026 Dec 23-2027 Nov 3 week 7,8,15,16,27,29-34,43,44,52,53 We 09:30-12:00",
        ),
    ],
)
def test_a_rule_becomes(rule: str, expected: str) -> None:
    assert write(a_tree(rule)) == expected


@pytest.mark.parametrize(
    ("stop", "expected"),
    [
        ('ouvert = ["09:30-12:00", "13:30-16:00"]', "Tu 09:30-12:00,13:30-16:00; PH off"),
        (f"{NINE}\nincertain = true", "Tu 09:30-12:00 unknown; PH off"),
        # Without `open` one of the libraries would read `unknown`.
        (f'{NINE}\nacces = "rdv"', 'Tu 09:30-12:00 open "by appointment"; PH off'),
        (f'{NINE}\nacces = "demande"', 'Tu 09:30-12:00 open "on request"; PH off'),
        (f'{NINE}\nacces = "prive"', 'Tu 09:30-12:00 open "private"; PH off'),
        (
            f'{NINE}\nacces = "rdv"\nincertain = true',
            'Tu 09:30-12:00 unknown "by appointment"; PH off',
        ),
        ('ouvert = "matin"', 'Tu 08:00-12:00 unknown "in the morning"; PH off'),
        (f'{NINE}\nsemaines = "paires"', "week 2-52/2 Tu 09:30-12:00; PH off"),
        (f"{NINE}\nrang = [1]", "Tu[1] 09:30-12:00; PH off"),
    ],
)
def test_a_stop_becomes(stop: str, expected: str) -> None:
    assert write(a_tree(WEEKLY, stop)) == expected


def test_two_ranks_or_two_seasons_at_once_are_said_week_by_week() -> None:
    ranks = write(a_tree('jours = "mardi"\nrang = [1, 2]', f"{NINE}\nrang = [2, 3]"))
    assert ranks == ("2026 Dec 8-2027 Nov 9 week 2-10/4,15-23/4,28,32,37-45/4,50 Tu 09:30-12:00")
    tree = a_tree('jours = "mardi"\nsaison = "05-01..06-30"', f'{NINE}\nsaison = "06-15..08-30"')
    assert write(tree) == "2027 Jun 15,2027 Jun 22,2027 Jun 29 09:30-12:00"


@pytest.mark.parametrize("territory", Territory)
@pytest.mark.parametrize("first", [date(2026, 1, 1), date(2027, 1, 1)], ids=str)
def test_the_holidays_of_every_territory_are_off(territory: Territory, first: date) -> None:
    structure = STRUCTURE.replace('"metropole"', f'"{territory}"')
    tree = a_tree(EVERY_DAY, NINE, {"structure.toml": structure})
    assert tree.agency.territory is territory
    text = write(tree, first, length_max=1000)
    # Libraries know the national days only, and not all of them where a territory differs.
    assert ("PH off" in text) is (territory is Territory.METROPOLE)


def test_a_customary_day_off_is_dated() -> None:
    structure = STRUCTURE + 'feries_locaux = ["12-08", "paques-2"]\n'
    text = write(a_tree('jours = ["mardi", "vendredi"]', NINE, {"structure.toml": structure}))
    assert text == "Tu,Fr 09:30-12:00; PH off; 2026 Dec 8,2027 Mar 26 off"


def test_exceptions_come_after_the_holidays_that_some_of_them_break() -> None:
    text = write(
        a_tree(
            'jours = ["mardi", "vendredi"]',
            NINE,
            override_file("2026-12-25-nord-dun", 'action = "maintient"'),
            override_file("2026-12-01-nord-dun", 'action = "annule"'),
            override_file("2026-12-04-nord-dun", 'action = "deplace"\nvers = 2026-12-05'),
            override_file("2026-12-08-nord-dun", 'action = "horaire"\nouvert = "10:00-11:00"'),
            override_file("2026-12-11-nord-dun", 'action = "lieu"\nlieu = "dun-salle"'),
        )
    )
    assert text == (
        "Tu,Fr 09:30-12:00; PH off; 2026 Dec 1-4 off; "
        "2026 Dec 5,2026 Dec 25 09:30-12:00; 2026 Dec 8 10:00-11:00"
    )


def test_a_closure_is_one_stretch_however_many_passages_it_takes() -> None:
    closure = '[fermetures.conges]\ndu = 2027-08-02\nau = 2027-08-29\nmotif = "conges"\n'
    closures = {"calendriers/fermetures.toml": f'format = "fermetures/1"\n{closure}'}
    tree = a_tree('jours = ["mardi", "vendredi"]', NINE, closures)
    text = write(tree)
    assert text == "Tu,Fr 09:30-12:00; PH off; 2027 Aug 3-27 off"
    last = MONDAY + timedelta(days=WINDOW_DAYS - 1)
    cut = OpeningHoursWriter(
        tree, MONDAY, last, bundled=load_school_calendar(), length_max=len(text) - 1
    ).write(NORD, DUN)
    assert cut == "Tu,Fr 09:30-12:00; PH off; 2027 Aug 3-6 off"


def test_two_runs_on_one_day_are_both_said() -> None:
    tree = a_tree(
        f'{WEEKLY}\n[sorties.soir]\n{WEEKLY}\n[sorties.soir.arrets.dun]\nlieu = "dun-mairie"\n'
        'ouvert = "17:00-18:00"\nincertain = true\n[sorties.autre]\njours = "jeudi"'
    )
    assert "Tu 17:00-18:00 unknown" in write(tree)


def test_the_soonest_exceptions_are_kept_when_all_would_be_too_long() -> None:
    hours = [f"{9 + rank // 60:02}:{rank % 60:02}" for rank in range(20)]
    changes = [
        override_file(
            f"{MONDAY + timedelta(days=1 + 7 * rank)}-nord-dun",
            f'action = "horaire"\nouvert = "{start}-16:00"',
        )
        for rank, start in enumerate(hours)
    ]
    tree = a_tree(WEEKLY, NINE, *changes)
    assert len(write(tree, length_max=10_000)) > OSM_VALUE_LENGTH_MAX
    text = OpeningHoursWriter(
        tree, MONDAY, MONDAY + timedelta(days=364), bundled=load_school_calendar()
    ).write(NORD, DUN)
    kept = [start for start in hours if f"{start}-16:00" in text]
    assert kept == hours[: len(kept)]
    one_more = "; 2027 Jan 12 09:07-16:00"
    assert OSM_VALUE_LENGTH_MAX - len(one_more) < len(text) <= OSM_VALUE_LENGTH_MAX


def test_a_stop_that_is_not_served_is_off() -> None:
    tree = a_tree("dates = [2026-09-15]")
    assert write(tree) == "off"


def test_a_tour_that_is_not_there_is_told() -> None:
    calendar = load_school_calendar()
    with pytest.raises(KeyError):
        OpeningHoursWriter(a_tree(WEEKLY), MONDAY, MONDAY, bundled=calendar).write(
            TourId("sud"), DUN
        )
