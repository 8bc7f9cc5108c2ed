"""Visits that leave the laptop as lines, one for each enquiry; what tells of a person stays.

The first line of a visit carries its minutes and its people, the others leave them empty: a
sum over the column is right whatever the spreadsheet does.
"""

from collections.abc import Iterator, Mapping

from fsmobile.core.journal import JournalAct
from fsmobile.core.periods import Period
from fsmobile.core.personal_data import PERSONAL_COLUMNS
from fsmobile.core.visit_lines import Column, CoopColumn, PassageColumn
from fsmobile.core.visits import Enquiry, VisitState
from fsmobile.formats.tables import Cell, Table
from fsmobile.store import journal, queries
from fsmobile.texts.definitions import coop_column, passage_column, visit_column
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _
from fsmobile.usecases.coop_activities import coop_table
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.exported_files import Form, name_scope, write_tables
from fsmobile.usecases.passage_lines import passage_table

COOP = "coop"
PASSAGES = "passages"


def export_visits(
    desk: Desk, period: Period, form: Form, *, is_complete: bool = False, shape: str = ""
) -> bytes:
    """Return the visits of a period as the bytes of a file, and log it.

    Args:
        is_complete: with the columns that tell of a person, to move one's own data.
        shape: `coop`: the columns of the Coop de la médiation numérique; `passages`: those of
            the passages, planned and held.

    Raises:
        StoreFull, StoreBusy: it could not be logged, and nothing is given.
    """
    if shape == PASSAGES:
        tables = [passage_table(desk, period)]
        meanings: dict[str, str] = {one: passage_column(one) for one in PassageColumn}
    elif shape == COOP:
        tables = [coop_table(desk, list(_visits(desk, period)), is_complete=is_complete)]
        meanings = {one: coop_column(one) for one in CoopColumn}
    else:
        tables = [visit_table(desk, list(_visits(desk, period)), is_complete=is_complete)]
        meanings = {one: visit_column(one) for one in Column}
    if form is not Form.CSV:
        # A CSV comes back in, and holds nothing but its lines.
        tables.append(_definitions(meanings))
    what = f"visits {shape or 'fsmobile'} {form} {period.first}..{period.last}"
    if is_complete:
        what += " complet"
    journal.note(desk.replica, desk.agent_id, JournalAct.EXPORTED, what, len(tables[0].rows))
    return write_tables(tables[0].name, name_scope(desk, period), tables, form)


def visit_table(desk: Desk, states: list[VisitState], *, is_complete: bool) -> Table:
    """Return visits as lines."""
    columns = [one for one in Column if is_complete or one not in PERSONAL_COLUMNS]
    return Table(
        name=_("Visites"),
        header=tuple(columns),
        rows=tuple(
            tuple(values.get(one) for one in columns)
            for state in states
            for values in _values(desk, state)
        ),
    )


def _visits(desk: Desk, period: Period) -> Iterator[VisitState]:
    for row in queries.list_visits_between(desk.replica, period.first, period.last):
        if not row.is_void:
            yield row


def _definitions(meanings: Mapping[str, str]) -> Table:
    return Table(
        name=_("Définitions"),
        header=(_("colonne"), _("ce qu'elle dit")),
        rows=tuple(meanings.items()),
    )


def _values(desk: Desk, state: VisitState) -> Iterator[dict[Column, Cell]]:
    visit = state.visit
    for number, enquiry in enumerate(visit.enquiries, start=1):
        is_first = number == 1
        yield {
            Column.VISIT: visit.origin or state.visit_id,
            Column.ENQUIRY: number,
            Column.DAY: visit.service_date.isoformat(),
            Column.STARTS: f"{visit.starts:%H:%M}",
            Column.MINUTES: visit.minutes if is_first else None,
            Column.PEOPLE: visit.people if is_first else None,
            Column.WHERE: label(visit.whereabouts),
            Column.PASSAGE: visit.passage_id,
            Column.TOUR: visit.tour_id,
            Column.COMMUNE: visit.insee_code,
            Column.CHANNEL: label(visit.channel),
            **_asked(desk, enquiry),
            Column.FIRST_CONTACT: label(visit.first_contact),
            Column.AGE: label(visit.age_band),
            Column.RESIDENCE: visit.residence,
            Column.MANDATE: label(visit.mandate),
            Column.NOTE: visit.note if is_first else "",
            Column.FROM_PAPER: _("oui") if visit.is_from_paper else "",
        }


def _asked(desk: Desk, enquiry: Enquiry) -> dict[Column, Cell]:
    known = desk.catalogue.procedures.get(enquiry.procedure)
    channel, obstacle = enquiry.referral_channel, enquiry.obstacle
    return {
        Column.PROCEDURE: enquiry.procedure,
        Column.LABEL: "" if known is None else known.label,
        Column.OPERATOR: enquiry.operator,
        Column.HELP: label(enquiry.help),
        Column.OUTCOME: label(enquiry.outcome),
        Column.REFERRED_TO: enquiry.referred_to,
        Column.REFERRED_BY: None if channel is None else label(channel),
        Column.OBSTACLE: None if obstacle is None else label(obstacle),
        Column.REFERENCE: enquiry.reference,
    }
