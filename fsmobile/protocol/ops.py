"""Op: the unit of everything that travels; its body is JSON bytes kept verbatim.

    {"k": kind, "s": schema, "id": op_id, "sc": scope, "hlc": clock, "a": agent,
     "n": salt, "e": entity, "d": data}

`e` is absent when the op creates its entity: the entity's id is then the op's.
Body bytes are final: hashed, stored, forwarded and never written again.
"""

import re
from base64 import b64encode
from uuid import UUID

import msgspec
from msgspec import Struct

from fsmobile.protocol.clock import parse_hlc

BODY_MAX = 64 * 1024
DEPTH_MAX = 64
"""Nesting of a body; far below what any decoder can take, wherever it is called from."""
SALT_SIZE = 8
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"')
_BRACKETS = re.compile(rb"[\[\]{}]")
NAME = re.compile(r"[\x21-\x7e]{1,200}")
"""Kinds, scopes, agents and entities: visible ASCII, no space."""


class OpHeader(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The body of an op; `d` stays raw until the kind is known."""

    k: str
    s: int
    id: str
    sc: str
    hlc: str
    a: str
    n: str
    e: str | None = None
    d: msgspec.Raw


class Op(Struct, frozen=True, kw_only=True):
    """An op as it is stored: its header's fields beside the verbatim body."""

    op_id: str
    kind: str
    schema: int
    scope: str
    entity: str
    agent_id: str
    hlc: str
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


def read_data(op: Op) -> bytes:
    """Return the raw JSON of an op's data."""
    return bytes(_read_header(op.body).d)


def check_op_id(text: str) -> str:
    """Return an op's id if it is written the one way that it may be.

    Raises:
        ValueError: no UUID, or one written in another form.
    """
    if str(UUID(text)) != text:
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
        header = _decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"not an op: {error}") from error
    check_op_id(header.id)
    parse_hlc(header.hlc)
    if not 0 <= header.s < 2**31:
        raise ValueError("op with a schema that is none")
    if not all(NAME.fullmatch(name) for name in (header.k, header.sc, header.a, header.e or "-")):
        raise ValueError("op with a name that is none")
    return header


def _op_of(header: OpHeader, body: bytes) -> Op:
    return Op(
        op_id=header.id,
        kind=header.k,
        schema=header.s,
        scope=header.sc,
        entity=header.e if header.e is not None else header.id,
        agent_id=header.a,
        hlc=header.hlc,
        body=body,
    )
