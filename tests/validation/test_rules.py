"""Each rule speaks when its fault is planted, and is silent on the tree without a fault."""

import pytest

from fsmobile.validation.rules import RULES
from tests.validation.planted_faults import ALL_FAULTS, RULE_FAULTS
from tests.validation.schedule_trees import Planted, check_files, clean_files


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
    assert place.line is not None or planted.code == "filename_mismatch"


def test_every_rule_has_a_planted_fault() -> None:
    planted = {one.code for one in RULE_FAULTS}
    assert {one.code for one in RULES} - planted == set()
