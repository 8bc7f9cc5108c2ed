"""What has one remedy is mended: that and nothing else, comments and layout kept."""

from difflib import unified_diff

import pytest

from fsmobile.formats.schedule_fixes import FIXED_CODES, fix_files
from tests.validation.planted_faults import ALL_FAULTS
from tests.validation.schedule_trees import Planted, check_files

FIXABLE = [one for one in ALL_FAULTS if one.code in FIXED_CODES]


@pytest.mark.parametrize("planted", FIXABLE, ids=str)
def test_a_fault_with_one_remedy_is_mended_and_said_no_more(planted: Planted) -> None:
    files = planted.files
    before = [one.code for one in check_files(files, planted.today)]
    fixed = fix_files(files, check_files(files, planted.today))
    assert {one.problem.code for one in fixed.fixes} == {planted.code}
    after = {**files, **fixed.texts}
    left = [one.code for one in check_files(after, planted.today)]
    assert planted.code not in left
    assert set(left) <= set(before), "mending brings no other fault"
    for path, text in fixed.texts.items():
        if planted.code != "non_canonical_layout":
            lines = list(unified_diff(files[path].splitlines(), text.splitlines(), n=0))[2:]
            assert sum(line[0] == "+" for line in lines) == len(fixed.fixes)


@pytest.mark.parametrize(
    "planted", [one for one in ALL_FAULTS if one.code not in FIXED_CODES], ids=str
)
def test_a_fault_that_leaves_a_choice_is_left_to_a_person(planted: Planted) -> None:
    files = planted.files
    fixed = fix_files(files, check_files(files, planted.today))
    assert not [one for one in fixed.fixes if one.problem.code == planted.code]


def test_every_fixed_code_is_tried() -> None:
    assert {one.code for one in FIXABLE} == FIXED_CODES
