"""The borders of the départements, simplified: enough to tell a point that is far outside."""

import json
from collections.abc import Mapping, Sequence
from functools import cache

from fsmobile.reference.resources import read_text

Ring = tuple[tuple[float, float], ...]
"""A closed line of longitudes and latitudes."""


def find_outline(department: str) -> Sequence[Ring]:
    """Return the rings of a département by its code, or nothing when they are not known."""
    rings = _load_outlines().get(department, ())
    return tuple(tuple((point[0], point[1]) for point in ring) for ring in rings)


@cache
def _load_outlines() -> Mapping[str, list[list[list[float]]]]:
    content: dict[str, list[list[list[float]]]] = json.loads(
        read_text("departements_contours.json.gz")
    )
    return content
