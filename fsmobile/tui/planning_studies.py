"""What the plan comes to, above the planning: its coverage, the drives of a day."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from fsmobile.core.coverage import GOAL_MINUTES, measure_access
from fsmobile.core.driving import TravelTimes
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.reach import Reach
from fsmobile.core.spans import TimeSpan
from fsmobile.reference.departments import load_departments
from fsmobile.reference.outlines import find_outline
from fsmobile.texts.drive_words import (
    describe_drive,
    describe_late,
    describe_source,
    describe_total,
)
from fsmobile.texts.public_notices import hours_notice
from fsmobile.texts.translation import _
from fsmobile.tui.lines import Line
from fsmobile.tui.plan_questions import PlanQuestions
from fsmobile.tui.plan_words import commune_name, describe_proposal
from fsmobile.tui.stage import Page
from fsmobile.tui.study_page import StudyPage
from fsmobile.tui.views.coverage import CoverageView, NamedPoint, coverage_lines, swap_rings
from fsmobile.tui.views.drives import DrivesView, LegRow, RunView, drives_lines
from fsmobile.usecases.coverage import CoverageStudy, study_coverage
from fsmobile.usecases.day_drives import (
    DayDrive,
    Proposal,
    apply_order,
    check_day,
    propose_orders,
)
from fsmobile.usecases.planning_acts import Telling
from fsmobile.usecases.territory import travel_times


class PlanningStudies:
    """Studies of the files as they are now."""

    def __init__(self, ask: PlanQuestions, put_above: Callable[[Page], None]) -> None:
        self._ask = ask
        self._put_above = put_above

    def show_coverage(self, day: date) -> None:
        """Show who lives within reach in the year from the week of a day on."""
        planning = self._ask.bench.planning
        view = self._coverage_view(study_coverage(planning.tree, planning.contents, day))
        self._show(lambda width, height: coverage_lines(view, width, height))

    def show_drives(self, day: date) -> None:
        """Show whether the drives of a day hold, and better orders of its stops."""
        planning = self._ask.bench.planning
        tree, desk = planning.tree, planning.desk
        times = travel_times(tree, planning.contents, desk.today(), desk)
        drives = check_day(tree, times, day)
        if not drives:
            self._ask.stage.say(_("Aucun passage ce jour : ←→↑↓, ou n pour en ajouter un"))
            return
        proposals = [one for drive in drives for one in propose_orders(tree, times, drive)]
        view = DrivesView(
            day=day,
            runs=tuple(self._run_view(drive) for drive in drives),
            proposals=tuple(describe_proposal(tree, one) for one in proposals),
        )
        self._show(
            lambda width, _height: drives_lines(view, width),
            [partial(self._reorder, times, one) for one in proposals],
        )

    def _run_view(self, drive: DayDrive) -> RunView:
        tree = self._ask.bench.planning.tree
        vehicle = tree.vehicles.get(drive.vehicle_id) if drive.vehicle_id else None
        version = tree.tours[drive.tour_id].version_on(drive.day)
        total = describe_total(drive.driving_minutes, is_estimate=drive.is_estimate)
        name = drive.tour_id if version is None else version.name
        bus = _("sans bus") if vehicle is None else vehicle.name
        return RunView(
            title=" · ".join((name, bus, total)),
            legs=tuple(
                LegRow(
                    origin=commune_name(tree, leg.origin) if leg.origin else "?",
                    target=commune_name(tree, leg.target) if leg.target else "?",
                    leaves=leg.leaves,
                    due=leg.due,
                    drive=describe_drive(leg.drive),
                    source=describe_source(leg.drive),
                    told=describe_late(leg.late),
                    is_broken=leg in drive.broken,
                )
                for leg in drive.legs
            ),
        )

    def _reorder(self, times: TravelTimes, proposal: Proposal) -> None:
        """Ask how far a new order goes, then write it."""
        ask = self._ask
        first = proposal.hours[0][0]

        def telling(passage: PlannedPassage, hours: TimeSpan) -> Telling:
            day = passage.original_date
            return ask.telling(None, hours_notice(ask.place(passage), day, (hours,), None))

        def go_on(reach: Reach) -> None:
            ask.write(
                _("Arrêts dans un autre ordre"),
                lambda: apply_order(ask.sheets, times, proposal, reach, telling),
            )

        ask.how_far(first, go_on)

    def _coverage_view(self, study: CoverageStudy) -> CoverageView:
        tree = self._ask.bench.planning.tree
        known = load_departments()
        rings = [ring for code in study.departments for ring in find_outline(code)]
        return CoverageView(
            territory=", ".join(
                known[code].name if code in known else code for code in study.departments
            ),
            coverage=study.coverage,
            relief=study.relief,
            districts=study.districts,
            rings=swap_rings(rings),
            stops=tuple(
                NamedPoint(
                    name=commune_name(tree, one.place_id), point=(one.latitude, one.longitude)
                )
                for one in study.places
            ),
            far=tuple(
                (one.locality.latitude, one.locality.longitude)
                for one in measure_access(study.localities, study.places, study.relief)
                if not one.is_within(GOAL_MINUTES, study.relief)
            ),
            unlocated=study.unlocated,
        )

    def _show(
        self,
        draw: Callable[[int, int], list[Line]],
        proposals: Sequence[Callable[[], None]] = (),
    ) -> None:
        self._put_above(StudyPage(draw, self._ask.stage.close_page, proposals))
