"""The screen Synchro: what waits and since when, the last receipt, one key to sync."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from msgspec.structs import replace

from fsmobile.errors import (
    FsmobileError,
    NotAllowed,
    OutOfStep,
    RegistryUnreachable,
    StoreBusy,
)
from fsmobile.sync.progress import BY_HAND, BY_TIMER, Progress, SyncReport
from fsmobile.texts.act_words import act_name
from fsmobile.texts.fleet_sentences import explain_refusal
from fsmobile.texts.journal_words import describe_act
from fsmobile.texts.sentences import explain_error
from fsmobile.texts.sync_report import describe_loading, describe_report
from fsmobile.texts.translation import _, n_
from fsmobile.tui.bindings import Where, find_command
from fsmobile.tui.lines import Line, Role
from fsmobile.tui.stage import Stage
from fsmobile.tui.views.frame import Hint, Light, Network
from fsmobile.tui.views.sync import SyncView, WaitingRow, sync_lines
from fsmobile.usecases.network_memory import note_exchange
from fsmobile.usecases.sync_status import (
    is_key_shared,
    list_refusals,
    list_waiting,
    load_noted_act,
    load_stick,
    load_sync_status,
)

ROWS_MAX = 300
"""What waits is listed so far, the oldest first; the count is of all."""


class SyncPage:
    """The exchange with the registry."""

    where = Where.SYNC

    def __init__(self, stage: Stage, name_entity: Callable[[str, str], str]) -> None:
        self._stage = stage
        self._name_entity = name_entity
        self._is_running = False
        self._is_quiet = False
        """Nobody asked for the exchange that runs: it says nothing but what must be known."""
        self._last_trouble = ""
        """Code of what a person must mend, said once."""
        self._failed_since: datetime | None = None
        """The last exchange known when a try of this run failed; a later one makes it good."""
        self._has_failed = False
        self._began_at = stage.desk.replica.clock.now_ms()
        self._progress: Progress | None = None
        self._view = SyncView(
            now=stage.desk.now(),
            network=Network(light=Light.UNTRIED),
            is_encrypted=stage.desk.replica.is_encrypted,
        )
        self.reload()

    @property
    def network(self) -> Network:
        """Say the state of the exchange, in words, for the header too."""
        network = self._view.network
        progress = self._progress
        is_telling = progress is not None and (progress.to_send or progress.loading)
        if not self._is_running or (self._is_quiet and not is_telling):
            return network
        return replace(
            network,
            light=Light.SENDING,
            done=0 if progress is None else progress.received,
            total=network.waiting if progress is None else progress.to_send,
            loading=describe_loading(*progress.loading) if progress and progress.loading else "",
        )

    def press(self, key: str) -> bool:
        """Take a key."""
        found = find_command(Where.SYNC, key)
        if found is None or found.where is not Where.SYNC:
            return False
        match found.id:
            case "sync.run" if not self._is_running:
                self._stage.background.note_press()
                self._begin(BY_HAND)
            case "sync.leave":
                return False
            case "sync.move":
                last = max(0, len(self._view.waiting) - 1)
                step = 1 if key in ("down", "j") else -1
                cursor = min(last, max(0, self._view.cursor + step))
                self._view = replace(self._view, cursor=cursor)
            case _:
                # Somebody waits for it now: what comes of it is told.
                self._is_quiet = False
                self._stage.say(_("Une synchronisation est en cours"), Role.PLAIN)
        return True

    def tick(self) -> bool:
        """Exchange when it is time; tell whether to draw again."""
        if self._is_running or not self._stage.background.is_due():
            return False
        self._begin(BY_TIMER)
        return True

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the screen."""
        now = self._stage.desk.now()
        view = replace(
            self._view, now=now, network=self.network, next_at=self._stage.background.next_at
        )
        return sync_lines(view, width, height)

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
                kind=act_name(one.kind),
                what=self._name_entity(one.kind, one.entity)
                or describe_act(load_noted_act(desk, one.op_id)),
            )
            for one in list_waiting(desk)[:ROWS_MAX]
        )
        refusals = tuple(
            f"{act_name(kind)} · {explain_refusal(code, str(detail.get('code', '')))}"
            for _op_id, kind, code, detail in list_refusals(desk)
        )
        cursor = min(self._view.cursor, max(0, len(waiting) - 1))
        self._view = replace(
            self._view,
            waiting=waiting,
            refusals=refusals,
            cursor=cursor,
            is_key_shared=is_key_shared(desk.replica),
            stick=load_stick(desk),
        )

    def tell(self, progress: Progress) -> None:
        """Show how far it is."""
        self._progress = progress

    def end(self, outcome: SyncReport | FsmobileError) -> None:
        """Show what the exchange did, computed from receipts; choose when the next one goes."""
        self._is_running = False
        self._stage.background.note_end(outcome)
        self._remember(outcome)
        if not (self._is_quiet and isinstance(outcome, StoreBusy)):
            # An exchange of another program is no failure of the network.
            self._has_failed = not isinstance(outcome, SyncReport)
        self._failed_since = load_sync_status(self._stage.desk).synced_at
        if isinstance(outcome, SyncReport):
            self._show_report(outcome)
        else:
            self._show_trouble(outcome)
        self.reload()

    def _remember(self, outcome: SyncReport | FsmobileError) -> None:
        """Keep where and when the network was good, or was not."""
        is_good = isinstance(outcome, SyncReport)
        if not is_good and not isinstance(outcome, RegistryUnreachable):
            return
        # A disk that is full says so when something is recorded; this memory can wait.
        with suppress(FsmobileError):
            note_exchange(self._stage.desk, is_good=is_good, started_at=self._began_at)

    def tell_news(self, news: Sequence[str]) -> None:
        """Show what changed in the timetable."""
        self._view = replace(self._view, news=tuple(news))

    def _begin(self, why: str) -> None:
        self._is_running, self._is_quiet = True, why == BY_TIMER
        self._began_at = self._stage.desk.replica.clock.now_ms()
        self._progress = None
        if not self._is_quiet:
            self._stage.say(_("Synchronisation : vous pouvez continuer à travailler"), Role.PLAIN)
        self._stage.start_sync(why)

    def _show_report(self, report: SyncReport) -> None:
        self._last_trouble = ""
        lines = tuple(describe_report(report))
        is_news = report.received or report.pulled or report.refused
        if is_news or not self._is_quiet:
            self._view = replace(self._view, report=lines, is_report_bad=not report.is_complete)
        if not self._is_quiet:
            self._stage.say(lines[0], Role.GOOD if report.is_complete else Role.WARN)
        elif report.refused:
            said = n_(
                "{n} acte refusé par le registre, gardé ici : 6 dit pourquoi",
                "{n} actes refusés par le registre, gardés ici : 6 dit pourquoi",
                len(report.refused),
            )
            self._stage.say(said.format(n=len(report.refused)), Role.WARN)

    def _show_trouble(self, error: FsmobileError) -> None:
        """Say why it did not go through; nobody is interrupted for a network that is away."""
        is_grave = isinstance(error, OutOfStep | NotAllowed)
        if self._is_quiet and not is_grave:
            return
        sentence = explain_error(error)
        lines = (sentence.what, sentence.next, *sentence.details)
        self._view = replace(self._view, report=lines, is_report_bad=True)
        if not self._is_quiet or self._last_trouble != error.code:
            self._stage.say(f"{sentence.what} {sentence.next}", Role.WARN)
        self._last_trouble = error.code

    def _light(self, waiting: int, refused: int, synced_at: datetime | None) -> Light:
        if refused:
            return Light.ATTENTION
        # Another program may have exchanged since: what the store says holds over this run.
        is_away = self._has_failed and synced_at == self._failed_since
        if is_away:
            return Light.OFFLINE
        if synced_at is None:
            return Light.UNTRIED
        is_today = synced_at.date() == self._stage.desk.today()
        return Light.IN_STEP if waiting == 0 and is_today else Light.WAITING
