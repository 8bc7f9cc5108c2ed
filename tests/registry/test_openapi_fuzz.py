"""The HTTP surface as its own OpenAPI document describes it, with inputs drawn from it.

Each input follows the document, but for values that are spoilt on purpose. Whatever comes,
the answer is one that the document names, nothing is applied, and the next request is served.
Some hundred inputs for each route and database here; the long run, some minutes:

    FSMOBILE_TEST_FUZZ=20000 python -m pytest tests/registry/test_openapi_fuzz.py
"""

import os
from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from registry_door import PLAIN, Door
from sqlalchemy import Engine, update
from worlds import FakeClock, SeededChance, a_laptop, no_problems

from fsmobile.protocol.compression import DICTIONARY_HEADER, Codec
from fsmobile.protocol.envelope import MEDIA_TYPE, seal, unseal
from fsmobile.protocol.messages import decode_answered, decode_enrol_answer
from fsmobile.protocol.signatures import SigningKey
from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.registry.administration import open_registry
from fsmobile.registry.app import make_app
from fsmobile.registry.openapi import describe_registry
from fsmobile.registry.schema import device as devices

INPUTS = int(os.environ.get("FSMOBILE_TEST_FUZZ", "100"))
DOCUMENT = describe_registry()
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
SHARED = Codec(9, load_wire_dictionary())
STRANGER = SigningKey(seed=b"\x07" * 32)

INTEGERS = st.one_of(
    st.integers(-3, 3), st.sampled_from((-(2**63), 2**53, 2**63 - 1, 2**63, 2**64 - 1))
)
TEXTS = st.one_of(st.text(max_size=20), st.sampled_from(("", "\0", "\x1b[2J", "x" * 5000)))
BYTES = st.one_of(st.binary(max_size=40), st.binary(min_size=16, max_size=16), st.just(b"{}"))
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), INTEGERS, st.floats(), TEXTS, BYTES),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def mostly(draw: DrawFn, usual: SearchStrategy[Any], rare: SearchStrategy[Any]) -> Any:
    """Draw the rare thing one time in ten; `one_of` would take no repetition for a weight."""
    return draw(rare if draw(st.integers(1, 10)) == 10 else usual)


def values_of(schema: dict[str, Any]) -> SearchStrategy[Any]:
    """Return values that a schema of the document describes, now and then something else."""
    return mostly(_described(schema), ANYTHING)


def _described(schema: dict[str, Any]) -> SearchStrategy[Any]:
    match schema:
        case {"$ref": name}:
            inner = SCHEMAS[str(name).rpartition("/")[2]]
            return st.deferred(lambda: _described(inner))
        case {"anyOf": kinds}:
            return st.one_of(*[values_of(kind) for kind in kinds])
        case {"enum": allowed}:
            return st.sampled_from(allowed)
        case {"type": "object", "properties": properties}:
            required = {name for name in properties if name in schema.get("required", ())}
            named = {name: values_of(one) for name, one in properties.items()}
            return st.fixed_dictionaries(
                {name: one for name, one in named.items() if name in required},
                optional={name: one for name, one in named.items() if name not in required},
            )
        case {"type": "object"}:
            values = values_of(schema.get("additionalProperties") or {})
            return st.dictionaries(TEXTS, values, max_size=3)
        case {"type": "array", "prefixItems": items}:
            return st.tuples(*[values_of(one) for one in items])
        case {"type": "array"}:
            return st.lists(values_of(schema["items"]), max_size=3)
        case {"type": "string", "contentEncoding": "base64"}:
            return BYTES
        case {"type": "string"}:
            return TEXTS
        case {"type": "integer"}:
            return INTEGERS
        case {"type": "boolean"}:
            return st.booleans()
        case {"type": "null"}:
            return st.none()
    return ANYTHING


def body_schema(path: str) -> dict[str, Any]:
    schema: dict[str, Any] = DOCUMENT["paths"][path]["post"]["requestBody"]["content"][MEDIA_TYPE]
    named: dict[str, Any] = SCHEMAS[schema["schema"]["$ref"].rpartition("/")[2]]
    return named


@st.composite
def spoilt_requests(draw: DrawFn, sound: dict[str, Any], path: str) -> dict[str, Any]:
    """Return a true request in which a field, or one of its block, or both, is drawn anew."""
    spoilt = dict(sound)
    for fields, schema in ((spoilt, body_schema(path)), (None, SCHEMAS["WriterBlock"])):
        target = fields
        if target is None:
            if not isinstance(spoilt.get("w"), dict):
                continue
            target = spoilt["w"] = dict(spoilt["w"])
        for name in draw(st.sets(st.sampled_from(sorted(schema["properties"])), max_size=1)):
            target[name] = draw(values_of(schema["properties"][name]))
    return spoilt


