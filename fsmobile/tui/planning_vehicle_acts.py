"""Another bus on the road, for a day, a week or for good; a new one when the files lack it."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from msgspec.structs import replace

from fsmobile.core.ids import PlaceId, VehicleId
from fsmobile.core.overrides import OverrideAction, OverrideReason
from fsmobile.core.reach import Reach
from fsmobile.formats.toml_tables import NAME_CHARACTERS_MAX
from fsmobile.texts.dates import format_day_short
from fsmobile.texts.translation import _, n_
from fsmobile.tui.lines import Role, line
from fsmobile.tui.plan_questions import PlanQuestions
from fsmobile.tui.stage import Prompt, PromptReading
from fsmobile.usecases.planning_acts import (
    Telling,
    change_passage,
    lend_vehicle,
    served_days,
    spare_faults,
    wish,
)
from fsmobile.usecases.planning_calendar import DayLine
from fsmobile.usecases.planning_vehicles import add_vehicle, list_bases, vehicle_named

_DAY, _WEEK = "jour", "semaine"
_NEW = ""


class PlanningVehicleActs:
    """Lends a bus, and writes a new one."""

    def __init__(self, ask: PlanQuestions) -> None:
        self._ask = ask

    def lend(self, one: DayLine) -> None:
        """Put another bus on the road: for a passage, a day, a week, or for good."""
        passage = one.passage
        day = passage.original_date
        vehicles = self._ask.bench.planning.tree.vehicles.values()
        names: dict[str, str] = {
            x.vehicle_id: " · ".join((x.name, *self._lacks(x.vehicle_id, [day])))
            for x in vehicles
            if x.vehicle_id != passage.vehicle_id
        }

        def go_on(code: str) -> None:
            if code == _NEW:
                self.add(lambda vehicle: self._for_how_long(one, vehicle))
            else:
                self._for_how_long(one, VehicleId(code))

        self._ask.choose(
            _("Quel bus, ce {day} ?").format(day=format_day_short(day)),
            {**names, _NEW: _("un bus qui n'est pas encore dans vehicules.toml…")},
            go_on,
        )

    def add(self, then: Callable[[VehicleId], None] | None = None) -> None:
        """Write one more bus: its name, then where it sleeps; then go on with it."""

        def read(text: str) -> PromptReading:
            told = _("{n} caractères sur 60").format(n=len(text))
            is_ready = 0 < len(text.strip()) <= NAME_CHARACTERS_MAX
            return PromptReading(rows=(line((told, Role.DIM)),), is_ready=is_ready)

        self._ask.stage.open_prompt(
            Prompt(
                title=_("Nom du bus"),
                help=_("par exemple Minibus de secours"),
                read=read,
                then=lambda name: self._ask_base(name, then),
            )
        )

    def _ask_base(self, name: str, then: Callable[[VehicleId], None] | None) -> None:
        bases: dict[str, str] = {
            x.place_id: x.name for x in list_bases(self._ask.bench.planning.tree)
        }

        def go_on(code: str) -> None:
            tree = self._ask.bench.planning.tree
            vehicle = vehicle_named(tree, name, PlaceId(code) if code else None)
            said = _("Un bus de plus : {bus}").format(bus=vehicle.name)
            self._ask.write(said, lambda: add_vehicle(self._ask.sheets, vehicle))
            is_written = vehicle.vehicle_id in self._ask.bench.planning.tree.vehicles
            if then is not None and is_written:
                then(vehicle.vehicle_id)

        self._ask.choose(
            _("D'où part « {bus} » ?").format(bus=name.strip()),
            {**bases, "": _("pas encore connu : il lui manquera une base")},
            go_on,
        )

    def _for_how_long(self, one: DayLine, vehicle: VehicleId) -> None:
        passage = one.passage
        day = passage.original_date
        choices = {
            _DAY: _("toute la journée de ce bus"),
            _WEEK: _("toute la semaine de ce bus"),
            Reach.ONCE.value: _("ce passage seulement"),
        }
        if passage.run_id is not None:
            choices |= {
                Reach.ONWARDS.value: _("cette sortie, à partir de ce jour"),
                Reach.ALWAYS.value: _("cette sortie, toujours"),
            }
        monday = day - timedelta(days=day.weekday())
        tree = self._ask.bench.planning.tree
        served = served_days(tree, passage, monday, monday + timedelta(days=6))
        lacks = self._lacks(vehicle, served or [day])
        if lacks:
            choices[_WEEK] += " · " + ", ".join(lacks)

        def go_on(code: str) -> None:
            if code in (Reach.ONWARDS, Reach.ALWAYS):
                self._lend_always(one, vehicle, Reach(code))
            else:
                self._ask.why(lambda reason: self._lend(one, vehicle, code, served, reason))

        self._ask.choose(_("Pour combien de temps ?"), choices, go_on)

    def _lend(
        self,
        one: DayLine,
        vehicle: VehicleId,
        code: str,
        served: Sequence[date],
        reason: OverrideReason | None,
    ) -> None:
        passage = one.passage
        telling = self._ask.telling(reason, "")
        name = self._ask.bench.planning.tree.vehicles[vehicle].name
        if code == Reach.ONCE:
            wished = replace(wish(passage, OverrideAction.VEHICLE, telling), vehicle_id=vehicle)
            self._ask.write(
                _("{bus} pour ce passage").format(bus=name),
                lambda: change_passage(self._ask.sheets, passage, wished, Reach.ONCE),
            )
            return
        days = [passage.original_date] if code == _DAY else list(served)
        said = n_("{bus} pour {n} jour", "{bus} pour {n} jours", len(days))
        self._ask.write(
            said.format(bus=name, n=len(days)),
            lambda: lend_vehicle(self._ask.sheets, passage, vehicle, days, telling),
        )

    def _lend_always(self, one: DayLine, vehicle: VehicleId, reach: Reach) -> None:
        wished = replace(wish(one.passage, OverrideAction.VEHICLE, Telling()), vehicle_id=vehicle)
        name = self._ask.bench.planning.tree.vehicles[vehicle].name
        self._ask.write(
            _("{bus} pour cette sortie").format(bus=name),
            lambda: change_passage(self._ask.sheets, one.passage, wished, reach),
        )

    def _lacks(self, vehicle: VehicleId, days: Sequence[date]) -> list[str]:
        words = {
            "off_the_road": _("indisponible"),
            "busy": _("déjà pris"),
            "inspection_due": _("contrôle technique échu"),
            "no_base": _("sans base"),
        }
        tree = self._ask.bench.planning.tree
        return [words[code] for code in spare_faults(tree, vehicle, days)]
