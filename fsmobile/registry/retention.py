"""Retention: how long bodies are kept; applied here, and ordered to every laptop.

One rule for all machines: an op must be past its age both by its own clock and by the day on which
the registry received it, so that a wrong clock makes no laptop lose recent work.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, insert, select, update

from fsmobile.core.ids import is_slug
from fsmobile.core.personal_data import FAMILIES
from fsmobile.errors import InvalidInput
from fsmobile.protocol.clock import format_hlc
from fsmobile.protocol.ops import read_op
from fsmobile.protocol.orders import POLICY, RetentionOrder, encode_order
from fsmobile.protocol.scopes import agency_scope, unit_scope
from fsmobile.registry import schema
from fsmobile.registry.administration import note_event
from fsmobile.registry.erasure_orders import tell
from fsmobile.registry.erasure_rows import IDS_AT_ONCE
from fsmobile.registry.event_rows import DROPPED
from fsmobile.registry.expiry import EXPIRED
from fsmobile.registry.fleet.fleet_rows import FleetRows
from fsmobile.registry.orders import OrderBook
from fsmobile.registry.records import Erasure, EventKind
from fsmobile.registry.service import RegistryService
from fsmobile.registry.storage import Storage, Transaction

MONTHS_MAX = 1200
_o = schema.op.c
_q = schema.quarantine.c
_t = schema.retention.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long a structure keeps one family of acts."""

    agency: str
    family: str
    months: int
    done_before: int
    """What was recorded before this instant (ms) is gone; 0 if never applied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """What one rule has removed."""

    rule: Retention
    ops: int


def keep_for(service: RegistryService, agency: str, family: str, months: int) -> None:
    """Decide how long a structure keeps a family of acts; 0 months: for ever.

    Raises:
        InvalidInput: no structure, no such family, or no number of months.
    """
    if not is_slug(agency):
        raise InvalidInput("agency_malformed", value=agency)
    if family not in FAMILIES:
        raise InvalidInput("family_unknown", value=family, expected=", ".join(FAMILIES))
    if not 0 <= months <= MONTHS_MAX:
        raise InvalidInput("months_out_of_range", value=months, maximum=MONTHS_MAX)
    with service.storage.transaction() as transaction:
        is_rule = (_t.agency == agency, _t.family == family)
        transaction.connection.execute(delete(schema.retention).where(*is_rule))
        if months:
            transaction.connection.execute(
                insert(schema.retention).values(
                    agency=agency, family=family, months=months, done_before=0
                )
            )
        detail = f"{agency} {family} {months}"
        note_event(service, transaction, EventKind.RETENTION_DECIDED, detail=detail)


def list_retention(storage: Storage) -> list[Retention]:
    """Return every rule."""
    with storage.reading() as transaction:
        return _rules(transaction)


def drop_old(service: RegistryService) -> list[Dropped]:
    """Apply every rule, here and on every laptop; doing it twice changes nothing more.

    Raises:
        StoreBusy: all is gone, but somebody still reads an older snapshot of the database.
    """
    now = service.clock.now_ms()
    with service.storage.transaction() as transaction:
        book = OrderBook(transaction=transaction, clock=service.clock, chance=service.chance)
        done = [Dropped(rule=rule, ops=_drop(book, rule, now)) for rule in _rules(transaction)]
        count = sum(one.ops for one in done)
        if count:
            note_event(service, transaction, EventKind.RETENTION, detail=str(count))
    if count:
        service.storage.scrub()
    return done


def first_kept(now: int, months: int) -> int:
    """Return the first instant (ms) that is kept: that of a month, so many months ago."""
    today = datetime.fromtimestamp(now / 1000, tz=UTC)
    month = today.year * 12 + today.month - 1 - months
    return int(datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp() * 1000)


def _rules(transaction: Transaction) -> list[Retention]:
    query = select(schema.retention).order_by(_t.agency, _t.family)
    return [
        Retention(agency=agency, family=family, months=months, done_before=done)
        for agency, family, months, done in transaction.connection.execute(query)
    ]


def _drop(book: OrderBook, rule: Retention, now: int) -> int:
    transaction, before = book.transaction, first_kept(now, rule.months)
    hlc = format_hlc(before, 0)
    upto = FleetRows(transaction.connection).first_gsn_since(before) - 1
    old = list(_find_old(transaction, rule, before, hlc, upto))
    with_entity = {op_id: scope for op_id, scope in _on(transaction, old) if op_id not in old}
    for some in _batches([*old, *with_entity]):
        statement = update(schema.op).where(_o.op_id.in_(some)).values(body=None)
        transaction.connection.execute(statement)
    is_rule = (_t.agency == rule.agency, _t.family == rule.family)
    transaction.connection.execute(
        update(schema.retention).where(*is_rule).values(done_before=before)
    )
    if old:
        # Snapshots still hold the bodies: they are made again for the next laptop that needs one.
        transaction.connection.execute(delete(schema.snapshot))
        transaction.connection.execute(delete(schema.snapshot_piece))
    if old or before > rule.done_before:
        # Ordered each month: what a laptop had not sent yet, or had no receipt for, stayed there.
        order = RetentionOrder(families=(rule.family,), before=hlc, upto=upto)
        book.write(POLICY, agency_scope(rule.agency), encode_order(order))
    _tell_elsewhere(book, rule, with_entity, now)
    return len(old) + len(with_entity) + _drop_aside(transaction, rule, before, hlc)


def _tell_elsewhere(book: OrderBook, rule: Retention, dropped: dict[str, str], now: int) -> None:
    """Order the erasure of what an office wrote, for all buses, on something of one bus.

    A laptop of another bus holds it, and not the thing whose age it goes by.
    """
    bus = unit_scope(f"{rule.agency}/")
    erasures = [
        Erasure(op_id, now, EXPIRED, scope)
        for op_id, scope in dropped.items()
        if not scope.startswith(bus)
    ]
    tell(book, erasures, ())


def _drop_aside(transaction: Transaction, rule: Retention, before: int, hlc: str) -> int:
    """Empty quarantined acts past their age, decided upon or not; return how many."""
    query = select(_q.writer, _q.seq, _q.hash, _q.body).where(
        _q.received_at < before, _q.body != DROPPED
    )
    bus = unit_scope(f"{rule.agency}/")
    dropped = 0
    for writer, seq, body_hash, body in transaction.connection.execute(query).all():
        op = read_op(body)
        if op.scope.startswith(bus) and op.kind.startswith(f"{rule.family}.") and op.hlc < hlc:
            is_row = (_q.writer == writer, _q.seq == seq, _q.hash == body_hash)
            statement = update(schema.quarantine).where(*is_row).values(body=DROPPED)
            transaction.connection.execute(statement)
            dropped += 1
    return dropped


def _find_old(
    transaction: Transaction, rule: Retention, before: int, hlc: str, upto: int
) -> Iterator[str]:
    """Yield the ids of what is past its age."""
    query = select(_o.op_id, _o.body).where(
        _o.scope.startswith(unit_scope(f"{rule.agency}/"), autoescape=True),
        # An op's id begins with its laptop's time, and its hybrid clock is never earlier.
        _o.op_id < _first_id(before),
        _o.kind.like(f"{rule.family}.%"),
        _o.gsn <= upto,
        _o.body.is_not(None),
    )
    for op_id, body in transaction.connection.execute(query):
        if read_op(bytes(body)).hlc < hlc:
            yield op_id


def _first_id(before: int) -> str:
    return f"{before >> 16:08x}-{before & 0xFFFF:04x}"


def _on(transaction: Transaction, op_ids: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the ops on what these ops created, and their scopes."""
    for some in _batches(op_ids):
        query = select(_o.op_id, _o.scope).where(_o.entity.in_(some), _o.body.is_not(None))
        yield from ((row[0], row[1]) for row in transaction.connection.execute(query))


def _batches(op_ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(op_ids), IDS_AT_ONCE):
        yield op_ids[start : start + IDS_AT_ONCE]
