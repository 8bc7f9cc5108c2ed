"""Each rule speaks when its fault is planted, and is silent on the tree without a fault."""

import os
from pathlib import Path

import pytest

from fsmobile.texts.problems import explain_problem
from fsmobile.texts.schedule_problems import SCHEDULE_SENTENCES
from fsmobile.validation.rules import RULES
from tests.validation.planted_faults import ALL_FAULTS, RULE_FAULTS
from tests.validation.schedule_trees import ANEW, Planted, check_files, clean_files

PAGE = Path(__file__).parents[2] / "docs" / "regles-essayees.md"
WHOLE_FILE = {"filename_mismatch", "unknown_file"}
"""Faults of a file, and of no line of it."""
TABLES_OF_THEIR_OWN = {"table_row_unreadable"}
"""Faults of tables beside the schedule: they are tried where those are read."""


def test_nothing_is_said_of_a_tree_without_a_fault() -> None:
    assert check_files(clean_files()) == []


@pytest.mark.parametrize("planted", ALL_FAULTS, ids=str)
def test_a_planted_fault_is_told_with_its_gravity_and_its_place(planted: Planted) -> None:
    problems = check_files(planted.files, planted.today)
    told = [(one.code, one.severity) for one in problems]
    assert (planted.code, planted.severity) in told
    place = next(
        one for one in problems if (one.code, one.severity) == (planted.code, planted.severity)
    )
    assert place.file in planted.files
    if planted.file is not None:
        files = {one.file for one in problems if one.code == planted.code}
        assert planted.file in files
    assert place.line is not None or planted.code in WHOLE_FILE


def test_every_rule_has_a_planted_fault() -> None:
    planted = {one.code for one in RULE_FAULTS}
    assert {one.code for one in RULES} - planted == set()


def test_every_code_of_a_schedule_has_a_planted_fault() -> None:
    planted = {one.code for one in ALL_FAULTS}
    assert SCHEDULE_SENTENCES.keys() - planted == TABLES_OF_THEIR_OWN


def test_the_page_of_the_planted_faults_is_up_to_date() -> None:
    page = fault_page()
    if os.environ.get("FSMOBILE_PAGES") == "write":
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page


def fault_page() -> str:
    """Return the table of what was planted, what is said of it, and where."""
    rows = [_row(planted) for planted in sorted(ALL_FAULTS, key=str)]
    codes = {one.code for one in ALL_FAULTS}
    head = (
        "# Les règles, essayées une à une\n\n"
        "Cette page est faite par les tests (`FSMOBILE_PAGES=write pytest"
        " tests/validation/test_rules.py`). Chaque faute est plantée dans un planning qui n'en a"
        f" aucune : la règle parle, à la ligne dite ; sans la faute, aucune des {len(codes)} règles"
        " ne dit rien. Le planning est l'exemple de la Creuse, réparé"
        " (`tests/validation/schedule_trees.py`).\n\n"
        "| Règle | Gravité | Ce qui est planté | Où, et ce qui est dit |\n|---|---|---|---|\n"
    )
    return head + "\n".join(rows) + "\n"


def _row(planted: Planted) -> str:
    problems = check_files(planted.files, planted.today)
    told = next(
        one for one in problems
        if (one.code, one.severity) == (planted.code, planted.severity)
        and planted.file in (None, one.file)
    )  # fmt: skip
    line = f":{told.line}" if told.line else ""
    edits = [_shown(new if old == ANEW else f"{old} → {new}") for _path, old, new in planted.edits]
    edits = edits or [f"au {planted.today.isoformat()}"]
    what = " ; ".join(edits[:2]) + (" ; …" if len(edits) > 2 else "")
    where = f"{told.file}{line} : {explain_problem(told)}"
    return f"| `{planted}` | {told.severity} | {what} | {_cell(where)} |"


def _shown(text: str) -> str:
    short = " ".join(text.split())
    return f"`` {_cell(short if len(short) <= 90 else short[:89] + '…')} ``"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\ufffd", "\\ufffd")
