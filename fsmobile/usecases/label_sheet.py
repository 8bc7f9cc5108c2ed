"""Label sheet: the evidence that this laptop holds, gathered; and as tables to print."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from msgspec import Struct

from fsmobile.core.ids import OperatorId
from fsmobile.core.journal import JournalAct
from fsmobile.core.label_sheet import (
    AGENTS_MIN,
    DAYS_MIN,
    FOUNDING_OPERATORS,
    HOURS_MIN,
    Criterion,
    LabelFacts,
    Standing,
    assess,
    partner_of,
)
from fsmobile.core.passage_reports import weekly_minutes
from fsmobile.core.periods import Period
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.reports import Count, Dimension, Figures
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.visits import Channel, Outcome
from fsmobile.errors import InvalidInput
from fsmobile.formats.tables import Row, Table, Tone, count_rows
from fsmobile.store import journal
from fsmobile.texts.label_words import (
    criterion_name,
    describe_evidence,
    describe_expected,
    explain_sheet,
    last_steps,
    plan_step,
    standing_name,
)
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.exported_files import Form, name_moment, name_scope, write_tables
from fsmobile.usecases.reports import make_report
from fsmobile.usecases.territory import passages_between
from fsmobile.usecases.timetable import load_revisions

PLAN_WEEKS = 52
_TONES = {Standing.MET: Tone.GOOD, Standing.GAP: Tone.POOR, Standing.NOT_HELD: Tone.OPEN}


class LabelSheet(Struct, frozen=True, kw_only=True):
    """How a bus stands before an audit."""

    period: Period
    """Of the facts; the plan is that of the year to come."""
    facts: LabelFacts
    standings: Mapping[Criterion, Standing]


def make_label_sheet(desk: Desk, period: Period) -> LabelSheet:
    """Gather what this laptop can prove.

    Raises:
        InvalidInput: no timetable was received yet.
    """
    if desk.tree is None:
        raise InvalidInput("no_timetable_yet")
    facts = _gather(desk, desk.tree, period)
    return LabelSheet(period=period, facts=facts, standings=assess(facts))


def export_label_sheet(desk: Desk, sheet: LabelSheet, form: Form) -> bytes:
    """Return the sheet as the bytes of a file, and log it.

    Raises:
        StoreFull, StoreBusy: it could not be logged, and nothing is given.
    """
    tables = label_tables(desk, sheet)
    written = write_tables(label_title(), name_scope(desk, sheet.period), tables, form)
    log_label(desk, sheet, form, count_rows(tables))
    return written


def log_label(desk: Desk, sheet: LabelSheet, form: str, rows: int) -> None:
    """Write down that a sheet left the laptop."""
    what = f"label {form} {sheet.period.first.isoformat()}..{sheet.period.last.isoformat()}"
    journal.note(desk.replica, desk.agent_id, JournalAct.EXPORTED, what, rows)


def label_title() -> str:
    """Name the sheet."""
    return _("Fiche du label France services")


def label_tables(desk: Desk, sheet: LabelSheet) -> tuple[Table, ...]:
    """Return the sheet as tables: the criteria with their evidence, then what is to be done."""
    return (
        Table(
            name=_("Critère par critère"),
            lead=(name_moment(desk),),
            notes=tuple(explain_sheet()),
            header=(_("critère"), _("situation"), _("attendu"), _("ce que disent les données")),
            rows=tuple(criteria_rows(desk, sheet)),
            tones={standing_name(standing): tone for standing, tone in _TONES.items()},
        ),
        Table(
            name=_("Du constat au label"),
            header=(_("étape"), _("à faire"), _("preuve à joindre"), _("fait le")),
            rows=tuple(_steps(sheet)),
        ),
    )


def criteria_rows(desk: Desk, sheet: LabelSheet) -> list[tuple[str, str, str, str]]:
    """Return each criterion: how it stands, what is expected, what proves it."""
    names = {
        code: desk.catalogue.operators[code].short_name
        for code in FOUNDING_OPERATORS
        if code in desk.catalogue.operators
    }
    return [
        (
            criterion_name(criterion),
            standing_name(standing),
            describe_expected(criterion, sheet.facts),
            describe_evidence(criterion, sheet.facts, names),
        )
        for criterion, standing in sheet.standings.items()
    ]


def _steps(sheet: LabelSheet) -> Iterable[Row]:
    """Number what is to be done: the gaps first, then what nobody has proved yet."""
    asked = [
        criterion
        for standing in (Standing.GAP, Standing.NOT_HELD)
        for criterion, found in sheet.standings.items()
        if found is standing
    ]
    steps = [*map(plan_step, asked), *last_steps()]
    for number, (action, proof) in enumerate(steps, start=1):
        yield (number, action, proof, "")


def _gather(desk: Desk, tree: ScheduleTree, period: Period) -> LabelFacts:
    report = make_report(desk, period)
    visits, label = report.visits, tree.agency.label
    monday = desk.today() + timedelta(days=-desk.today().weekday() % 7)
    held = [
        one
        for one in passages_between(tree, monday, monday + timedelta(days=7 * PLAN_WEEKS - 1))
        if one.unit in (None, desk.unit_id)
    ]
    agents_min = label.agents_min or AGENTS_MIN
    crews = {one.passage_id: len(one.crew) for one in held}
    minutes, days = _weeks(held, monday)
    places = [tree.places[one] for one in {one.place_id for one in held} if one in tree.places]
    known = {one: due for one, due in desk.trainings.items() if one in tree.agents}
    revisions = load_revisions(desk)
    return LabelFacts(
        agents_min=agents_min,
        hours_min=label.hours_per_week_min or HOURS_MIN,
        days_min=label.days_per_week_min or DAYS_MIN,
        planned=len(crews),
        planned_short=sum(size < agents_min for size in crews.values()),
        crew_untold=sum(not size for size in crews.values()),
        week_minutes=minutes,
        week_days=days,
        done_week_minutes=round(weekly_minutes(report.passages, report.elapsed_days)),
        done_passages=report.passages.done,
        untold_passages=report.passages.untold,
        visits=visits.total.visits,
        video_visits=_visits(visits, Dimension.CHANNEL, Channel.VIDEO).visits,
        referrals=_visits(visits, Dimension.OUTCOME, Outcome.REFERRED).enquiries,
        agents=len(tree.agents),
        agents_trained=sum(due >= desk.today() for due in known.values()),
        agents_lapsed=sum(due < desk.today() for due in known.values()),
        is_encrypted=desk.keeps_names,
        operators=FOUNDING_OPERATORS
        & {partner_of(OperatorId(code)) for code in visits.of(Dimension.OPERATOR)},
        places=len(places),
        places_accessible=sum(one.is_accessible is True for one in places),
        places_inaccessible=sum(one.is_accessible is False for one in places),
        revision=max((one.revision for one in revisions), default=0),
    )


def _visits(figures: Figures, dimension: Dimension, code: str) -> Count:
    return figures.of(dimension).get(code, Count())


def _weeks(held: Iterable[PlannedPassage], monday: date) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the open minutes and the open days of each week of the plan that has some."""
    minutes: defaultdict[int, int] = defaultdict(int)
    days: defaultdict[int, set[date]] = defaultdict(set)
    for one in held:
        week = (one.service_date - monday).days // 7
        minutes[week] += 0 if one.call.hours is None else one.call.hours.minutes
        days[week].add(one.service_date)
    return (
        tuple(minutes[week] for week in sorted(days)),
        tuple(len(days[week]) for week in sorted(days)),
    )
