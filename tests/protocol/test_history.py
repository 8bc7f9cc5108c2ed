"""The value of a history: what it covers, and that it is final."""

import pytest

from fsmobile.protocol.history import FIRST_HISTORY, HISTORY_SIZE, next_history

OP_ID = "019ac0de-0000-7000-8000-000000000001"
SAME = {
    "previous": FIRST_HISTORY,
    "gsn": 1,
    "op_id": OP_ID,
    "body_hash": b"h" * 32,
    "scope": "unit:bus-charente/bus-1",
}


def test_the_value_of_a_history_is_final() -> None:
    """Registries hold values of every release: by another formula all laptops read again."""
    value = next_history(**SAME)
    assert value.hex() == "109e79432a6d01eb62ed6550e3b0b55a"
    assert len(value) == HISTORY_SIZE


@pytest.mark.parametrize(
    "change",
    [
        {"previous": b"p" * HISTORY_SIZE},
        {"gsn": 2},
        {"op_id": OP_ID.replace("1", "2")},
        {"body_hash": b"i" * 32},
        {"scope": "ref"},
        {"scope": ""},
    ],
)
def test_two_histories_that_differ_in_anything_have_two_values(change: dict[str, object]) -> None:
    assert next_history(**SAME) != next_history(**(SAME | change))
