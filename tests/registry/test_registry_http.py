"""The registry over HTTP under hostile hands: a documented status, nothing applied, never a 500."""

import json
import random

import msgspec
import pytest
import zstandard
from registry_door import PLAIN, Door
from worlds import a_laptop, a_registry

from fsmobile.protocol.compression import DICTIONARY_HEADER, PLAIN_MAX, Codec
from fsmobile.protocol.envelope import seal, unseal
from fsmobile.protocol.messages import decode_answered, decode_enrol_answer, encode
from fsmobile.protocol.signatures import SigningKey
from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.registry.app import BODY_MAX, make_app

SHARED = Codec(9, load_wire_dictionary())


@pytest.fixture
def door() -> Door:
    registry = a_registry()
    app = make_app(registry, load_wire_dictionary(), DICTIONARY_ID)
    return Door(app, registry, a_laptop(registry))


BOMB = zstandard.compress(bytes(PLAIN_MAX + 1), 19)
DEEP = b"\x91" * 100_000 + b"\xc0"
BODIES = {
    "nothing": b"",
    "text": b"hello",
    "html": b"<html><body>Bienvenue</body></html>",
    "bomb": BOMB,
    "plain envelope": seal(b"x", SigningKey(seed=bytes(32)).sign),
    "no envelope": PLAIN.compress(b"\xc0"),
    "deep envelope": PLAIN.compress(DEEP),
    "empty request": PLAIN.compress(seal(b"\x80", SigningKey(seed=bytes(32)).sign)),
    "deep request": PLAIN.compress(seal(b"\x81\xa1z" + DEEP, SigningKey(seed=bytes(32)).sign)),
    "bad text": PLAIN.compress(seal(b"\x81\xa3app\xa2\xff\xfe", SigningKey(seed=bytes(32)).sign)),
    "not a number": PLAIN.compress(
        seal(msgspec.msgpack.encode({"p": 1, "n": float("nan")}), SigningKey(seed=bytes(32)).sign)
    ),
    "truncated": PLAIN.compress(bytes(range(256)) * 20)[:-9],
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("path", ["/v1/sync", "/v1/enrol"])
def test_what_is_no_request_is_malformed(door: Door, name: str, path: str) -> None:
    status, _ = door.post(BODIES[name], path)
    assert status == 400
    door.check_still_serves()


def test_a_body_too_long_is_told_so(door: Door) -> None:
    assert door.post(bytes(BODY_MAX + 1))[0] == 413
    assert door.post(bytes(BODY_MAX + 1), "/v1/enrol")[0] == 400
    door.check_still_serves()


def test_an_unknown_dictionary_is_told_so_and_a_known_one_used(door: Door) -> None:
    envelope = seal(msgspec.msgpack.encode(door.last_request()), door.laptop.key.sign)
    assert door.post(PLAIN.compress(envelope), **{DICTIONARY_HEADER: "d999"})[0] == 415
    status, body = door.post(SHARED.compress(envelope), **{DICTIONARY_HEADER: DICTIONARY_ID})
    assert status == 200
    unseal(SHARED.decompress(body))


HUGE = 2**63
SPOILT: list[tuple[str, object, int]] = [
    ("p", 2, 426),
    ("p", "one", 400),
    ("dev", b"", 400),
    ("dev", b"?" * 16, 401),
    ("n", 0, 409),
    ("n", -1, 400),
    ("n", HUGE, 400),
    ("n", 2**64 - 1, 400),
    ("app", "", 400),
    ("app", "a\0b", 400),
    ("app", "a" * 5000, 400),
    ("cur", {"unit:bus-charente/bus-1": HUGE * 2 - 1}, 400),
    ("cur", {"unit:bus-charente/bus-1": -1}, 400),
    ("cur", {"unit:elsewhere/bus-1": 0, "\0": 5}, 200),
    ("want", [-1, -1], 200),
    ("want", [2**64 - 1, 2**64 - 1], 200),
    ("epoch", b"another history!", 200),
    ("epoch", b"of another length", 400),
    ("done", {"erase": 2**64 - 1}, 200),
    ("w", {}, 400),
    ("w.id", b"short", 400),
    ("w.s", 0, 400),
    ("w.s", HUGE - 1, 409),
    ("w.s", 5, 409),
    ("w.l", -1, 400),
    ("w.l", HUGE, 400),
    ("w.prev", b"", 400),
    ("w.head", b"", 400),
    ("w.parent", [b"v" * 16, HUGE], 400),
    ("w.parent", [b"v", 1], 400),
    ("w.parent", [b"v" * 16, 3], 409),
    ("w.rcpt", {"e": b"", "w": b"", "s": HUGE, "c": b"", "g": 0, "t": 0, "sig": b"x"}, 200),
    ("w.ops", [b"{}"], 400),
    ("w.ops", [b"\xff"], 400),
    ("w.ops", [b"["] * 3, 400),
    ("w.ops", [["not-an-id", b"h"]], 400),
    ("w.ops", [b"{}"] * 2600, 413),
]


@pytest.mark.parametrize(("field", "value", "status"), SPOILT)
def test_a_spoilt_request_has_its_status(
    door: Door, field: str, value: object, status: int
) -> None:
    fields = door.last_request()
    *path, last = field.split(".")
    target: dict[str, object] = fields
    for name in path:
        target = target[name]
    target[last] = value
    assert door.send(fields)[0] == status
    door.check_still_serves()


def test_a_request_of_somebody_else_is_refused(door: Door) -> None:
    payload = msgspec.msgpack.encode(door.last_request())
    forged = seal(payload, SigningKey(seed=b"\x07" * 32).sign)
    status, body = door.post(PLAIN.compress(forged))
    answer = decode_answered(unseal(PLAIN.decompress(body))[0])
    assert (status, answer.answer) == (400, type(answer.answer)(reason="signature"))
    door.check_still_serves()


def test_random_bytes_never_break_it(door: Door) -> None:
    chance = random.Random(9)
    true = msgspec.msgpack.encode(door.last_request())
    for _ in range(300):
        spoilt = bytearray(true)
        for _ in range(chance.randint(1, 4)):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        status, _ = door.post(PLAIN.compress(seal(bytes(spoilt), door.laptop.key.sign)))
        assert status in (200, 400, 401, 409, 426)
    door.check_still_serves()


def test_a_hostile_enrolment_is_malformed(door: Door) -> None:
    true = {
        "p": 1,
        "app": "0.1",
        "code_id": b"c" * 16,
        "public_key": b"k" * 32,
        "box_key": b"b" * 32,
        "name": "portable",
        "proof": b"",
    }
    for changes, status in (
        ({}, 404),
        ({"name": ""}, 400),
        ({"name": "a\0b"}, 400),
        ({"name": "a" * 5000}, 400),
        ({"app": "\x1b[2J"}, 400),
        ({"public_key": b"short"}, 404),
    ):
        got, body = door.post(PLAIN.compress(encode({**true, **changes})), "/v1/enrol")
        assert (got, changes) == (status, changes)
        decode_enrol_answer(PLAIN.decompress(body))
    door.check_still_serves()


def test_other_doors_are_closed_and_health_is_open(door: Door) -> None:
    assert door.ask("GET", "/v1/sync").status_code == 405
    assert door.ask("GET", "/admin").status_code == 404
    assert json.loads(door.ask("GET", "/v1/health").content)["service"] == "fsmobile-registry"
