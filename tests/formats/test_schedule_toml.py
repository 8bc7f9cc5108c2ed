"""Faults of schedule files: each with its code, its place and what was perhaps meant."""

import pytest

from fsmobile.errors import Problem, Severity
from fsmobile.formats.schedule_toml import read_schedule
from tests.formats.schedule_files import (
    PLACES,
    STRUCTURE,
    TOUR,
    VEHICLES,
    override_file,
    schedule_files,
)

VERSION = "tournees/nord/2026-09-01.toml"
TEXTS = {
    "structure.toml": STRUCTURE,
    "lieux.toml": PLACES,
    "vehicules.toml": VEHICLES,
    VERSION: TOUR,
}


def problems(*changes: dict[str, str]) -> tuple[Problem, ...]:
    return read_schedule(schedule_files(*changes)).problems


def change(file: str, old: str, new: str) -> dict[str, str]:
    assert old in TEXTS[file], old
    return {file: TEXTS[file].replace(old, new, 1)}


def add(file: str, text: str) -> dict[str, str]:
    return {file: TEXTS[file] + text}


def test_the_small_schedule_has_only_an_approximate_time() -> None:
    (only,) = problems()
    assert (only.code, only.severity) == ("approximate_time", Severity.INFO)


STOP_DUN = 'ouvert = ["09:30-12:00", "13:30-16:00"]'
CASES: list[tuple[dict[str, str], str, dict[str, object]]] = [
    (change("structure.toml", "structure/1", "structure/2"), "unknown_format_version", {"line": 2}),
    (change("structure.toml", 'format        = "structure/1"', ""), "unknown_format_version", {}),
    (
        change("structure.toml", '"metropole"', '"metropol"'),
        "unexpected_value",
        {"line": 8, "column": 17, "nearest": "metropole"},
    ),
    (change("structure.toml", '"Europe/Paris"', '"Europe/Pari"'), "unexpected_value", {"line": 6}),
    (change("structure.toml", '"Europe/Paris"', '"../../etc/passwd"'), "unexpected_value", {}),
    (
        change("structure.toml", 'departement   = "23"', "departement = 23"),
        "wrong_type",
        {"line": 5, "expected": '"23"'},
    ),
    (
        change("structure.toml", '"essai"', '"Bus Éssai"'),
        "invalid_identifier",
        {"nearest": "bus-essai"},
    ),
    (
        add("structure.toml", "telephonne = '1'\n"),
        "unknown_key",
        {"severity": Severity.WARNING, "nearest": "telephone"},
    ),
    (
        add("structure.toml", 'feries_locaux = ["05-22", "paques*2"]\n'),
        "unexpected_value",
        {"line": 9, "column": 27},
    ),
    (add("structure.toml", '[limites]\npause_min = "20"\n'), "unexpected_value", {}),
    (add("structure.toml", "[label]\nagents_min = 2.5\n"), "wrong_type", {"line": 10}),
    (
        change("lieux.toml", 'nom = "Bonnat"', 'nom = "Bonnat"\ninsee = 23025'),
        "wrong_type",
        {"line": 12, "column": 9, "expected": '"23025"'},
    ),
    (change("lieux.toml", 'nom = "Bonnat"', ""), "missing_required_key", {"value": "nom"}),
    (
        change("lieux.toml", 'nom = "Bonnat"', 'nom = "Bonnat "'),
        "leading_or_trailing_whitespace",
        {"severity": Severity.WARNING},
    ),
    (
        change("lieux.toml", 'nom = "Bonnat"', 'nom = "Bonn\ufffdt"'),
        "suspicious_character",
        {"severity": Severity.WARNING},
    ),
    (change("lieux.toml", '"Bonnat"', f'"{"B" * 61}"'), "text_too_long", {}),
    (
        change("lieux.toml", "[lieux.bonnat]", "[lieux.Bonnat]"),
        "invalid_identifier",
        {"line": 10, "nearest": "bonnat"},
    ),
    (
        change("lieux.toml", "[lieux.bonnat]", "[lieux.dun-salle]"),
        "duplicate_identifier",
        {"line": 10, "value": "lieux.dun-salle"},
    ),
    (add("lieux.toml", 'indisponible = ["jeudi 6h-14h"]'), "unexpected_value", {"line": 12}),
    (add("lieux.toml", "lat = nan"), "unexpected_value", {"line": 12}),
    (add("lieux.toml", "pmr = 'oui'"), "wrong_type", {}),
    (add("lieux.toml", 'type = "bases"'), "unexpected_value", {"nearest": "base"}),
    (add("lieux.toml", 'repli = "dun-sale"'), "foreign_key_violation", {"nearest": "dun-salle"}),
    (add("vehicules.toml", "permis = 1"), "wrong_type", {}),
    (
        change("vehicules.toml", '"Bus 2"', '"Bus 2"\nindisponible = ["2026-11-02"]'),
        "unexpected_value",
        {},
    ),
    (change("vehicules.toml", '"Bus 2"', '"Bus 2"\nbase = "depot"'), "foreign_key_violation", {}),
    (change(VERSION, "2026-09-01", "2026-09-07"), "filename_mismatch", {"line": 5, "column": 12}),
    (change(VERSION, '"nord"', '"sud"'), "filename_mismatch", {"expected": "nord"}),
    (
        change(VERSION, '"bus-1"', '"bus-9"'),
        "foreign_key_violation",
        {"line": 6, "nearest": "bus-2"},
    ),
    (change(VERSION, '"agent-b"', '"agent-z"'), "foreign_key_violation", {"line": 7, "column": 24}),
    (
        change(VERSION, '"dun-mairie"', '"dun-marie"'),
        "foreign_key_violation",
        {"line": 13, "column": 10, "nearest": "dun-mairie"},
    ),
    (change(VERSION, '"mardi"', '"mardy"'), "unexpected_value", {"nearest": "mardi"}),
    (change(VERSION, '"mardi"', '["mardi", 3]'), "wrong_type", {"line": 10, "column": 19}),
    (
        change(VERSION, '"mardi"', '"mardi"\nsemaine = "paires"'),
        "unknown_key",
        {"nearest": "semaines", "line": 11},
    ),
    (
        change(VERSION, '"mardi"', '"mardi"\nsemaines = "pair"'),
        "unexpected_value",
        {"nearest": "paires"},
    ),
    (change(VERSION, '"mardi"', '"mardi"\nsemaines = [54]'), "unexpected_value", {"column": 13}),
    (change(VERSION, '"mardi"', '"mardi"\nsemaines = 2'), "wrong_type", {"expected": "[2]"}),
    (change(VERSION, '"mardi"', '"mardi"\nrang = [0]'), "unexpected_value", {}),
    (change(VERSION, '"mardi"', '"mardi"\nrang = 1'), "wrong_type", {"expected": "[1]"}),
    (change(VERSION, '"mardi"', '"mardi"\nsaison = "06-31..09-01"'), "unexpected_value", {}),
    (change(VERSION, '"mardi"', '"mardi"\nvacances = "hors"'), "unexpected_value", {}),
    (
        change(VERSION, '"mardi"', '"mardi"\ncycle = { longueur = 0, debut = 2026-09-01 }'),
        "unexpected_value",
        {"line": 11, "column": 22},
    ),
    (
        change(VERSION, '"mardi"', '"mardi"\ncycle = { longueur = 2 }'),
        "missing_required_key",
        {"value": "debut"},
    ),
    (
        change(
            VERSION, '"mardi"', '"mardi"\ncycle = { longueur = 2, debut = 2026-09-01, rang = 3 }'
        ),
        "unexpected_value",
        {"expected": "1..2"},
    ),
    (
        change(VERSION, '"mardi"', '"mardi"\ndates = ["2026-09-01"]'),
        "wrong_type",
        {"expected": "2026-09-01"},
    ),
    (
        change(VERSION, '"mardi"', '"mardi"\ndates = [2026-09-01, 2026-02-30]'),
        "file_unreadable",
        {"line": 11, "column": 22},
    ),
    (change(VERSION, '"mardi"', '"mardi"\ndepart = "8h30"'), "invalid_time_span", {}),
    (change(VERSION, STOP_DUN, ""), "missing_required_key", {"value": "ouvert", "line": 12}),
    (
        change(VERSION, STOP_DUN, 'ouvert = "9h30-12h"'),
        "invalid_time_span",
        {"nearest": "09:30-12:00", "line": 14, "column": 10},
    ),
    (
        change(VERSION, STOP_DUN, 'ouvert = "9:30-12:00"'),
        "invalid_time_span",
        {"nearest": "09:30-12:00"},
    ),
    (change(VERSION, STOP_DUN, 'ouvert = "12:00-09:30"'), "invalid_time_span", {"nearest": None}),
    (change(VERSION, STOP_DUN, "ouvert = []"), "invalid_time_span", {}),
    (change(VERSION, STOP_DUN, "ouvert = 9"), "wrong_type", {}),
    (change(VERSION, STOP_DUN, 'ouvert = "toute la journée"'), "invalid_time_span", {}),
    (change(VERSION, "arrets.dun]", "arrets.matin]"), "reserved_identifier", {"value": "matin"}),
    (change(VERSION, STOP_DUN, STOP_DUN + "\ntrajet = -5"), "unexpected_value", {}),
    (change(VERSION, STOP_DUN, STOP_DUN + '\nacces = "rendez-vous"'), "unexpected_value", {}),
    (
        change(VERSION, "effet    = 2026-09-01", "effet = 2026-09-01\nfin = 2026-08-01"),
        "unexpected_value",
        {},
    ),
    (
        change(VERSION, "effet    = 2026-09-01", "effet = 2026-09-01\nremplace = 2025-01-01"),
        "foreign_key_violation",
        {"line": 6},
    ),
    ({"tournees/Nord Est/2026-09-01.toml": TOUR}, "invalid_identifier", {"nearest": "nord-est"}),
    ({"tournees/nord/copie.toml.bak": "x"}, "unknown_file", {"severity": Severity.INFO}),
    ({"lieu.toml": PLACES}, "unknown_file", {"nearest": "lieux.toml"}),
    (override_file("2026-11-24-nord-dun", ""), "missing_required_key", {"value": "action"}),
    (
        override_file("2026-11-24-nord-dun", 'action = "anule"'),
        "unexpected_value",
        {"nearest": "annule"},
    ),
    (
        override_file("2026-11-24-nord-dun", 'action = "deplace"'),
        "missing_required_key",
        {"value": "vers"},
    ),
    (
        override_file("2026-11-24-nord-dun", 'action = "annule"\nmotif = "maladie"'),
        "unexpected_value",
        {"line": 3},
    ),
    (
        override_file("2026-11-24-nord-dum", 'action = "annule"'),
        "foreign_key_violation",
        {"nearest": "nord-dun"},
    ),
    (override_file("2026-11-24-sud-dun", 'action = "annule"'), "foreign_key_violation", {}),
    (override_file("2026-11-31-nord-dun", 'action = "annule"'), "filename_mismatch", {}),
    (override_file("2026-11-24", 'action = "annule"'), "filename_mismatch", {}),
    (override_file("2026-11-24-nord-journee", 'action = "ajoute"'), "unexpected_value", {}),
    (
        override_file("2026-11-24-nord-dun", 'action = "lieu"\nlieu = "nulle-part"'),
        "foreign_key_violation",
        {"line": 3},
    ),
    (
        override_file("2026-11-24-nord-dun", 'action = "annule"\nremplace = "rien"'),
        "overlay_replaces_unknown",
        {},
    ),
    (
        {"surcharges/2025/2026-11-24-nord-dun.toml": 'format="surcharge/1"\naction="annule"'},
        "filename_mismatch",
        {"expected": "surcharges/2026/2026-11-24-nord-dun.toml"},
    ),
    (
        {"calendriers/vacances.toml": 'format = "vacances/1"\n[A.x]\ndu = 2026-01-02\n'},
        "missing_required_key",
        {"value": "horizon"},
    ),
    (
        {
            "calendriers/fermetures.toml": (
                'format = "fermetures/1"\n[fermetures.x]\ndu = 2026-01-02\nau = 2026-01-01\n'
            )
        },
        "unexpected_value",
        {"line": 4},
    ),
    (
        {"acquittements.toml": 'format = "acquittements/1"\n[acquittements.x]\ncode = "x"\n'},
        "missing_required_key",
        {"value": "id"},
    ),
]


