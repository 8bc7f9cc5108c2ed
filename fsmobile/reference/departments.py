"""The départements: school zone, time zone, and whose public holidays they keep."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from fsmobile.core.holidays import Territory
from fsmobile.reference.resources import read_text

_TERRITORIES = {
    "971": Territory.GUADELOUPE,
    "972": Territory.MARTINIQUE,
    "973": Territory.GUYANE,
    "974": Territory.LA_REUNION,
    "975": Territory.SAINT_PIERRE_ET_MIQUELON,
    "976": Territory.MAYOTTE,
    "977": Territory.SAINT_BARTHELEMY,
    "978": Territory.SAINT_MARTIN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A département or an overseas collectivity."""

    code: str
    """Two or three characters: `16`, `2A`, `974`."""
    name: str
    school_zone: str | None
    """`A`, `B`, `C`; None in Corsica and overseas, where the dates are local decisions."""
    time_zone: str
    """IANA name."""
    territory: Territory | None
    """None where no published set of public holidays is known to the program."""


@cache
def load_departments() -> Mapping[str, Department]:
    """Read all départements by code."""
    rows = csv.DictReader(read_text("departements.csv").splitlines())
    return {row["code"]: _read_department(row) for row in rows}


def department_code(insee_code: str) -> str:
    """Return the département of an INSEE code: two characters, three overseas."""
    return insee_code[:3] if insee_code.startswith(("97", "98")) else insee_code[:2]


def _read_department(row: Mapping[str, str]) -> Department:
    regime = row["feries"]
    known = regime in set(Territory)
    return Department(
        code=row["code"],
        name=row["nom"],
        school_zone=row["zone_scolaire"] or None,
        time_zone=row["fuseau"],
        territory=Territory(regime) if known else _TERRITORIES.get(regime),
    )
