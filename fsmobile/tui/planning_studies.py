"""What the plan comes to, above the planning: its coverage, the drives of a day."""

from collections.abc import Callable
from datetime import date

from fsmobile.core.coverage import GOAL_MINUTES, measure_access
from fsmobile.reference.departments import load_departments
from fsmobile.reference.outlines import find_outline
from fsmobile.tui.lines import Line
from fsmobile.tui.plan_questions import PlanQuestions
from fsmobile.tui.plan_words import commune_name
from fsmobile.tui.screens.plan_study import PlanStudyPage
from fsmobile.tui.stage import Page
from fsmobile.tui.views.coverage import CoverageView, NamedPoint, coverage_lines, swap_rings
from fsmobile.usecases.coverage import CoverageStudy, study_coverage


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
                (one.town.latitude, one.town.longitude)
                for one in measure_access(study.towns, study.places, study.relief)
                if not one.is_within(GOAL_MINUTES, study.relief)
            ),
            unlocated=study.unlocated,
        )

    def _show(self, draw: Callable[[int, int], list[Line]]) -> None:
        self._put_above(PlanStudyPage(draw, self._ask.stage.close_page))
