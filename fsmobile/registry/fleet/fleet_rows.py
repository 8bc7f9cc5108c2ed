"""Read-only queries about laptops, and about what came in today.

`gsn` rises with the time of arrival, so a day is found by bisection and read through the index of
its scopes: a page costs the same after ten years.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, case, func, or_, select

from fsmobile.protocol.ops import read_op
from fsmobile.protocol.orders import CONFIRMED
from fsmobile.protocol.scopes import unit_scope
from fsmobile.registry import schema
from fsmobile.registry.event_rows import DROPPED
from fsmobile.registry.rows import Rows

REFUSED = ("rejected", "stale")
"""Outcomes that a person must look at."""
_d = schema.device.c
_w = schema.writer.c
_k = schema.link.c
_o = schema.op.c
_out = schema.outcome.c
_r = schema.rejected_body.c
_q = schema.quarantine.c
_e = schema.event.c
_s = schema.schedule_revision.c
_ACKED = func.coalesce(_w.acked_seq, 0)
_UNSENT = case((_d.declared_seq > _ACKED, _d.declared_seq - _ACKED), else_=0)
"""What the laptop said that it has, minus what is held of the same writer."""


class LaptopRow(NamedTuple):
    """A laptop as it was when it last spoke."""

    device_id: bytes
    name: str
    agency: str
    unit: str
    role: str
    app: str
    enrolled_at: int
    revoked_at: int | None
    last_seen_at: int | None
    clock_ahead_ms: int | None
    unsent: int | None
    """None: it has not declared anything yet."""
    erased_upto: int | None
    policy_upto: int | None
    dropped_upto: int | None

    @property
    def confirmed(self) -> dict[str, int]:
        """Up to which order it has confirmed, by kind."""
        found = (self.erased_upto, self.policy_upto, self.dropped_upto)
        return {kind: upto or 0 for kind, upto in zip(CONFIRMED, found, strict=True)}


class AgencyRow(NamedTuple):
    """A structure and its laptops, counted."""

    agency: str
    laptops: int
    silent: int
    unsent: int
    last_seen_at: int | None


class WriterLine(NamedTuple):
    """One life of a laptop's log, up to where it is held."""

    writer: bytes
    opened_at: int
    acked_seq: int
    parent: bytes | None
    parent_seq: int | None
    last_received_at: int | None


class RefusedRow(NamedTuple):
    """An op that was refused or set aside."""

    seq: int
    kind: str
    code: str
    detail: str
    received_at: int | None


class FactRow(NamedTuple):
    """A fact of the day."""

    scope: str
    entity: str
    body: bytes
    received_at: int


class EventRow(NamedTuple):
    """Something that an administrator must hear of."""

    at: int
    kind: str
    device_id: bytes | None
    device_name: str | None
    agency: str | None


