"""The screen Suites: who is expected and what is promised, taken up wherever the bus is."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from fsmobile.core.ids import AppointmentId, FollowUpId, PlaceId
from fsmobile.texts.translation import _
from fsmobile.tui.bindings import Where, find_command
from fsmobile.tui.day_context import DayContext
from fsmobile.tui.lines import Line, Role
from fsmobile.tui.naming_acts import NamingActs
from fsmobile.tui.promise_acts import PromiseActs, Subject
from fsmobile.tui.promise_rows import promise_rows
from fsmobile.tui.stage import Stage
from fsmobile.tui.views.follow_ups import FollowUpView, PromiseRow, follow_up_lines
from fsmobile.tui.views.frame import Hint
from fsmobile.tui.warning_acts import WarningActs


class FollowUpPage:
    """Everything that is promised and not done yet."""

    where = Where.FOLLOW_UPS

    def __init__(self, stage: Stage, context: DayContext, is_discreet: Callable[[], bool]) -> None:
        self._stage = stage
        self._context = context
        self._is_discreet = is_discreet
        self._acts = PromiseActs(stage, self.reload)
        self._naming = NamingActs(stage, self.reload)
        self._warning = WarningActs(stage, self.reload)
        self._view = FollowUpView(today=stage.desk.today())

    @property
    def _chosen(self) -> PromiseRow | None:
        return self._view.rows[self._view.cursor] if self._view.rows else None

    def reload(self) -> None:
        """Read what is promised; the cursor stays on its line."""
        chosen = self._chosen
        here = self._context.sheet.open_line
        rows = promise_rows(self._context, None if here is None else here.place_id)
        ids = [row.id for row in rows]
        at = ids.index(chosen.id) if chosen is not None and chosen.id in ids else self._view.cursor
        cursor = max(0, min(at, len(rows) - 1))
        self._view = FollowUpView(today=self._stage.desk.today(), rows=rows, cursor=cursor)

    def press(self, key: str) -> bool:
        """Take a key of this screen."""
        if key == "enter" and self._chosen is not None:
            # No command: there is nothing to open, and whoever tries it is told so.
            self._stage.say(_("Le détail de la ligne est en bas de l'écran"), Role.PLAIN)
            return True
        found = find_command(Where.FOLLOW_UPS, key)
        if found is None or found.where is not Where.FOLLOW_UPS:
            return False
        if found.id == "promise.leave":
            return False
        if found.id == "promise.move":
            last = max(0, len(self._view.rows) - 1)
            step = 1 if key in ("down", "j") else -1
            cursor = min(last, max(0, self._view.cursor + step))
            self._view = replace(self._view, cursor=cursor)
        elif found.id == "promise.new":
            self._acts.ask_task(Subject(place_id=self._place_here()))
        elif self._chosen is not None:
            self._act_on(self._chosen, found.id)
        return True

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the screen."""
        view = replace(self._view, is_discreet=self._is_discreet())
        return follow_up_lines(view, width, height)

    def hints(self) -> Sequence[Hint]:
        """Say which keys are useful on the chosen line."""
        chosen = self._chosen
        if chosen is None:
            acts = ["promise.new"]
        elif chosen.is_appointment:
            acts = ["promise.tell", "promise.presence", "promise.book", "promise.new"]
        else:
            acts = [
                *("promise.finish", "promise.postpone", "promise.book"),
                *("promise.write", "promise.name", "promise.new"),
            ]
        return [Hint(command_id=one) for one in (*acts, "app.undo", "app.help")]

    def _act_on(self, row: PromiseRow, id: str) -> None:
        if id == "promise.book":
            place_id = self._place_here()
            follow_up_id = None if row.is_appointment else FollowUpId(row.id)
            self._acts.ask_appointment(Subject(place_id=place_id, follow_up_id=follow_up_id))
        elif row.is_appointment:
            if id == "promise.presence":
                self._acts.ask_presence(AppointmentId(row.id))
            elif id == "promise.tell":
                self._warning.ask(AppointmentId(row.id))
            else:
                said = _("Cette ligne est un rendez-vous : p dit si la personne est venue")
                self._stage.say(said, Role.PLAIN)
        elif id == "promise.finish":
            self._acts.finish(FollowUpId(row.id))
        elif id == "promise.postpone":
            self._acts.ask_postponement(FollowUpId(row.id))
        elif id == "promise.write":
            self._acts.write_step(FollowUpId(row.id))
        elif id == "promise.name":
            self._naming.ask(FollowUpId(row.id))
        else:
            said = _("Cette ligne est une suite, sans heure : v lui donne un rendez-vous")
            self._stage.say(said, Role.PLAIN)

    def _place_here(self) -> PlaceId | None:
        here = self._context.sheet.open_line or self._context.sheet.next_line
        return None if here is None else here.place_id