def door_of(engine: Engine) -> Door:
    registry = open_registry(engine, FakeClock(), SeededChance(5), no_problems)
    app = make_app(registry, load_wire_dictionary(), DICTIONARY_ID)
    return Door(app, registry, a_laptop(registry))


@pytest.fixture
def door(engine: Engine) -> Door:
    """The door of a registry on each of the two databases."""
    return door_of(engine)


def documented(path: str, method: str = "post") -> set[int]:
    return {int(status) for status in DOCUMENT["paths"][path][method]["responses"]}


def fuzz(test: Any) -> Any:
    """Run a test on so many inputs; its world is shared by them, and nothing may change it."""
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=INPUTS, suppress_health_check=checks)(test)


def check_still_serves(door: Door) -> None:
    """Serve another laptop: the one that sent all this may have spent its own counter."""
    assert door.held() == 0
    other = a_laptop(door.registry, seed=9, name="autre")
    Door(door.app, door.registry, other).check_still_serves()


def forget_counters(door: Door, *, before: int) -> None:
    with door.registry.storage.transaction() as transaction:
        spent = update(devices).where(devices.c.counter >= before)
        transaction.connection.execute(spent.values(counter=before - 1))


def test_a_request_like_the_document_s_gets_an_answer_of_the_document(door: Door) -> None:
    true = door.last_request()
    whole = st.one_of(_described(body_schema("/v1/sync")), ANYTHING)
    drawn = mostly(spoilt_requests(true, "/v1/sync"), whole)
    keys = mostly(st.just(door.laptop.key), st.just(STRANGER))

    @fuzz
    @given(fields=drawn, key=keys)
    def run(fields: Any, key: SigningKey) -> None:
        # One that was drawn so great that none comes after it would end the search here.
        forget_counters(door, before=true["n"])
        try:
            payload = msgspec.msgpack.encode(fields)
        except (OverflowError, UnicodeEncodeError):
            return
        status, body = door.post(PLAIN.compress(seal(payload, key.sign)))
        assert status in documented("/v1/sync")
        seen[status] += 1
        answered = decode_answered(unseal(PLAIN.decompress(body))[0])
        assert key is not STRANGER or status != 200, answered

    seen: Counter[int] = Counter()
    run()
    # Some got as far as the histories; not all were stopped at the first field.
    assert seen[200] > INPUTS / 20, seen
    assert seen[400] > INPUTS / 20, seen
    check_still_serves(door)


def test_an_enrolment_like_the_document_s_gets_an_answer_of_the_document(door: Door) -> None:
    @fuzz
    @given(fields=st.one_of(_described(body_schema("/v1/enrol")), ANYTHING))
    def run(fields: Any) -> None:
        try:
            packed = PLAIN.compress(msgspec.msgpack.encode(fields))
        except (OverflowError, UnicodeEncodeError):
            return
        status, body = door.post(packed, "/v1/enrol")
        assert status in documented("/v1/enrol")
        assert status != 200
        decode_enrol_answer(PLAIN.decompress(body))

    run()
    check_still_serves(door)


HEADERS = st.dictionaries(
    st.sampled_from((DICTIONARY_HEADER, "Content-Type", "Content-Encoding", "Authorization",
                     "Range", "If-Range", "Accept", "Cookie", "X-Forwarded-For")),
    st.one_of(
        st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=40),
        st.sampled_from((DICTIONARY_ID, MEDIA_TYPE, "gzip", "bytes=0-", "bytes=9-1,-5", "fsmobile ",
                         "bytes=99999999999999999999-", "x" * 9000)),
    ),
)  # fmt: skip
OPERATIONS = [(path, method) for path, item in DOCUMENT["paths"].items() for method in item]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_hostile_bytes_and_headers_get_an_answer_of_the_document(
    sqlite_engine: Engine, path: str, method: str
) -> None:
    door = door_of(sqlite_engine)
    bodies = st.one_of(
        st.binary(max_size=200), st.binary(max_size=200).map(PLAIN.compress),
        st.binary(max_size=200).map(SHARED.compress),
    )  # fmt: skip
    segments = st.text(st.characters(codec="utf-8"), max_size=30).map(_quoted)

    @fuzz
    @given(body=bodies if method == "post" else st.just(b""), headers=HEADERS, segment=segments)
    def run(body: bytes, headers: dict[str, str], segment: str) -> None:
        target = path.replace("{scope}", segment or "-")
        answer = door.ask(method.upper(), target, body, headers)
        assert answer.status_code in documented(path, method), (answer.status_code, answer.text)

    run()
    check_still_serves(door)


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode("utf-8"))
