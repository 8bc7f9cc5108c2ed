"""A rule while it is typed: what is shown of one that cannot be."""

from datetime import date

import pytest

from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.tui.plan_rules import read_rule
from tests.formats.schedule_files import schedule_files


def shown(typed: str) -> list[str]:
    tree = read_schedule(schedule_files()).tree
    assert tree is not None
    reading = read_rule(tree, typed, date(2026, 11, 23))
    assert not reading.is_ready
    return [row.text for row in reading.rows]


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ("1er lundi et 3e jeudi", ["cela fait deux règles : une sortie pour chacune"]),
        ("mradi", ["je ne comprends pas « mradi » (mardi ?)", "il manque le jour : mardi, jeudi…"]),
        (
            "lundi matin",
            [
                "je ne comprends pas « matin »",
                "les heures se donnent à chaque arrêt",
                "les lundis, hors jours fériés",
            ],
        ),
    ],
)
def test_a_rule_that_cannot_be_says_what_to_write(typed: str, rows: list[str]) -> None:
    assert shown(typed)[: len(rows)] == rows


def test_two_rules_are_never_shown_as_one() -> None:
    assert len(shown("mardi semaines paires et jeudi semaines impaires")) == 1
