"""The screen Synchro: what waits and since when, the last receipt, one key to sync."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec.structs import replace

from fsmobile.errors import FsmobileError
from fsmobile.sync.progress import Progress, SyncReport
from fsmobile.texts.sentences import explain_error
from fsmobile.texts.sync_report import describe_report
from fsmobile.texts.translation import _, mark
from fsmobile.tui.bindings import Where, find_command
from fsmobile.tui.lines import Line, Role
from fsmobile.tui.stage import Stage
from fsmobile.tui.views.frame import Hint, Light, Network
from fsmobile.tui.views.sync import SyncView, WaitingRow, sync_lines
from fsmobile.usecases.sync_status import list_refusals, list_waiting, load_sync_status

_KINDS = {
    "visit.record": mark("visite"),
    "visit.correct": mark("correction"),
    "visit.void": mark("visite annulée"),
    "passage.open": mark("arrivée"),
    "passage.close": mark("départ"),
    "passage.cancel": mark("passage annulé"),
    "passage.note": mark("note de passage"),
    "passage.tally": mark("compte à la porte"),
}


ROWS_MAX = 300
"""What waits is listed so far, the oldest first; the count is of all."""


class SyncPage:
    """The exchange with the registry."""

    where = Where.SYNC

    def __init__(self, stage: Stage, name_entity: Callable[[str, str], str]) -> None:
        self._stage = stage
        self._name_entity = name_entity
        self._is_running = False
        self._failed_since: datetime | None = None
        """The last exchange known when a try of this run failed; a later one makes it good."""
        self._has_failed = False
        self._progress: Progress | None = None
        self._view = SyncView(now=stage.desk.now(), network=Network(light=Light.OFFLINE))
        self.reload()

    @property
    def network(self) -> Network:
        """Say the state of the exchange, in words, for the header too."""
        network = self._view.network
        if not self._is_running:
            return network
        progress = self._progress
        return replace(
            network,
            light=Light.SENDING,
            done=0 if progress is None else progress.received,
            total=network.waiting if progress is None else progress.to_send,
        )

    def press(self, key: str) -> bool:
        """Take a key."""
        found = find_command(Where.SYNC, key)
        if found is None or found.where is not Where.SYNC:
            return False
        match found.id:
            case "sync.run" if not self._is_running:
                self._stage.start_sync()
            case "sync.leave":
                return False
            case "sync.move":
                last = max(0, len(self._view.waiting) - 1)
                step = 1 if key in ("down", "j") else -1
                cursor = min(last, max(0, self._view.cursor + step))
                self._view = replace(self._view, cursor=cursor)
            case _:
                self._stage.say(_("Une synchronisation est en cours"), Role.PLAIN)
        return True

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the screen."""
        now = self._stage.desk.now()
        return sync_lines(replace(self._view, now=now, network=self.network), width, height)

    def hints(self) -> Sequence[Hint]:
        """Say that one key syncs."""
        return (
            Hint(command_id="sync.run"),
            Hint(command_id="app.refresh"),
            Hint(command_id="screen.tour", label=_("Tournée")),
            Hint(command_id="app.palette"),
            Hint(command_id="app.help"),
        )

    def count(self) -> None:
        """Count again what waits: cheap, after each act."""
        desk = self._stage.desk
        status = load_sync_status(desk)
        state = status.state
        offset = state.clock_offset_ms
        self._view = replace(
            self._view,
            network=Network(
                light=self._light(state.waiting, state.refused, status.synced_at),
                waiting=state.waiting,
                refused=state.refused,
                last_at=None if status.synced_at is None else status.synced_at.time(),
                last_day=None if status.synced_at is None else status.synced_at.date(),
            ),
            synced_at=status.synced_at,
            receipt_at=status.receipt_at,
            receipt_seq=None if state.last_receipt is None else state.last_receipt.seq,
            oldest_at=status.oldest_at,
            waiting_visits=state.waiting_visits,
            clock_offset_seconds=None if offset is None else round(offset / 1000),
        )

    def reload(self) -> None:
        """Read everything the screen shows."""
        self.count()
        desk = self._stage.desk
        waiting = tuple(
            WaitingRow(
                at=desk.at(one.recorded_at),
                kind=_kind(one.kind),
                what=self._name_entity(one.kind, one.entity),
            )
            for one in list_waiting(desk)[:ROWS_MAX]
        )
        refusals = tuple(
            f"{_kind(kind)} · {code}" for _op_id, kind, code, _detail in list_refusals(desk)
        )
        cursor = min(self._view.cursor, max(0, len(waiting) - 1))
        self._view = replace(self._view, waiting=waiting, refusals=refusals, cursor=cursor)

    def begin(self) -> None:
        """Show that an exchange runs."""
        self._is_running = True
        self._progress = None
        self._stage.say(_("Synchronisation : vous pouvez continuer à travailler"), Role.PLAIN)

    def tell(self, progress: Progress) -> None:
        """Show how far it is."""
        self._progress = progress

    def end(self, outcome: SyncReport | FsmobileError) -> None:
        """Show what the exchange did, computed from receipts."""
        self._is_running = False
        self._has_failed = not isinstance(outcome, SyncReport)
        self._failed_since = load_sync_status(self._stage.desk).synced_at
        if isinstance(outcome, SyncReport):
            report = tuple(_report_lines(outcome))
            self._view = replace(self._view, report=report, is_report_bad=not outcome.is_complete)
            role = Role.GOOD if outcome.is_complete else Role.WARN
            self._stage.say(report[0], role)
        else:
            sentence = explain_error(outcome)
            report = (sentence.what, sentence.next, *sentence.details)
            self._view = replace(self._view, report=report, is_report_bad=True)
            self._stage.say(f"{sentence.what} {sentence.next}", Role.WARN)
        self.reload()

    def tell_news(self, news: Sequence[str]) -> None:
        """Show what changed in the timetable."""
        self._view = replace(self._view, news=tuple(news))

    def _light(self, waiting: int, refused: int, synced_at: datetime | None) -> Light:
        if refused:
            return Light.ATTENTION
        # Another program may have exchanged since: what the store says holds over this run.
        is_away = self._has_failed and synced_at == self._failed_since
        if synced_at is None or is_away:
            return Light.OFFLINE
        is_today = synced_at.date() == self._stage.desk.today()
        return Light.IN_STEP if waiting == 0 and is_today else Light.WAITING


def _kind(kind: str) -> str:
    return _(_KINDS[kind]) if kind in _KINDS else kind


def _report_lines(report: SyncReport) -> list[str]:
    return list(describe_report(report))