@pytest.mark.parametrize(("files", "code", "expected"), CASES)
def test_a_fault_has_its_code_its_place_and_what_was_meant(
    files: dict[str, str], code: str, expected: dict[str, object]
) -> None:
    found = [one for one in problems(files) if one.code == code]
    described = [describe(one) for one in found]
    assert any(expected.items() <= one.items() for one in described), described


def describe(one: Problem) -> dict[str, object]:
    place = {"severity": one.severity, "line": one.line, "column": one.column}
    return {"nearest": None, **one.params, **place}


def test_every_fault_of_every_file_is_told_at_once() -> None:
    found = problems(
        change("lieux.toml", 'nom = "Bonnat"', "insee = 1"),
        change(VERSION, '"mardi"', '"mardy"\nsemaines = "pair"\nrang = 9'),
        override_file("2026-11-24-nord-dun", 'action = "anule"'),
        {"calendriers/fermetures.toml": "format = "},
    )
    errors = [(one.file, one.code) for one in found if one.severity is Severity.ERROR]
    assert errors == [
        ("calendriers/fermetures.toml", "file_unreadable"),
        ("lieux.toml", "missing_required_key"),
        ("lieux.toml", "wrong_type"),
        ("surcharges/2026/2026-11-24-nord-dun.toml", "unexpected_value"),
        (VERSION, "unexpected_value"),
        (VERSION, "unexpected_value"),
        (VERSION, "wrong_type"),
    ]


