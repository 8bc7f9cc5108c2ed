"""Messages: unknown bytes raise the expected, and each message comes back as it was."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.protocol import messages
from fsmobile.protocol.envelope import seal, unseal
from fsmobile.protocol.messages import Answered, Parent, SyncRequest, Want, WriterBlock
from fsmobile.protocol.signatures import SigningKey, verify

KEY = SigningKey(seed=bytes(range(32)))
DECODERS = [
    messages.decode_request,
    messages.decode_answered,
    messages.decode_enrol_request,
    messages.decode_enrol_answer,
    messages.decode_receipt,
]
REQUEST = SyncRequest(
    protocol=1,
    app="0.1",
    device_id=b"d" * 16,
    counter=7,
    now=1,
    writer=WriterBlock(
        writer=b"w" * 16,
        first_seq=1,
        previous=b"p" * 32,
        head=b"h" * 32,
        last_seq=1,
        ops=[b"{}", messages.ErasedOp("id", b"x")],
        parent=Parent(b"v" * 16, 3),
    ),
    want=Want(1, 2),
)


@given(st.binary(max_size=200))
def test_random_bytes_raise_only_value_errors(payload: bytes) -> None:
    for decode in [*DECODERS, unseal]:
        try:
            decode(payload)
        except ValueError:
            continue


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_message_with_one_wrong_byte_raises_only_value_errors(at: int, value: int) -> None:
    payload = bytearray(messages.encode(REQUEST))
    payload[at % len(payload)] = value
    try:
        messages.decode_request(bytes(payload))
    except ValueError:
        return


def test_a_request_comes_back_as_it_was() -> None:
    assert messages.decode_request(messages.encode(REQUEST)) == REQUEST


def test_fields_of_a_newer_program_do_not_disturb() -> None:
    plain = msgspec.msgpack.decode(messages.encode(REQUEST))
    plain["mood"] = {"good": [1]}
    assert messages.decode_request(msgspec.msgpack.encode(plain)) == REQUEST


def test_a_refusal_of_any_kind_fits_the_answer() -> None:
    for answer in (messages.Revoked(), messages.Busy(after=3), messages.Malformed(reason="x")):
        packed = messages.encode(Answered(counter=1, answer=answer))
        assert messages.decode_answered(packed).answer == answer


def test_a_seal_is_checked_against_payload_key_and_signature() -> None:
    payload, signature = unseal(seal(b"hello", KEY.sign))
    assert verify(KEY.public, payload, signature)
    assert not verify(KEY.public, payload + b"!", signature)
    assert not verify(KEY.public, payload, signature[:-1])
    assert not verify(SigningKey(seed=bytes(32)).public, payload, signature)
    assert not verify(b"short", payload, signature)
    assert "seed" not in repr(KEY)
    with pytest.raises(ValueError, match="envelope"):
        unseal(b"<html>")
