"""Every rule of schedules that needs more than one file, and how they are run together.

The faults of the files themselves (a key, a type, a date that cannot be) are found while they
are read, by `fsmobile.formats.schedule_toml`.
"""

from collections.abc import Iterable, Mapping

from fsmobile.core.schedules import Acknowledgement, ScheduleTree
from fsmobile.errors import Problem, Severity
from fsmobile.validation.context import ValidationContext
from fsmobile.validation.rule import Rule
from fsmobile.validation.rules_calendars import CALENDAR_RULES
from fsmobile.validation.rules_crew import CREW_RULES
from fsmobile.validation.rules_driving import DRIVING_RULES
from fsmobile.validation.rules_label import LABEL_RULES
from fsmobile.validation.rules_overrides import OVERRIDE_RULES
from fsmobile.validation.rules_places import PLACE_RULES
from fsmobile.validation.rules_recurrence import RECURRENCE_RULES
from fsmobile.validation.rules_service import SERVICE_RULES
from fsmobile.validation.rules_texts import TEXT_RULES
from fsmobile.validation.rules_vehicles import VEHICLE_RULES
from fsmobile.validation.study import Study

RULES: tuple[Rule, ...] = (
    *TEXT_RULES,
    *PLACE_RULES,
    *RECURRENCE_RULES,
    *CALENDAR_RULES,
    *OVERRIDE_RULES,
    *DRIVING_RULES,
    *VEHICLE_RULES,
    *CREW_RULES,
    *LABEL_RULES,
    *SERVICE_RULES,
)
"""In the order in which a person would look: the files, the places, the days, the roads."""


def check_tree(
    tree: ScheduleTree,
    context: ValidationContext,
    *,
    texts: Mapping[str, str] | None = None,
    faults: Iterable[Problem] = (),
) -> list[Problem]:
    """Run every rule on a schedule.

    `texts` are its files by path, for the rules that read comments; `faults` what reading them
    has already found, so that what follows from a fault is not told a second time.
    """
    study = Study(tree, context, texts=texts, faults=faults)
    return [problem for one in RULES for problem in one.problems(study)]


def split_acknowledged(
    problems: Iterable[Problem], tree: ScheduleTree, context: ValidationContext
) -> tuple[list[Problem], list[Problem]]:
    """Part the problems still to be told from those that somebody has accepted for a while.

    An ERROR cannot be accepted.
    """
    told: list[Problem] = []
    accepted: list[Problem] = []
    for problem in problems:
        is_accepted = problem.severity is not Severity.ERROR and any(
            _accepts(one, problem, context) for one in tree.acknowledgements
        )
        (accepted if is_accepted else told).append(problem)
    return told, accepted


def _accepts(one: Acknowledgement, problem: Problem, context: ValidationContext) -> bool:
    is_same = one.code == problem.code and one.subject == problem.params.get("id")
    return is_same and one.until >= context.today
