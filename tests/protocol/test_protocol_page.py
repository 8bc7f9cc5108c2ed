"""The worked example and the statuses of docs/protocol.md are what the code does."""

import re
from pathlib import Path

from fsmobile.protocol.chain import first_chain, hash_body, next_chain
from fsmobile.protocol.history import FIRST_HISTORY, next_history
from fsmobile.protocol.ops import read_op
from fsmobile.protocol.records import VisitVoided, read_record
from fsmobile.registry.problems import STATUS

PAGE = Path(__file__).parents[2] / "docs" / "protocol.md"


def test_the_worked_example_works() -> None:
    text = PAGE.read_text(encoding="utf-8")
    block = re.search(r"```worked-example\n(.*?)```", text, re.DOTALL)
    assert block is not None
    lines = dict(line.split(maxsplit=1) for line in block[1].splitlines())
    body = lines["body"].encode()
    op = read_op(body)
    record = read_record(op)
    assert isinstance(record, VisitVoided)
    assert record.reason == "doublon"
    start = first_chain(bytes.fromhex(lines["device"]), bytes.fromhex(lines["writer"]))
    assert hash_body(body).hex() == lines["hash"]
    assert start.hex() == lines["chain_0"]
    assert next_chain(start, 1, op.op_id, hash_body(body)).hex() == lines["chain_1"]
    history = next_history(FIRST_HISTORY, 1, op.op_id, hash_body(body), op.scope)
    assert history.hex() == lines["history_1"]


def test_each_answer_has_its_status_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for kind, status in STATUS.items():
        tag = kind.__struct_config__.tag
        assert f"| `{tag}` | {status} |" in text or f"`{tag}` {status}" in text, tag
