"""Schedules written at random as files: the agenda is what the pages of the format define."""

import tomllib
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.holidays import SchoolCalendar
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.errors import Severity
from fsmobile.formats.schedule_toml import read_schedule
from tests.formats.agenda_oracle import ABOLITION, DAYS, Opening, Table, openings_between
from tests.formats.schedule_files import PLACES

WINDOW_DAYS = 70
EDGES = [
    date(2026, 12, 20),  # week 53, two school holidays, 25 December in Alsace-Moselle
    date(2024, 2, 1),  # a leap day
    date(2020, 12, 14),  # 1 January in a week 53
    date(2027, 3, 1),  # Easter, then three holidays in May
    date(2026, 4, 20),
]
PLACE_IDS = st.sampled_from(["dun-mairie", "dun-salle", "bonnat"])
MORNING, NOON, EVENING = "09:30-11:00", "11:30-12:30", "13:30-16:00"
HOURS = st.sampled_from([MORNING, EVENING, "matin", "apres-midi", [MORNING, NOON, EVENING]])
VEHICLE_IDS = st.sampled_from(["bus-1", "bus-2"])


def write(value: Any) -> str:
    """Write a value in TOML."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[{', '.join(map(write, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {write(one)}' for key, one in value.items())} }}"
    return str(value)


def write_file(kind: str, table: Table) -> str:
    return "\n".join([f'format = "{kind}/1"', *(f"{k} = {write(v)}" for k, v in table.items())])


@st.composite
def some(draw: st.DrawFn, **keys: st.SearchStrategy[Any]) -> Table:
    """Draw a table in which each key stands one time in three."""
    return {key: draw(value) for key, value in keys.items() if draw(st.integers(0, 2)) == 0}


def days_near(first: date, before: int, after: int) -> st.SearchStrategy[date]:
    return st.integers(-before, WINDOW_DAYS + after).map(lambda n: first + timedelta(days=n))


@st.composite
def cycles(draw: st.DrawFn, first: date) -> Table:
    length = draw(st.integers(1, 5))
    ranks = st.integers(1, length)
    return {
        "longueur": length,
        "debut": draw(days_near(first, 500, 0)),
        "rang": draw(st.one_of(ranks, st.lists(ranks, min_size=1, unique=True))),
        "compte": draw(st.sampled_from(["calendaire", "hors-vacances"])),
    }


def selectors(first: date) -> dict[str, st.SearchStrategy[Any]]:
    month_days = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map("{:%m-%d}".format)
    seasons = st.tuples(month_days, month_days).map("..".join)
    ranks = st.sampled_from([1, 2, 3, 4, 5, -1, -2, -3, -4, -5])
    weeks = st.lists(st.integers(1, 53), min_size=1, max_size=30, unique=True)
    return {
        "semaines": st.one_of(st.sampled_from(["paires", "impaires", "toutes"]), weeks),
        "rang": st.lists(ranks, min_size=1, max_size=4, unique=True),
        "cycle": cycles(first),
        "saison": st.one_of(seasons, st.lists(seasons, min_size=1, max_size=2)),
    }


@st.composite
def runs(draw: st.DrawFn, first: date, rank: int) -> Table:
    days = st.lists(st.sampled_from(DAYS), min_size=1, max_size=7, unique=True)
    stops = {
        f"arret-{rank}{letter}": {
            "lieu": draw(PLACE_IDS),
            "ouvert": draw(HOURS),
            **draw(some(jours=days, **selectors(first))),
        }
        for letter in draw(st.sampled_from(["a", "ab"]))
    }
    if draw(st.integers(0, 3)) == 0:
        listed = draw(st.lists(days_near(first, 20, 20), min_size=1, max_size=5, unique=True))
    else:
        listed = []
    rules = draw(
        some(
            vacances=st.sampled_from(["avec", "sans", "seulement"]),
            feries=st.sampled_from(["avec", "sauf"]),
            vehicule=VEHICLE_IDS,
            **selectors(first),
        )
    )
    return {"jours": draw(days), **rules, **({"dates": listed} if listed else {}), "arrets": stops}


@st.composite
def versions(draw: st.DrawFn, first: date) -> dict[str, Table]:
    files: dict[str, Table] = {}
    for valid_from in draw(st.lists(days_near(first, 60, -10), min_size=1, max_size=3)):
        ends = st.integers(0, 60).map(lambda n, start=valid_from: start + timedelta(days=n))
        files[f"tournees/nord/{valid_from}.toml"] = {
            "tournee": "nord",
            "nom": "Nord",
            "effet": valid_from,
            "vehicule": "bus-1",
            **draw(some(fin=ends, feries=st.just("avec"), vacances=st.just("sans"))),
            "sorties": {
                f"sortie-{rank}": draw(runs(first, rank)) for rank in range(draw(st.integers(1, 2)))
            },
        }
    return files


@st.composite
def overlays(draw: st.DrawFn, first: date, stops: list[str]) -> dict[str, Table]:
    day = draw(days_near(first, 15, 15))
    action = draw(
        st.sampled_from(["annule", "deplace", "lieu", "horaire", "ajoute", "maintient", "vehicule"])
    )
    scopes = stops if action == "ajoute" else [*stops, "journee", "matin", "apres-midi"]
    needed = {"deplace": ["vers"], "ajoute": ["lieu", "ouvert"], "lieu": ["lieu"]}
    needed |= {"horaire": ["ouvert"], "vehicule": ["vehicule"]}
    keys = {
        "lieu": PLACE_IDS,
        "ouvert": st.sampled_from([NOON, "matin", [MORNING, EVENING]]),
        "vehicule": VEHICLE_IDS,
    }
    to = st.integers(-30, 30).map(lambda n: day + timedelta(days=n))
    must = {name: {**keys, "vers": to}[name] for name in needed.get(action, [])}
    may = {name: one for name, one in keys.items() if name not in must and action != "annule"}
    table = {
        "action": action,
        **{name: draw(one) for name, one in must.items()},
        **draw(some(motif=st.sampled_from(["panne", "fetes"]), **may)),
    }
    return {f"surcharges/{day:%Y}/{day}-nord-{draw(st.sampled_from(scopes))}.toml": table}


@st.composite
def schedules(draw: st.DrawFn, first: date) -> dict[str, Table]:
    near = days_near(first, 40, 20)
    spans = st.tuples(near, st.integers(0, 20)).map(lambda one: (one[0], one[0] + one[1] * DAY))
    free = {
        f"periode-{rank}": {"du": span[0], "au": span[1]}
        for rank, span in enumerate(draw(st.lists(spans, max_size=4)))
    }
    closed = {
        f"conges-{rank}": {"du": span[0], "au": span[1], **draw(some(motif=st.just("conges")))}
        for rank, span in enumerate(draw(st.lists(spans, max_size=1)))
    }
    off = [f"{span[0]}..{span[1]}" for span in draw(st.lists(spans, max_size=1))]
    tour = draw(versions(first))
    runs = [run for version in tour.values() for run in version["sorties"].values()]
    stops = sorted({stop for run in runs for stop in run["arrets"]})
    files: dict[str, Table] = {
        "structure.toml": {
            "id": "essai",
            "nom": "Essai",
            "fuseau": "Europe/Paris",
            "zone_scolaire": "A",
            "feries": draw(st.sampled_from(["metropole", "alsace-moselle", *ABOLITION])),
            "feries_locaux": draw(st.sampled_from([[], ["12-24"], ["paques-2", "02-29"]])),
        },
        "vehicules.toml": {
            "vehicules": {
                "bus-1": {"nom": "Bus 1", "indisponible": off},
                "bus-2": {"nom": "Bus 2"},
            }
        },
        "calendriers/vacances.toml": {"horizon": date(2040, 1, 1), **({"A": free} if free else {})},
        "calendriers/fermetures.toml": {"fermetures": closed},
        **tour,
    }
    for _ in range(draw(st.integers(0, 6))):
        files |= draw(overlays(first, stops))
    return files


DAY = timedelta(days=1)
KINDS = {"tournees": "tournee", "surcharges": "surcharge"}


def as_text(files: dict[str, Table]) -> dict[str, str]:
    texts = {"lieux.toml": PLACES}
    for name, table in files.items():
        head = name.partition("/")[0]
        stem = name.rpartition("/")[2].removesuffix(".toml")
        texts[name] = write_file(KINDS.get(head, stem), table)
    return texts


def as_opening(one: PlannedPassage) -> Opening:
    hours = str(one.period) if one.starts is None else f"{one.starts:%H:%M}-{one.ends:%H:%M}"
    return Opening(
        day=one.service_date,
        hours=hours,
        stop=one.stop_id,
        original=one.original_date,
        place=one.place_id,
        vehicle=one.vehicle_id or "",
        status=str(one.status),
        reason=one.reason,
    )


@settings(max_examples=60, deadline=None)
@given(st.data(), st.one_of(st.sampled_from(EDGES), st.dates(date(2015, 1, 1), date(2038, 1, 1))))
def test_the_agenda_of_any_files_is_the_one_their_format_defines(
    data: st.DataObject, first: date
) -> None:
    texts = as_text(data.draw(schedules(first)))
    reading = read_schedule(texts)
    assert [one for one in reading.problems if one.severity is Severity.ERROR] == []
    assert reading.tree is not None
    last = first + timedelta(days=WINDOW_DAYS)
    agenda = expand_agenda(reading.tree, first, last, bundled=SchoolCalendar())
    files = {name: tomllib.loads(text) for name, text in texts.items()}
    found = sorted(map(as_opening, agenda.passages))
    assert found == openings_between(files, first, last)
