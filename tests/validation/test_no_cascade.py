"""A fault is told once: what follows from it is not told again."""

import pytest

from fsmobile.errors import Severity
from tests.validation.planted_faults import overlay
from tests.validation.schedule_trees import (
    FIRST,
    SECOND,
    Edit,
    check_files,
    clean_files,
    codes_of,
    edit_files,
)

PLACES = "lieux.toml"
HOLIDAYS = "calendriers/vacances.toml"
LEAVES = 'depart   = "08:30"'
BENEVENT = 'ouvert   = "14:00-16:15"'
DUN = "[sorties.mardi-dun.arrets.dun]"
ONE_FAULT: tuple[tuple[str, Edit], ...] = (
    ("file_unreadable", (SECOND, "effet    =", "effet    = =")),
    ("file_unreadable", (FIRST, "effet    =", "effet    = =")),
    ("file_unreadable", (PLACES, "[lieux.bonnat]", "[lieux.bonnat")),
    ("foreign_key_violation", (SECOND, '"dun-mairie"', '"dun-marie"')),
    ("unexpected_value", (SECOND, 'jours    = "mardi"', 'jours    = "mardy"')),
    ("invalid_time_span", (FIRST, '"09:30-12:00"', '"9:30-12:00"')),
    ("unexpected_value", (SECOND, f'"impaires"\n{LEAVES}', f'"impair"\n{LEAVES}')),
    ("unexpected_value", (FIRST, f'"paires"\n{BENEVENT}', f'"pair"\n{BENEVENT}')),
    ("unknown_key", (FIRST, 'semaines = "paires"', 'semaine = "paires"')),
    ("wrong_type", (FIRST, 'semaines = "paires"', "cycle = 2")),
    ("wrong_type", (FIRST, 'semaines = "paires"', 'saison = ["06-15..09-15", 3]')),
    ("stop_times_overlap", (FIRST, '"09:30-12:00"', '["09:30-12:00", "11:00-12:30"]')),
    ("unexpected_value", (HOLIDAYS, "au = 2027-01-03", "au = 2026-01-03")),
    ("wrong_type", (FIRST, "trajet = 35", 'trajet = "35"')),
    ("reserved_identifier", (SECOND, "arrets.dun]", "arrets.matin]")),
    ("invalid_identifier", (FIRST, "mardi-dun.arrets.dun]", "mardi-dun.arrets.Dun]")),
    ("invalid_identifier", (PLACES, "[lieux.dun-mairie]", "[lieux.Dun]")),
    ("invalid_identifier", ("vehicules.toml", "[vehicules.bus-1]", "[vehicules.Bus-1]")),
    ("recurrence_without_day", (FIRST, 'jours    = "mardi"\nsemaines = "p', 'semaines = "p')),
    ("recurrence_never_fires", (SECOND, 'jours    = "mardi"', 'jours = "mardi"\nrang = [5]\n#')),
    ("recurrence_contradiction", (FIRST, DUN, f'{DUN}\nsemaines = "impaires"')),
    ("arrival_after_opening", (FIRST, "trajet = 35", "trajet = 75")),
    ("stop_times_overlap", (FIRST, '"13:30-16:15"\ntrajet = 15', '"11:45-16:15"\ntrajet = 15')),
    ("place_outside_departement", (PLACES, "46.3080", "43.3080")),
    ("crew_below_label", (FIRST, '["agent-a", "agent-b"]', '["agent-a"]')),
    ("vehicle_unavailable", ("vehicules.toml", "2027-03-15", "2026-10-15")),
)


@pytest.mark.parametrize(("code", "edit"), ONE_FAULT, ids=[code for code, _ in ONE_FAULT])
def test_one_fault_gives_one_notice(code: str, edit: Edit) -> None:
    problems = check_files(edit_files(clean_files(), edit))
    assert codes_of(problems, Severity.ERROR, Severity.WARNING) == [code]


def test_a_wrong_point_is_told_once_however_many_roads_lead_there() -> None:
    swapped = edit_files(
        clean_files(),
        (PLACES, "lat     = 46.1710", "lat     = 1.8710"),
        (PLACES, "lon     = 1.8710", "lon     = 46.1710"),
    )
    assert codes_of(check_files(swapped)) == ["coordinates_swapped"]


def test_an_overlay_on_a_stop_at_fault_is_not_blamed() -> None:
    late = edit_files(clean_files(), (FIRST, '"09:30-12:00"', '"matinée"'))
    assert codes_of(check_files(late)) == ["invalid_time_span"]


def test_the_same_crew_is_told_once_for_each_file_that_states_it() -> None:
    alone = '["agent-a"]'
    both = edit_files(
        clean_files(),
        (FIRST, '["agent-a", "agent-b"]', alone),
        (SECOND, '["agent-a", "agent-b"]', alone),
    )
    assert codes_of(check_files(both)) == ["crew_below_label", "crew_below_label"]


def test_a_passage_cancelled_by_the_workshop_is_no_fault() -> None:
    files = edit_files(
        clean_files(),
        ("vehicules.toml", "indisponible    = []", 'indisponible = ["2027-02-02..2027-02-02"]'),
    )
    assert codes_of(check_files(files)) == []


def test_a_passage_kept_during_the_workshop_is_a_fault() -> None:
    files = edit_files(
        {**clean_files(), "surcharges/2027/2027-02-02-nord-dun.toml": ""},
        ("vehicules.toml", "indisponible    = []", 'indisponible = ["2027-02-02..2027-02-02"]'),
        overlay("2027-02-02-nord-dun", 'action = "maintient"'),
    )
    assert codes_of(check_files(files)) == ["vehicle_unavailable"]


def test_two_versions_of_one_day_are_not_told_to_serve_nothing() -> None:
    files = edit_files(clean_files(), (SECOND, "effet    = 2027-01-04", "effet    = 2026-09-01"))
    assert codes_of(check_files(files), Severity.ERROR, Severity.WARNING) == [
        "filename_mismatch",
        "version_same_effect_date",
    ]


def test_a_zone_that_nobody_knows_puts_no_bus_in_two_villages() -> None:
    files = edit_files(
        clean_files(), ("structure.toml", 'zone_scolaire = "A"', 'zone_scolaire = "D"')
    )
    assert "vehicle_overlap" not in codes_of(check_files(files))


def test_a_key_with_a_slip_is_no_zone_of_the_school_holidays() -> None:
    files = edit_files(clean_files(), (HOLIDAYS, "horizon", "horizont"))
    told = codes_of(check_files(files), Severity.ERROR, Severity.WARNING)
    assert told == ["missing_required_key", "unknown_key"]


def test_a_key_that_means_nothing_hides_no_fault_of_its_run() -> None:
    files = edit_files(
        clean_files(),
        (FIRST, LEAVES, f'{LEAVES}\ncouleur = "bleu"'),
        (FIRST, "trajet = 35", "trajet = 75"),
    )
    told = codes_of(check_files(files), Severity.ERROR, Severity.WARNING)
    assert told == ["arrival_after_opening", "unknown_key"]
