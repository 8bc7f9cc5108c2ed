"""What doctor and the checks of the day found, as a person reads it."""

import pytest

from fsmobile.errors import Param
from fsmobile.texts.findings import describe_finding


@pytest.mark.parametrize(
    ("code", "params", "said"),
    [
        (
            "disk_low",
            {"megabytes": 350},
            "Disque presque plein : 350 Mo libres. Faites de la place.",
        ),
        ("disk_free", {"megabytes": 72056}, "Disque : 70 Go libres."),
        (
            "timetable_fresh",
            {"day": "2026-11-22"},
            "Planning vérifié auprès du registre le dimanche 22 novembre.",
        ),
        (
            "ops_only_here",
            {"ops": 1, "visits": 0},
            "Actes sur ce seul portable : 1, dont visites : 0 ; s les envoie.",
        ),
    ],
)
def test_a_finding_reads_well_whatever_its_counts(
    code: str, params: dict[str, Param], said: str
) -> None:
    assert describe_finding(code, params) == said
