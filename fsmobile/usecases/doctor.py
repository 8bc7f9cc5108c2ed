"""What can be wrong on a laptop, looked at one thing after another."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fsmobile.errors import Param, Severity
from fsmobile.store import drafts, queries
from fsmobile.store.identity import load_enrolment
from fsmobile.store.integrity import check_store
from fsmobile.store.replica import Replica
from fsmobile.usecases.sync_status import is_key_shared

DISK_LOW = 500 * 1024 * 1024
DISK_BAD = 50 * 1024 * 1024
CLOCK_OFF_MS = 2 * 60 * 1000
WAITING_DAYS = 7
DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    code: str
    """`texts.findings` holds a sentence for each."""
    severity: Severity | None = None
    """None when all is well."""
    params: Mapping[str, Param] = field(default_factory=dict)


def examine(replica: Replica, home: Path) -> list[Finding]:
    """Look at the store, the disk, the clock and what waits; nothing is changed."""
    return [
        *_enrolment(replica),
        *_store(replica),
        _encryption(replica),
        *look_around(replica, home),
    ]


def look_around(replica: Replica, home: Path) -> list[Finding]:
    """Look at the disk, the clock and what waits: quick, whatever the store holds."""
    return [
        _disk(home),
        _clock(replica),
        _waiting(replica),
        *_refusals(replica),
        *_sharing(replica),
        *_drafts(replica),
    ]


def _enrolment(replica: Replica) -> list[Finding]:
    enrolment = load_enrolment(replica)
    if enrolment is None:
        return [Finding(code="not_enrolled", severity=Severity.ERROR)]
    params: dict[str, Param] = {
        "unit": enrolment.unit_id,
        "role": enrolment.role,
        "url": enrolment.registry_url,
    }
    return [Finding(code="enrolled", params=params)]


def _store(replica: Replica) -> list[Finding]:
    health = check_store(replica)
    if health.is_sound:
        params: dict[str, Param] = {"own": health.own_ops, "remote": health.remote_ops}
        return [Finding(code="store_sound", params=params)]
    return [
        Finding(code="store_damaged", severity=Severity.ERROR, params={"fault": fault})
        for fault in health.faults
    ]


def _encryption(replica: Replica) -> Finding:
    if replica.is_encrypted:
        return Finding(code="store_encrypted")
    return Finding(code="store_plain", severity=Severity.WARNING)


def _disk(home: Path) -> Finding:
    free = shutil.disk_usage(home).free
    severity = None
    if free < DISK_LOW:
        severity = Severity.ERROR if free < DISK_BAD else Severity.WARNING
    return Finding(
        code="disk_free" if severity is None else "disk_low",
        severity=severity,
        params={"megabytes": free // (1024 * 1024)},
    )


def _clock(replica: Replica) -> Finding:
    offset = queries.load_sync_state(replica).clock_offset_ms
    if offset is None:
        return Finding(code="clock_unknown")
    off = abs(offset) > CLOCK_OFF_MS
    return Finding(
        code="clock_off" if off else "clock_right",
        severity=Severity.WARNING if off else None,
        params={"seconds": round(offset / 1000)},
    )


def _waiting(replica: Replica) -> Finding:
    state = queries.load_sync_state(replica)
    if state.waiting == 0:
        return Finding(code="nothing_waits")
    days = (replica.clock.now_ms() - (state.oldest_at or 0)) // DAY_MS
    return Finding(
        code="ops_wait" if days else "ops_wait_today",
        severity=Severity.WARNING if days >= WAITING_DAYS else None,
        params={"ops": state.waiting, "visits": state.waiting_visits, "days": days},
    )


def _refusals(replica: Replica) -> list[Finding]:
    refused = queries.list_refusals(replica)
    if not refused:
        return []
    return [Finding(code="ops_refused", severity=Severity.WARNING, params={"ops": len(refused)})]


def _sharing(replica: Replica) -> list[Finding]:
    return [Finding(code="key_shared", severity=Severity.ERROR)] if is_key_shared(replica) else []


def _drafts(replica: Replica) -> list[Finding]:
    left = drafts.list_drafts(replica)
    return [Finding(code="drafts_left", params={"drafts": len(left)})] if left else []
