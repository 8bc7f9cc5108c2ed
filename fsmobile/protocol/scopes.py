"""Scopes: what a laptop may see and write, derived by the registry from its role."""

from enum import StrEnum

DEVICE = "dev:"
"""Prefix of a single laptop's scope."""


class Role(StrEnum):
    """What a laptop was enrolled for."""

    AGENT = "agent"
    COORDINATOR = "coordinator"


def unit_scope(unit: str) -> str:
    """Scope of a unit's facts; `unit` is `<structure>/<vehicule>`."""
    return f"unit:{unit}"


def unit_of_scope(scope: str) -> str:
    """Return the unit whose facts a scope holds, or nothing."""
    kind, _colon, unit = scope.partition(":")
    return unit if kind == "unit" else ""


def agency_scope(agency: str) -> str:
    """Scope of a structure's schedule."""
    return f"agency:{agency}"


def office_scope(agency: str) -> str:
    """Scope of what only a structure's coordinators may see: the leave of agents."""
    return f"office:{agency}"


def device_scope(device_id: bytes) -> str:
    """Scope of what the registry addresses to one laptop."""
    return f"{DEVICE}{device_id.hex()}"


REFERENCE_SCOPE = "ref"
