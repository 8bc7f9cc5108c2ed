"""What each fleet page shows, gathered in one reading of the database."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fsmobile.protocol.scopes import Role
from fsmobile.registry.confirmations import DAY_MS, LATE_DAYS, load_orders
from fsmobile.registry.fleet.fleet_rows import (
    AgencyRow,
    EventRow,
    FleetRows,
    LaptopRow,
    WriterLine,
)
from fsmobile.registry.fleet.records import Account
from fsmobile.registry.fleet.unit_days import UnitDay, load_unit_days
from fsmobile.registry.pulls import scopes_of
from fsmobile.registry.storage import Storage, Transaction
from fsmobile.registry.timetables import Timetables

PAGE_SIZE = 200
EVENTS_MAX = 20
REFUSED_MAX = 50
SILENT_MS = 7 * 86_400_000
"""A laptop that has not spoken for a week of work."""
DRIFT_MS = 120_000
"""A clock further off than this puts visits at a wrong hour."""


class Attention(StrEnum):
    """What a person should look into."""

    REVOKED = "revoked"
    NEVER_SEEN = "never_seen"
    SILENT = "silent"
    UNSENT = "unsent"
    CLOCK = "clock"
    REFUSED = "refused"
    QUARANTINED = "quarantined"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaptopLine:
    """A laptop and what is to be said of it."""

    row: LaptopRow
    refused: int
    quarantined: int
    unconfirmed_since: int | None
    """When the oldest order to erase was written that it has not confirmed, ms."""
    attentions: tuple[Attention, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agencies:
    """The structures of a registry, one page of them."""

    rows: Sequence[AgencyRow]
    events: Sequence[EventRow]
    page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyPage:
    """One structure: its day and its laptops."""

    agency: str
    name: str
    timezone: str
    day: date
    days: Sequence[UnitDay]
    revision: int
    published_at: int | None
    laptops: Sequence[LaptopLine]
    events: Sequence[EventRow]
    page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedOp:
    """An op that was not taken as it is: which, and why, without its content."""

    seq: int
    kind: str
    code: str
    reason: str
    """Code of the reason, or empty."""
    received_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LaptopPage:
    """One laptop: its logs, what was refused, what happened to it."""

    line: LaptopLine
    timezone: str
    writers: Sequence[WriterLine]
    refused: Sequence[RefusedOp]
    events: Sequence[EventRow]


@dataclass(frozen=True, slots=True)
class Overviews:
    """Reads the pages; each is one picture of the database."""

    storage: Storage
    timetables: Timetables

    def load_agencies(self, account: Account, page: int, now: int) -> Agencies:
        """Return the structures that an account may see."""
        with self.storage.reading() as transaction:
            rows = FleetRows(transaction.connection)
            pages = _pages(rows.count_agencies(account.agency))
            page = min(page, pages)
            found = rows.list_agencies(
                account.agency,
                silent_before=now - SILENT_MS,
                offset=(page - 1) * PAGE_SIZE,
                limit=PAGE_SIZE,
            )
            events: Sequence[EventRow] = ()
            if account.may_see_events:
                events = rows.list_events(agency=None, device_id=None, limit=EVENTS_MAX)
        return Agencies(rows=found, events=events, page=page, pages=pages)

    def load_agency(self, account: Account, agency: str, page: int, now: int) -> AgencyPage | None:
        """Return one structure, or None when it has no laptop."""
        with self.storage.reading() as transaction:
            rows = FleetRows(transaction.connection)
            count = rows.count_laptops(agency)
            timetable = self.timetables.load(transaction, agency)
            if not count and timetable.tree is None:
                return None
            pages = _pages(count)
            page = min(page, pages)
            found = rows.list_laptops(agency, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
            units = transaction.list_units(agency)
            day, days = load_unit_days(rows, timetable, units, now)
            events: Sequence[EventRow] = ()
            if account.may_see_laptops:
                events = rows.list_events(agency=agency, device_id=None, limit=EVENTS_MAX)
            return AgencyPage(
                agency=agency,
                name=timetable.name or agency,
                timezone=timetable.timezone,
                day=day,
                days=days,
                revision=timetable.revision,
                published_at=rows.published_at(agency, timetable.revision),
                laptops=_lines(transaction, found, units, now),
                events=events,
                page=page,
                pages=pages,
            )

    def load_laptop(self, device_id: bytes, now: int) -> LaptopPage | None:
        """Return one laptop, or None when there is none of this id."""
        with self.storage.reading() as transaction:
            rows = FleetRows(transaction.connection)
            found = rows.find_laptop(device_id)
            if found is None:
                return None
            units = transaction.list_units(found.agency)
            (line,) = _lines(transaction, [found], units, now)
            refused = [
                RefusedOp(
                    seq=row.seq,
                    kind=row.kind,
                    code=row.code,
                    reason=_reason(row.detail),
                    received_at=row.received_at,
                )
                for row in rows.list_refused(device_id, REFUSED_MAX)
            ]
            return LaptopPage(
                line=line,
                timezone=self.timetables.load(transaction, found.agency).timezone,
                writers=rows.list_writers(device_id),
                refused=refused,
                events=rows.list_events(agency=None, device_id=device_id, limit=EVENTS_MAX),
            )


def _pages(count: int) -> int:
    return max(1, -(-count // PAGE_SIZE))


def _lines(
    transaction: Transaction, found: Sequence[LaptopRow], units: Sequence[str], now: int
) -> list[LaptopLine]:
    """Return laptops of one structure, which has these units, with what is to be said of them."""
    rows = FleetRows(transaction.connection)
    devices = [row.device_id for row in found]
    refused, quarantined = rows.count_refused(devices), rows.count_quarantined(devices)
    since = _unconfirmed(transaction, found, units)
    return [
        LaptopLine(
            row=row,
            refused=refused.get(row.device_id, 0),
            quarantined=quarantined.get(row.device_id, 0),
            unconfirmed_since=since.get(row.device_id),
            attentions=_attentions(
                row,
                refused=refused.get(row.device_id, 0),
                quarantined=quarantined.get(row.device_id, 0),
                unconfirmed_since=since.get(row.device_id),
                now=now,
            ),
        )
        for row in found
    ]


def _unconfirmed(
    transaction: Transaction, found: Sequence[LaptopRow], units: Sequence[str]
) -> dict[bytes, int]:
    """Return since when each laptop has not confirmed an order; those that have are left out."""
    orders, closed = load_orders(transaction), transaction.list_closed_risks()
    since: dict[bytes, int] = {}
    for row in found:
        is_office = row.role == Role.COORDINATOR
        read = units if is_office else [row.unit]
        scopes = scopes_of(row.device_id, row.agency, read, is_office=is_office)
        waiting = orders.waiting(scopes, row.confirmed, row.enrolled_at)
        if waiting and row.device_id not in closed:
            since[row.device_id] = min(order.at for order in waiting)
    return since


def _attentions(
    row: LaptopRow, *, refused: int, quarantined: int, unconfirmed_since: int | None, now: int
) -> tuple[Attention, ...]:
    is_revoked = row.revoked_at is not None
    seen = row.last_seen_at
    told = {
        Attention.REVOKED: is_revoked,
        Attention.NEVER_SEEN: not is_revoked and seen is None,
        Attention.SILENT: not is_revoked and seen is not None and now - seen >= SILENT_MS,
        Attention.UNSENT: bool(row.unsent),
        Attention.CLOCK: abs(row.clock_ahead_ms or 0) >= DRIFT_MS,
        Attention.REFUSED: refused > 0,
        Attention.QUARANTINED: quarantined > 0,
        Attention.UNCONFIRMED: unconfirmed_since is not None
        and now - unconfirmed_since >= LATE_DAYS[0] * DAY_MS,
    }
    return tuple(one for one, is_so in told.items() if is_so)


def _reason(detail: str) -> str:
    """Return the code inside an outcome; its other words may hold a piece of the op."""
    try:
        code = json.loads(detail).get("code", "")
    except (ValueError, AttributeError):
        return ""
    return str(code)[:80]