class FleetRows(Rows):
    """The queries of the fleet pages."""

    __slots__ = ()

    def count_agencies(self, only: str | None) -> int:
        """Return how many structures have laptops."""
        query = select(func.count(func.distinct(_d.agency)))
        if only is not None:
            query = query.where(_d.agency == only)
        return int(self.connection.execute(query).scalar_one())

    def list_agencies(
        self, only: str | None, *, silent_before: int, offset: int, limit: int
    ) -> list[AgencyRow]:
        """Return structures with their laptops counted, by name; revoked ones are left out."""
        is_silent = or_(_d.last_seen_at.is_(None), _d.last_seen_at <= silent_before)
        is_here = _d.revoked_at.is_(None)
        query = (
            select(
                _d.agency,
                func.count().filter(is_here),
                func.count().filter(and_(is_here, is_silent)),
                func.coalesce(func.sum(_UNSENT).filter(is_here), 0),
                func.max(_d.last_seen_at),
            )
            .select_from(_with_writer())
            .group_by(_d.agency)
            .order_by(_d.agency)
        )
        if only is not None:
            query = query.where(_d.agency == only)
        rows = self.connection.execute(query.offset(offset).limit(limit))
        return [AgencyRow(row[0], row[1], row[2], int(row[3]), row[4]) for row in rows]

    def count_laptops(self, agency: str) -> int:
        """Return how many laptops a structure has, revoked ones too."""
        query = select(func.count()).where(_d.agency == agency)
        return int(self.connection.execute(query).scalar_one())

    def list_laptops(self, agency: str, *, offset: int, limit: int) -> list[LaptopRow]:
        """Return the laptops of a structure, by unit and name; revoked ones last."""
        in_service_first = (_d.revoked_at.is_not(None), _d.unit, _d.name, _d.device_id)
        query = _laptops().where(_d.agency == agency).order_by(*in_service_first)
        return [
            LaptopRow(*row) for row in self.connection.execute(query.offset(offset).limit(limit))
        ]

    def find_laptop(self, device_id: bytes) -> LaptopRow | None:
        """Return one laptop."""
        query = _laptops().where(_d.device_id == device_id)
        row = self.connection.execute(query).one_or_none()
        return None if row is None else LaptopRow(*row)

    def count_refused(self, devices: Collection[bytes]) -> dict[bytes, int]:
        """Return how many ops of each laptop were refused or set aside."""
        refused = (
            select(_w.device_id, _o.op_id)
            .join(schema.op, _o.writer == _w.writer)
            .join(schema.outcome, _out.op_id == _o.op_id)
            .where(_out.code.in_(REFUSED), _w.device_id.in_(devices))
        )
        aside = (
            select(_w.device_id, _r.op_id)
            .join(schema.rejected_body, _r.writer == _w.writer)
            .where(_w.device_id.in_(devices))
        )
        both = refused.union_all(aside).subquery()
        query = select(both.c.device_id, func.count()).group_by(both.c.device_id)
        return {bytes(device): int(count) for device, count in self.connection.execute(query)}

    def count_quarantined(self, devices: Collection[bytes]) -> dict[bytes, int]:
        """Return how many ops of each laptop are kept apart and wait for a decision."""
        query = (
            select(_q.device_id, func.count())
            .where(_q.device_id.in_(devices), _q.decision.is_(None), _q.body != DROPPED)
            .group_by(_q.device_id)
        )
        return {bytes(device): int(count) for device, count in self.connection.execute(query)}

    def list_writers(self, device_id: bytes) -> list[WriterLine]:
        """Return the writers of a laptop, the newest first."""
        query = (
            select(_w.writer, _w.opened_at, _w.acked_seq, _w.parent, _w.parent_seq, _o.received_at)
            .outerjoin(schema.link, and_(_k.writer == _w.writer, _k.seq == _w.acked_seq))
            .outerjoin(schema.op, _o.op_id == _k.op_id)
            .where(_w.device_id == device_id)
            .order_by(_w.opened_at.desc(), _w.writer)
        )
        return [WriterLine(*row) for row in self.connection.execute(query)]

    def list_refused(self, device_id: bytes, limit: int) -> list[RefusedRow]:
        """Return the newest ops of a laptop that were refused or set aside."""
        refused = (
            select(_k.seq, _o.kind, _out.code, _out.detail, _o.received_at, _o.gsn)
            .select_from(schema.outcome)
            .join(schema.op, _o.op_id == _out.op_id)
            .join(schema.writer, _w.writer == _o.writer)
            .join(schema.link, and_(_k.writer == _o.writer, _k.op_id == _o.op_id))
            .where(_out.code.in_(REFUSED), _w.device_id == device_id)
            .order_by(_o.gsn.desc())
            .limit(limit)
        )
        rows = [RefusedRow(*row[:-1]) for row in self.connection.execute(refused)]
        aside = (
            select(_r.seq, _r.body)
            .join(schema.writer, _w.writer == _r.writer)
            .where(_w.device_id == device_id)
            .order_by(_r.seq.desc())
            .limit(limit)
        )
        rows += [
            RefusedRow(seq, "", "rejected", json.dumps({"code": _why_aside(body)}), None)
            for seq, body in self.connection.execute(aside)
        ]
        return rows[:limit]

    def list_events(
        self, *, agency: str | None, device_id: bytes | None, limit: int
    ) -> list[EventRow]:
        """Return the newest events, of one laptop, of one structure or of all."""
        query = select(_e.at, _e.kind, _e.device_id, _d.name, _d.agency).outerjoin(
            schema.device, _d.device_id == _e.device_id
        )
        if agency is not None:
            query = query.where(_d.agency == agency)
        if device_id is not None:
            query = query.where(_e.device_id == device_id)
        query = query.order_by(_e.at.desc(), _e.event_id.desc()).limit(limit)
        return [EventRow(*row) for row in self.connection.execute(query)]

    def published_at(self, agency: str, revision: int) -> int | None:
        """Return when a revision of a schedule was published."""
        query = select(_s.published_at).where(_s.agency == agency, _s.revision == revision)
        return self.connection.execute(query).scalar_one_or_none()

    def first_gsn_since(self, instant_ms: int) -> int:
        """Return the gsn of the first op that came in from an instant on; past the last, none."""
        low, high = 1, int(self.connection.execute(select(func.max(_o.gsn))).scalar_one() or 0) + 1
        while low < high:
            middle = (low + high) // 2
            row = self.connection.execute(
                select(_o.gsn, _o.received_at).where(_o.gsn >= middle).order_by(_o.gsn).limit(1)
            ).one_or_none()
            if row is None or row.received_at >= instant_ms:
                high = middle
            else:
                low = int(row.gsn) + 1
        return low

    def read_facts(
        self, units: Sequence[str], kinds: Sequence[str], *, from_gsn: int
    ) -> Iterator[FactRow]:
        """Yield the facts of some kinds that units sent since a gsn."""
        yield from self._read(_facts(units, from_gsn), kinds)

    def read_passage_facts(
        self,
        units: Sequence[str],
        kinds: Sequence[str],
        *,
        day: date,
        planned: Collection[str],
        from_gsn: int,
    ) -> Iterator[FactRow]:
        """Yield the facts of a day's passages: planned, named after the day, or not planned."""
        named = f"%/{day.isoformat()}"
        query = _facts(units, from_gsn).where(
            or_(_o.entity.like(named), _o.entity.like(f"{named}/%"), _o.entity.in_(planned))
        )
        yield from self._read(query, kinds)

    def _read(self, query: Select[Any], kinds: Sequence[str]) -> Iterator[FactRow]:
        for kind, *row in self.connection.execute(query):
            if kind in kinds:
                yield FactRow(*row)


def _why_aside(body: bytes) -> str:
    try:
        read_op(bytes(body))
    except ValueError:
        # Nothing at all: erased since.
        return "spoilt" if body else "same_id_other_content"
    return "same_id_other_content"


def _facts(units: Sequence[str], from_gsn: int) -> Select[Any]:
    # Not by kind: SQLite would walk every visit ever held instead of the units' last days.
    return select(_o.kind, _o.scope, _o.entity, _o.body, _o.received_at).where(
        _o.scope.in_([unit_scope(unit) for unit in units]),
        _o.gsn >= from_gsn,
        _o.is_forwarded == 1,
        _o.body.is_not(None),
    )


def _with_writer() -> Any:
    return schema.device.outerjoin(schema.writer, _w.writer == _d.declared_writer)


def _laptops() -> Select[Any]:
    return select(
        _d.device_id,
        _d.name,
        _d.agency,
        _d.unit,
        _d.role,
        _d.app,
        _d.enrolled_at,
        _d.revoked_at,
        _d.last_seen_at,
        _d.clock_ahead_ms,
        case((_d.declared_seq.is_(None), None), else_=_UNSENT),
        _d.erased_upto,
        _d.policy_upto,
        _d.dropped_upto,
    ).select_from(_with_writer())
