"""The reports over HTTP: a page for people, the same as JSON; each JSON that leaves is noted."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fsmobile.core.ids import OperatorId, PlaceId, ProcedureId
from fsmobile.core.period_reports import ReportRow, figures_of, make_rows, masked_rows
from fsmobile.core.periods import Period, read_period
from fsmobile.core.report_codes import find_code
from fsmobile.core.reports import (
    ENQUIRY_DIMENSIONS,
    MASK_BELOW,
    MASKED,
    Count,
    Dimension,
    Figures,
    group_enquiries,
)
from fsmobile.core.stop_names import place_of_stop
from fsmobile.errors import InvalidInput
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.reference.communes import find_commune
from fsmobile.registry.administration import note_event
from fsmobile.registry.fleet.door import Door
from fsmobile.registry.fleet.records import Account
from fsmobile.registry.fleet.rights import Right
from fsmobile.registry.fleet.unit_reports import (
    Reach,
    ReportPair,
    Subject,
    UnitReports,
    read_subject,
)
from fsmobile.registry.records import EventKind
from fsmobile.registry.service import RegistryService
from fsmobile.registry.storage import Storage
from fsmobile.registry.timetables import Timetable, Timetables
from fsmobile.texts.dates import format_date, format_number
from fsmobile.texts.definitions import (
    define_figure,
    dimension_name,
    figure_name,
    general_definitions,
)
from fsmobile.texts.labels import label
from fsmobile.texts.sentences import explain_error
from fsmobile.texts.translation import _

PATH = "/bilans"
OFFERED = (
    *(Dimension.OPERATOR, Dimension.STOP, Dimension.COMMUNE, Dimension.PROCEDURE),
    *(Dimension.THEME, Dimension.HELP, Dimension.OUTCOME, Dimension.OBSTACLE, Dimension.AGE),
    *(Dimension.RESIDENCE, Dimension.CONTACT, Dimension.CHANNEL, Dimension.HOUR, Dimension.DAY),
)
"""What a report is broken down by here: what each agent did is nobody else's."""
FIELD_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address of a page asks for."""

    subject: Subject | None
    period: Period | None
    dimension: Dimension


@dataclass(frozen=True)
class ReportPages:
    """The handlers, around one registry."""

    service: RegistryService
    door: Door
    replica: Storage | None = None

    def routes(self) -> list[BaseRoute]:
        """Return where the page is, and its data."""
        return [
            Route(PATH, self.show, methods=["GET"]),
            Route(f"{PATH}.json", self.give, methods=["GET"]),
        ]

    @cached_property
    def _reports(self) -> UnitReports:
        return UnitReports(self.replica or self.service.storage, Timetables())

    async def show(self, request: Request) -> Response:
        """Show a report."""
        account = await self.door.account_of(request)
        if account is None:
            return self.door.lead_to("/connexion")
        if not account.may(Right.SEE_FLEET):
            return await self.door.refuse(request, account, Right.SEE_FLEET)
        error, pair = "", None
        asked = Asked(subject=None, period=None, dimension=OFFERED[0])
        try:
            asked = _read_asked(request.query_params)
            pair = await self._load(account, asked)
        except InvalidInput as problem:
            error = str(explain_error(problem))
            pair = await self._load(account, asked)
        if pair is None:
            return await self.door.refuse(request, account, Right.SEE_FLEET)
        dimension = _offered(pair, asked.dimension)
        return self.door.show(
            request,
            "report.html",
            account,
            status=400 if error else 200,
            error=error,
            pair=pair,
            title=name_subject(pair.subject, pair.timetable),
            first=format_date(pair.report.period.first),
            last=format_date(pair.report.period.last),
            period=request.query_params.get("periode", "")[:FIELD_MAX],
            figures=_figure_rows(pair),
            dimension=dimension,
            dimensions=[(one, dimension_name(one)) for one in OFFERED],
            counts=_count_names(dimension),
            rows=[_row_cells(row, dimension) for row in report_rows(pair, dimension)],
            notes=general_definitions(),
            subjects=[(str(one), name_subject(one, None)) for one in pair.subjects],
        )

    async def give(self, request: Request) -> Response:
        """Give a report as JSON, and note that it left."""
        account = await self.door.account_of(request)
        if account is None:
            return _json({"code": "not_signed_in"}, 401)
        try:
            asked = _read_asked(request.query_params)
        except InvalidInput as problem:
            sentence = str(explain_error(problem))
            return _json({"code": problem.code, "message": sentence}, 400)
        pair = await self._load(account, asked) if account.may(Right.SEE_FLEET) else None
        if pair is None:
            await self.door.refuse(request, account, Right.SEE_FLEET)
            return _json({"code": "not_found"}, 404)
        described = _describe(pair, _offered(pair, asked.dimension))
        period = pair.report.period
        detail = f"{account.name} {pair.subject} {period.first}..{period.last}"
        await self.door.run_in_thread(
            lambda: self.service.storage.run(
                lambda transaction: note_event(
                    self.service, transaction, EventKind.REPORT_EXPORTED, detail=detail
                )
            )
        )
        return _json(described, 200)

    async def _load(self, account: Account, asked: Asked) -> ReportPair | None:
        return await self.door.run_in_thread(
            partial(
                self._reports.load,
                account.agency,
                asked.subject,
                asked.period,
                self.service.clock.now_ms(),
            )
        )


def report_rows(pair: ReportPair, dimension: Dimension) -> list[ReportRow]:
    """Return the lines of a break-down as they may be shown."""
    rows = make_rows(
        dimension,
        _counts(pair.report.visits, dimension),
        None if pair.before is None else _counts(pair.before.visits, dimension),
        {},
        lambda code: name_code(pair.timetable, dimension, code),
    )
    return masked_rows(dimension, rows)


def name_subject(subject: Subject, timetable: Timetable | None) -> str:
    """Name what a report is of."""
    match subject.reach:
        case Reach.ALL:
            return _("Toutes les structures")
        case Reach.DEPARTMENT:
            return _("Département {code}").format(code=subject.code)
        case Reach.AGENCY:
            name = None if timetable is None else timetable.name
            return name or _("Structure {code}").format(code=subject.code)
        case _:
            return _("Unité {code}").format(code=subject.code)


def name_code(timetable: Timetable | None, dimension: Dimension, code: str) -> str:
    """Return how a person reads one line; an unknown code shows as it is."""
    if not code:
        return _("non précisé")
    known = find_code(dimension, code)
    if known is not None:
        return label(known)
    match dimension:
        case Dimension.STOP:
            tree = None if timetable is None else timetable.tree
            place_id = place_of_stop(tree, code)
            place = None if tree is None else tree.places.get(PlaceId(place_id or ""))
            return code if place is None else place.name
        case Dimension.COMMUNE | Dimension.RESIDENCE:
            commune = find_commune(code)
            return code if commune is None else commune.name
        case Dimension.OPERATOR:
            operator = load_catalogue().operators.get(OperatorId(code))
            return code if operator is None else operator.short_name
        case Dimension.PROCEDURE:
            procedure = load_catalogue().procedures.get(ProcedureId(code))
            return code if procedure is None else procedure.label
        case _:
            return code


def _read_asked(params: Mapping[str, str]) -> Asked:
    """Read what is asked for.

    Raises:
        InvalidInput: no such period, subject or dimension.
    """
    period, of = params.get("periode", "").strip(), params.get("de", "").strip()
    by = params.get("par", "").strip() or OFFERED[0]
    subject = read_subject(of[:FIELD_MAX]) if of else None
    if (of and subject is None) or by not in OFFERED:
        raise InvalidInput("report_not_offered", value=(of if subject is None and of else by)[:40])
    return Asked(
        subject=subject,
        period=read_period(period[:FIELD_MAX]) if period else None,
        dimension=Dimension(by),
    )


def _offered(pair: ReportPair, dimension: Dimension) -> Dimension:
    """Return the dimension asked for; stops of several structures share their names."""
    is_unclear = dimension is Dimension.STOP and pair.timetable is None
    return Dimension.COMMUNE if is_unclear else dimension


def _counts(figures: Figures, dimension: Dimension) -> Mapping[str, Count]:
    if dimension is not Dimension.THEME:
        return figures.of(dimension)
    themes: dict[str, str] = {
        one.procedure_id: "" if one.theme is None else one.theme.value
        for one in load_catalogue().procedures.values()
    }
    return group_enquiries(figures.of(Dimension.PROCEDURE), themes)


def _figure_rows(pair: ReportPair) -> list[tuple[str, str, str, str]]:
    now = figures_of(pair.report)
    past = {} if pair.before is None else figures_of(pair.before)
    return [
        (
            *(figure_name(code), format_number(value)),
            *(format_number(past[code]) if code in past else "", define_figure(code)),
        )
        for code, value in now.items()
    ]


def _codes_counted(dimension: Dimension) -> tuple[str, ...]:
    if dimension in ENQUIRY_DIMENSIONS:
        return ("enquiries",)
    return Count.__struct_fields__


def _count_names(dimension: Dimension) -> list[str]:
    return [figure_name(code) for code in _codes_counted(dimension)]


def _row_cells(row: ReportRow, dimension: Dimension) -> tuple[str, list[str], str]:
    codes = _codes_counted(dimension)
    before = "" if row.before is None else _shown(getattr(row.before, codes[0]))
    return row.name, [_shown(getattr(row.count, code)) for code in codes], before


def _shown(value: int) -> str:
    return f"< {MASK_BELOW}" if value == MASKED else format_number(value)


def _describe(pair: ReportPair, dimension: Dimension) -> dict[str, Any]:
    figures = figures_of(pair.report)
    codes = _codes_counted(dimension)
    return {
        "of": str(pair.subject),
        "from": pair.report.period.first.isoformat(),
        "to": pair.report.period.last.isoformat(),
        "figures": figures,
        "before": None if pair.before is None else figures_of(pair.before),
        "by": {
            dimension.value: [
                {"code": row.code, "name": row.name}
                | {code: _given(getattr(row.count, code)) for code in codes}
                | (
                    {}
                    if row.before is None
                    else {"before": {code: _given(getattr(row.before, code)) for code in codes}}
                )
                for row in report_rows(pair, dimension)
            ]
        },
        "definitions": {code: define_figure(code) for code in figures},
        "notes": general_definitions(),
    }


def _given(value: int) -> int | str:
    return f"< {MASK_BELOW}" if value == MASKED else value


def _json(content: object, status: int) -> Response:
    return Response(
        msgspec.json.encode(content),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
    )
