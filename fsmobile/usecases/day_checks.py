"""The two questions of a day: may we leave? in the morning; may I close the laptop? at night."""

from datetime import date
from pathlib import Path

from msgspec import Struct, field

from fsmobile.core.appointments import Presence
from fsmobile.core.ids import unit_id
from fsmobile.core.passages import PassageStatus
from fsmobile.errors import Param, Severity
from fsmobile.store import drafts, queries, sticks
from fsmobile.texts.dates import format_time
from fsmobile.texts.labels import agent_label
from fsmobile.usecases.appointments import list_appointments, list_expected
from fsmobile.usecases.clock_doubt import find_clock_doubt
from fsmobile.usecases.copies import CopyState, load_copy_state
from fsmobile.usecases.day_news import DayNews, load_day_news
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.doctor import Finding, look_around
from fsmobile.usecases.network_memory import find_good_network
from fsmobile.usecases.passage_times import day_of, list_left_open
from fsmobile.usecases.passages import DayLine, DaySheet, load_day

TIMETABLE_DAYS = 7
"""A timetable that nobody has asked about for longer may have changed."""
TRAINING_DAYS = 60
"""Before the day a training is due, it is told."""
BATTERY_LOW = 30
"""Per cent; a half-day at a stop without a socket."""
POWER_SUPPLIES = Path("/sys/class/power_supply")
"""Where Linux tells of batteries; other systems are not asked."""


class DayCheck(Struct, frozen=True, kw_only=True):
    """An answer, and everything it rests on."""

    findings: tuple[Finding, ...]
    sheet: DaySheet
    news: DayNews = field(default_factory=DayNews)
    """What changed since last time, and is not said to be read."""

    @property
    def is_yes(self) -> bool:
        """Tell whether nothing speaks against it."""
        against = (Severity.WARNING, Severity.ERROR)
        return not any(one.severity in against for one in self.findings)


def check_departure(
    desk: Desk, *, power_supplies: Path = POWER_SUPPLIES, news: DayNews | None = None
) -> DayCheck:
    """Look at what a crew would rather know before it leaves than at the first stop."""
    sheet = load_day(desk, desk.today())
    news = load_day_news(desk) if news is None else news
    stops = sum(line.is_planned and not line.is_cancelled for line in sheet.lines)
    clock = _clock(desk)
    # What was measured against the registry tells nothing of a clock that was set back since.
    doubted = ("clock_right", "clock_off") if clock else ()
    around = look_around(desk.replica, desk.replica.folder())
    findings = [
        *([] if news.is_empty else [Finding(code="news_unread", severity=Severity.WARNING)]),
        *_left_open(desk),
        *clock,
        _timetable(desk),
        Finding(code="stops_today", params={"stops": stops}) if stops else _no_stop(desk),
        *_appointments(desk, sheet.day),
        *(one for one in around if one.code not in doubted),
        *_batteries(power_supplies),
        *_trainings(desk),
        _last_copy(desk),
    ]
    return DayCheck(findings=tuple(findings), sheet=sheet, news=news)


def check_day_end(desk: Desk, *, next_bytes: int = 0) -> DayCheck:
    """Look at whether the day is told in full and is held somewhere else than here.

    `next_bytes` is what the next exchange would cost, 0 where nobody has counted.
    """
    sheet = load_day(desk, desk.today())
    findings = [
        *_left_open(desk),
        *_stops(sheet),
        *_untold_appointments(desk),
        *_drafts(desk),
        *_safety(desk, next_bytes),
    ]
    return DayCheck(findings=tuple(findings), sheet=sheet)


def _clock(desk: Desk) -> list[Finding]:
    """Tell a clock that says what is surely past is still to come."""
    past = find_clock_doubt(desk)
    if past is None:
        return []
    params: dict[str, Param] = {"day": past.date().isoformat()}
    return [Finding(code="clock_behind", severity=Severity.WARNING, params=params)]


def _timetable(desk: Desk) -> Finding:
    synced_at = queries.load_sync_state(desk.replica).synced_at
    if desk.tree is None or synced_at is None:
        return Finding(code="timetable_missing", severity=Severity.WARNING)
    checked_on = desk.at(synced_at).date()
    days = (desk.today() - checked_on).days
    if days > TIMETABLE_DAYS:
        return Finding(code="timetable_old", severity=Severity.WARNING, params={"days": days})
    return Finding(code="timetable_fresh", params={"day": checked_on.isoformat()})


def _no_stop(desk: Desk) -> Finding:
    """Tell a day without a stop from a laptop enrolled for a bus the timetable has never had."""
    tree = desk.tree
    if tree is None:
        return Finding(code="no_stop_today")
    known = {unit_id(tree.agency.agency_id, one) for one in tree.vehicles}
    if desk.unit_id in known:
        return Finding(code="no_stop_today")
    return Finding(code="unit_unknown", severity=Severity.WARNING, params={"unit": desk.unit_id})


def _appointments(desk: Desk, day: date) -> list[Finding]:
    expected = sum(
        line.state.presence is Presence.UNKNOWN for line in list_appointments(desk, day=day)
    )
    if not expected:
        return []
    return [Finding(code="appointments_today", params={"appointments": expected})]