def test_a_file_that_cannot_be_read_is_not_held_against_the_others() -> None:
    for file in ("lieux.toml", "vehicules.toml"):
        codes = [one.code for one in problems({file: "format ="})]
        assert codes.count("foreign_key_violation") == 0
    broken = problems({VERSION: "="}, override_file("2026-11-24-nord-dun", 'action = "annule"'))
    assert [one.code for one in broken] == ["file_unreadable"]


def test_the_name_of_an_overlay_that_reads_two_ways_is_refused() -> None:
    tours = {
        "tournees/nord-est/2026-09-01.toml": TOUR.replace('"nord"', '"nord-est"'),
        VERSION: TOUR.replace("arrets.bonnat]", "arrets.est-dun]"),
    }
    found = problems(tours, override_file("2026-11-24-nord-est-dun", 'action = "annule"'))
    (ambiguous,) = [one for one in found if one.code == "overlay_name_ambiguous"]
    assert ambiguous.severity is Severity.ERROR
    assert ambiguous.params["expected"] == "nord + est-dun | nord-est + dun"


def test_a_longer_tour_name_is_no_second_reading() -> None:
    tours = {"tournees/nord-est/2026-09-01.toml": TOUR.replace('"nord"', '"nord-est"')}
    reading = read_schedule(
        schedule_files(tours, override_file("2026-11-24-nord-est-apres-midi", 'action="annule"'))
    )
    assert not reading.has_errors
    assert reading.tree is not None
    assert [(one.tour_id, one.scope) for one in reading.tree.overrides] == [
        ("nord-est", "apres-midi")
    ]


