"""Op: the unit of everything that travels; its body is JSON, kept byte for byte.

    {"k": kind, "s": schema, "id": op_id, "sc": scope, "hlc": clock, "a": agent,
     "n": salt, "e": entity, "d": data}

`e` is absent when the op creates its entity: the entity's id is then the op's. The bytes of a body
are final: hashed, stored and forwarded, never encoded again.
"""

import re
from base64 import b64encode
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from fsmobile.protocol.clock import FORM as CLOCK_FORM

BODY_MAX = 64 * 1024
DEPTH_MAX = 64
"""Nesting of a body; far below what any decoder can take, at any depth of the call stack."""
COUNT_MAX = (1 << 31) - 1
SALT_SIZE = 8
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"')
_BRACKETS = re.compile(rb"[\[\]{}]")
_OP_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
Name = Annotated[str, Meta(pattern=r"\A[\x21-\x7e]{1,200}\Z")]
"""Kinds, scopes, agents and entities: visible ASCII, no space."""


class OpHeader(msgspec.Struct, kw_only=True, omit_defaults=True, gc=False):
    """The body of an op; `d` stays raw until the kind is known."""

    k: Name
    s: Annotated[int, Meta(ge=0, lt=2**31)]
    id: Annotated[str, Meta(pattern=rf"\A{_OP_ID.pattern}\Z")]
    sc: Name
    hlc: Annotated[str, Meta(pattern=rf"\A{CLOCK_FORM.pattern}\Z")]
    a: Name
    n: str
    e: Name | None = None
    d: msgspec.Raw


class Op(Struct, frozen=True, kw_only=True, gc=False):
    """An op as it is stored: its header's fields beside the verbatim body."""

    op_id: str
    kind: str
    schema: int
    scope: str
    entity: str
    agent_id: str
    hlc: str
    data: bytes
    """The JSON of `d`, as it stands in the body."""
    body: bytes


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(OpHeader).decode


def make_op(
    *,
    kind: str,
    schema: int,
    op_id: str,
    scope: str,
    hlc: str,
    agent_id: str,
    salt: bytes,
    entity: str | None,
    data: bytes,
) -> Op:
    """Build an op and the bytes of its body; `data` is JSON already.

    Raises:
        ValueError: the body would pass 64 KiB.
    """
    header = OpHeader(
        k=kind,
        s=schema,
        id=op_id,
        sc=scope,
        hlc=hlc,
        a=agent_id,
        n=b64encode(salt).decode("ascii").rstrip("="),
        e=entity,
        d=msgspec.Raw(data),
    )
    body = _encode(header)
    if len(body) > BODY_MAX:
        raise ValueError(f"op of {len(body)} bytes")
    return _op_of(header, body)


def read_op(body: bytes) -> Op:
    """Read the header of a body.

    Raises:
        ValueError: too long, or not an op: its JSON, its id, its clock or a name is none.
    """
    return _op_of(_read_header(body), body)


def check_counts(*counts: int) -> None:
    """Refuse a number of people or minutes that a database column or a sheet could not hold.

    Raises:
        ValueError: one is negative or absurd; JSON itself does not bound numbers.
    """
    if not all(0 <= one <= COUNT_MAX for one in counts):
        raise ValueError("a count out of range")


def check_op_id(text: str) -> str:
    """Return an op's id if it is written in its canonical form.

    Raises:
        ValueError: it is no UUID, or is written in another form.
    """
    if _OP_ID.fullmatch(text) is None:
        raise ValueError("op id not in its canonical form")
    return text


def _depth_of(body: bytes) -> int:
    depth = deepest = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _read_header(body: bytes) -> OpHeader:
    if len(body) > BODY_MAX:
        raise ValueError(f"op of {len(body)} bytes")
    if body.count(b"[") + body.count(b"{") > DEPTH_MAX and _depth_of(body) > DEPTH_MAX:
        raise ValueError("op nested too deeply")
    try:
        return _decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"not an op: {error}") from error


def _op_of(header: OpHeader, body: bytes) -> Op:
    return Op(
        op_id=header.id,
        kind=header.k,
        schema=header.s,
        scope=header.sc,
        entity=header.e if header.e is not None else header.id,
        agent_id=header.a,
        hlc=header.hlc,
        data=bytes(header.d),
        body=body,
    )