def _batteries(folder: Path) -> list[Finding]:
    percents = []
    for capacity in sorted(folder.glob("BAT*/capacity")):
        try:
            percents.append(int(capacity.read_text(encoding="ascii")))
        except (OSError, ValueError):
            continue
    if not percents:
        return []
    lowest = min(percents)
    is_low = lowest < BATTERY_LOW
    return [
        Finding(
            code="battery_low" if is_low else "battery_full",
            severity=Severity.WARNING if is_low else None,
            params={"percent": lowest},
        )
    ]


def _stops(sheet: DaySheet) -> list[Finding]:
    untold = [finding for line in sheet.lines if (finding := _untold(line)) is not None]
    if untold or not sheet.lines:
        return untold
    return [Finding(code="stops_told", params={"stops": len(sheet.lines)})]


def _left_open(desk: Desk) -> list[Finding]:
    """Ask for the closing of other days that nobody has told."""
    return [
        Finding(
            code="closing_forgotten",
            severity=Severity.WARNING,
            params={"place": line.name, "day": day_of(line).isoformat()},
        )
        for line in list_left_open(desk)
        if day_of(line) != desk.today()
    ]


def _trainings(desk: Desk) -> list[Finding]:
    """Tell whose training is over, or soon will be; dates are of this laptop's own settings."""
    found = []
    for agent_id, due in sorted(desk.trainings.items()):
        params: dict[str, Param] = {"agent": agent_label(desk.names, agent_id)}
        params["day"] = due.isoformat()
        if due < desk.today():
            found.append(Finding(code="training_over", severity=Severity.WARNING, params=params))
        elif (due - desk.today()).days <= TRAINING_DAYS:
            found.append(Finding(code="training_soon", params=params))
    return found


def _last_copy(desk: Desk) -> Finding:
    """Say when what waited was last written a second time: on a stick, in the folder of copies."""
    made = [desk.at(entry.made_at) for entry in sticks.list_sticks(desk.replica)]
    copy = load_copy_state(desk)
    made += [] if copy is None else [copy.made_at]
    if not made:
        return Finding(code="no_copy", severity=Severity.INFO)
    return Finding(code="last_copy", params={"day": max(made).date().isoformat()})


def _untold(line: DayLine) -> Finding | None:
    """Return what is missing of one stop; a closing that was forgotten is asked, never guessed."""
    if line.passage.status is PassageStatus.OPEN:
        code = "passage_left_open"
    elif not line.is_over:
        code = "stop_untold"
    else:
        return None
    return Finding(code=code, severity=Severity.WARNING, params={"place": line.name})


def _untold_appointments(desk: Desk) -> list[Finding]:
    """Ask who came: an appointment of today of which nothing was said."""
    left = sum(one.day == desk.today() for one in list_expected(desk))
    if not left:
        return []
    params = {"appointments": left}
    return [Finding(code="appointments_untold", severity=Severity.WARNING, params=params)]


def _drafts(desk: Desk) -> list[Finding]:
    left = len(drafts.list_drafts(desk.replica))
    if not left:
        return []
    return [Finding(code="drafts_left", severity=Severity.WARNING, params={"drafts": left})]


def _safety(desk: Desk, next_bytes: int) -> list[Finding]:
    """Say whether what was recorded is held by the registry, or at least on a stick."""
    state = queries.load_sync_state(desk.replica)
    found = []
    if state.refused:
        found.append(
            Finding(code="ops_refused", severity=Severity.WARNING, params={"ops": state.refused})
        )
    if state.waiting == 0:
        return [*found, Finding(code="nothing_waits")]
    made_at = _stick_of_all(desk)
    params: dict[str, Param] = {"ops": state.waiting, "visits": state.waiting_visits}
    if made_at is not None:
        params["day"] = desk.at(made_at).date().isoformat()
        return [*found, Finding(code="ops_on_stick", params=params)]
    copy = load_copy_state(desk)
    if copy is not None and copy.is_whole and copy.is_elsewhere:
        found.append(Finding(code="ops_copied", params=params | _told_of(copy)))
    else:
        found.append(Finding(code="ops_only_here", severity=Severity.WARNING, params=params))
        found.append(_second_copy(copy))
    return [*found, *_where_to_send(desk, next_bytes)]


def _second_copy(copy: CopyState | None) -> Finding:
    """Say why the second copy does not do: it is not there, late, or beside the store."""
    if copy is None:
        return Finding(code="no_second_copy", severity=Severity.INFO)
    code = "copy_beside" if not copy.is_elsewhere else "copy_late"
    return Finding(code=code, severity=Severity.INFO, params=_told_of(copy))


def _told_of(copy: CopyState) -> dict[str, Param]:
    return {"folder": str(copy.folder), "at": format_time(copy.made_at.time())}


def _where_to_send(desk: Desk, next_bytes: int) -> list[Finding]:
    """Name the next stop where the network was good before, if this laptop remembers one."""
    good = find_good_network(desk)
    if good is None:
        return []
    params: dict[str, Param] = {
        "place": good.name,
        "day": good.day.isoformat(),
        "at": format_time(good.at),
        "good": good.good,
        "tries": good.tries,
        "size": next_bytes,
    }
    is_today = good.day == desk.today()
    code = "send_today_at" if is_today else "send_at"
    return [Finding(code=code, severity=Severity.INFO, params=params)]


def _stick_of_all(desk: Desk) -> int | None:
    """Return when a stick was written that carries all that waits, or None."""
    newest = max((one.recorded_at for one in queries.list_waiting(desk.replica)), default=0)
    written = [entry.made_at for entry in sticks.list_sticks(desk.replica)]
    return max((made_at for made_at in written if made_at >= newest), default=None)