def test_one_overlay_in_two_folders_is_one_too_many() -> None:
    body = 'format = "surcharge/1"\naction = "annule"\n'
    found = problems({f"surcharges/{year}/2026-11-24-nord-dun.toml": body for year in (2026, 2027)})
    assert {one.code for one in found} >= {"duplicate_identifier", "filename_mismatch"}


def test_two_versions_of_one_date_are_told_apart() -> None:
    found = problems({"tournees/nord/2026-09-02.toml": TOUR})
    assert {one.code for one in found} >= {"version_same_effect_date", "filename_mismatch"}


def test_overseas_the_calendar_and_the_time_zone_must_be_said() -> None:
    bare = 'format = "structure/1"\nid = "x"\nnom = "X"\ndepartement = "974"\n'
    found = [one for one in problems({"structure.toml": bare}) if one.severity is Severity.ERROR]
    assert [one.params["value"] for one in found] == ["feries", "fuseau"]


def test_without_a_structure_there_is_no_tree_and_the_rest_is_still_read() -> None:
    files = schedule_files(change(VERSION, '"mardi"', '"mardy"'))
    del files["structure.toml"]
    reading = read_schedule(files)
    assert reading.tree is None
    assert {one.code for one in reading.problems} >= {"missing_required_key", "unexpected_value"}


def test_the_elements_of_a_tree_know_where_they_stand() -> None:
    tree = read_schedule(schedule_files()).tree
    assert tree is not None
    tour = next(iter(tree.tours.values()))
    run = tour.versions[0].runs[0]
    stop = run.stops[0]
    assert (stop.position.file, stop.position.line) == (VERSION, 12)
    assert (stop.position.of("ouvert").line, stop.position.of("ouvert").column) == (14, 10)
    assert stop.position.of("trajet").line == 12
    assert run.position.has("jours")
    assert not run.position.has("feries")


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    plain = read_schedule(schedule_files())
    dressed: dict[str, str | bytes] = {
        name: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
        for name, text in schedule_files().items()
    }
    reading = read_schedule(dressed)
    assert reading.tree == plain.tree
    assert {one.code for one in reading.problems if one not in plain.problems} == {
        "non_canonical_layout"
    }
    assert not reading.has_errors
