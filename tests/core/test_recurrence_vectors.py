"""The published vectors of recurrences, holidays, Easter and time zones."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fsmobile.core.holidays import (
    SchoolPeriod,
    SchoolZone,
    Territory,
    easter,
    public_holidays_between,
)
from fsmobile.core.local_time import to_utc
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

DOCUMENT = json.loads(
    (Path(__file__).parent / "data" / "recurrence_vectors.json").read_text(encoding="utf-8")
)
VECTORS = DOCUMENT["vectors"]
DAYS = ["lu", "ma", "me", "je", "ve", "sa", "di"]


def zone_named(name: str) -> SchoolZone:
    periods = tuple(
        SchoolPeriod(first=date.fromisoformat(first), last=date.fromisoformat(last))
        for first, last in DOCUMENT["school_holidays"][name]
    )
    return SchoolZone(zone=name, periods=periods, horizon=date(2027, 8, 31))


def rule_from(keys: dict[str, Any]) -> Recurrence:
    weeks = keys.get("semaines", "toutes")
    cycle = None
    if "cycle" in keys:
        ranks = keys["cycle"].get("rang", 1)
        cycle = Cycle(
            length=keys["cycle"]["longueur"],
            starts_on=date.fromisoformat(keys["cycle"]["debut"]),
            ranks=frozenset([ranks] if isinstance(ranks, int) else ranks),
            count=CycleCount(keys["cycle"].get("compte", "calendaire")),
        )
    return Recurrence(
        weekdays=frozenset(DAYS.index(day) for day in keys.get("jours", [])),
        parity=WeekParity(weeks) if isinstance(weeks, str) else WeekParity.EVERY,
        weeks=frozenset(weeks) if isinstance(weeks, list) else frozenset(),
        ranks=frozenset(keys.get("rang", [])),
        cycle=cycle,
        seasons=tuple(season_from(text) for text in keys.get("saison", [])),
        school=SchoolRule(keys.get("vacances", "avec")),
        holidays=HolidayRule(keys.get("feries", "avec")),
        dates=tuple(date.fromisoformat(day) for day in keys.get("dates", [])),
    )


def season_from(text: str) -> Season:
    first, last = ((int(part[:2]), int(part[3:])) for part in text.split(".."))
    return Season(first=first, last=last)


def table_for(vector: dict[str, Any], first: date, last: date) -> DayTable:
    context = vector.get("context", {})
    holidays = (
        public_holidays_between(first, last, Territory(context["feries"]))
        if "feries" in context
        else {}
    )
    zone = zone_named(context["zone"]) if "zone" in context else None
    return DayTable(first, last, holidays, zone)


def days_of(vector: dict[str, Any]) -> set[date]:
    first, last = date.fromisoformat(vector["from"]), date.fromisoformat(vector["to"])
    rules = vector["rule"] if isinstance(vector["rule"], list) else [vector["rule"]]
    days: set[date] = set()
    for keys in rules:
        if "paques" in keys:
            offset = timedelta(days=keys["paques"])
            feasts = {easter(year) + offset for year in range(first.year - 1, last.year + 2)}
            days |= {day for day in feasts if first <= day <= last}
            continue
        start = max(first, date.fromisoformat(keys.get("effet", vector["from"])))
        end = min(last, date.fromisoformat(keys.get("fin", vector["to"])))
        days |= set(expand_recurrence(rule_from(keys), table_for(vector, start, end)))
    return days


def with_exceptions(vector: dict[str, Any], days: set[date]) -> list[str]:
    kept = {day.isoformat() for day in days} - set(vector.get("cancelled", []))
    for original, moved in vector.get("moved", []):
        kept = kept - {original} | {moved}
    return sorted(day for day in kept if vector["from"] <= day <= vector["to"])


@pytest.mark.parametrize(
    "vector",
    [vector for vector in VECTORS if "expected_utc" not in vector],
    ids=lambda vector: vector["id"],
)
def test_a_rule_keeps_the_days_of_its_vector(vector: dict[str, Any]) -> None:
    assert with_exceptions(vector, days_of(vector)) == vector["expected"]


@pytest.mark.parametrize(
    "vector",
    [vector for vector in VECTORS if "expected_utc" in vector],
    ids=lambda vector: vector["id"],
)
def test_a_local_hour_is_the_instant_of_its_vector(vector: dict[str, Any]) -> None:
    locals_ = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in vector["rule"]["local"]]
    instants = [to_utc(at.date(), at.time(), vector["rule"]["fuseau"]) for at in locals_]
    assert [f"{instant:%Y-%m-%dT%H:%M}Z" for instant in instants] == vector["expected_utc"]


def test_every_vector_is_run() -> None:
    assert len(VECTORS) == 87
