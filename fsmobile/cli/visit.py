"""`fsmobile visit add|paper|correct|void|list|history`: the entry form's scriptable twin."""

import sys
from argparse import ArgumentParser, Namespace
from enum import StrEnum
from typing import Any

from fsmobile.cli.arguments import Formatter, add_format, add_home, clock_time, iso_date
from fsmobile.cli.output import complain, say, say_json, say_table
from fsmobile.cli.wiring import working_desk
from fsmobile.core.catalogue_search import build_index, nearest_codes
from fsmobile.core.ids import AgentId, OperatorId, ProcedureId
from fsmobile.core.visits import (
    AgeBand,
    Channel,
    Enquiry,
    FirstContact,
    HelpKind,
    Mandate,
    Outcome,
    Visit,
    Whereabouts,
)
from fsmobile.errors import InvalidInput, NotFound, Problem
from fsmobile.store.queries import VisitRow
from fsmobile.texts.dates import format_date, format_time
from fsmobile.texts.labels import label, label_short
from fsmobile.texts.translation import _, n_
from fsmobile.usecases import visits
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.paper_entry import PaperSetting, read_paper_line
from fsmobile.usecases.passages import find_passage, load_day

SHORT_ID = 8
"""Of an id, its end names a visit: its beginning is the hour, the same for its neighbours."""

LONG_AGO_DAYS = 31
"""A visit of longer ago is taken, and its year is asked to be looked at."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the acts on visits."""
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("ACTE"))
    named = _("identifiant de la visite, ou sa fin, que montre « fsmobile visit list »")
    add = acts.add_parser("add", help=_("enregistre une visite"), formatter_class=Formatter)
    _add_fields(add)
    paper = acts.add_parser(
        "paper", help=_("saisit une feuille tenue à la main"), formatter_class=Formatter
    )
    paper.add_argument("--date", type=iso_date, required=True, help=_("jour de la feuille"))
    paper.add_argument("--passage", required=True, help=_("arrêt ou lieu de la feuille"))
    paper.add_argument(
        "lines",
        nargs="*",
        metavar=_("LIGNE"),
        help=_("« 9h35 17r 23p 2 20 » ; sans ligne, elles sont lues de l'entrée, une par visite"),
    )
    correct = acts.add_parser("correct", help=_("corrige"), formatter_class=Formatter)
    correct.add_argument("visit", metavar=_("VISITE"), help=named)
    correct.add_argument("--minutes", type=int)
    correct.add_argument("--people", type=int)
    correct.add_argument("--note")
    void = acts.add_parser("void", help=_("annule une visite"), formatter_class=Formatter)
    void.add_argument("visit", metavar=_("VISITE"), help=named)
    void.add_argument("--reason", default="erreur")
    history = acts.add_parser("history", help=_("tous les faits"), formatter_class=Formatter)
    history.add_argument("visit", metavar=_("VISITE"), help=named)
    listing = acts.add_parser("list", help=_("liste les visites"), formatter_class=Formatter)
    listing.add_argument("--date", type=iso_date, help=_("un jour (sinon tous)"))
    listing.add_argument("--passage", help=_("un passage, par son arrêt ou son lieu"))
    for one in (add, paper, correct, void, history, listing):
        add_home(one)
        add_format(one, "text", "json")


def _add_fields(add: ArgumentParser) -> None:
    add.add_argument(
        "--procedure",
        action="append",
        required=True,
        metavar="CODE[:ISSUE[:AIDE]]",
        help=_(
            "démarche (codes : fsmobile catalogue MOTS), son issue et l'aide donnée ; plusieurs"
            " fois pour plusieurs demandes. Issues : {outcomes}. Aides : {helps}"
        ).format(outcomes=_codes(Outcome), helps=_codes(HelpKind)),
    )
    add.add_argument("--passage", help=_("arrêt ou lieu (sinon le passage ouvert)"))
    add.add_argument("--road", action="store_true", help=_("sur la route, hors passage"))
    add.add_argument("--base", action="store_true", help=_("à la base, hors passage"))
    add.add_argument("--date", type=iso_date)
    add.add_argument("--at", type=clock_time, metavar="HH:MM")
    add.add_argument("--minutes", type=int)
    add.add_argument("--people", type=int, default=1)
    add.add_argument("--channel", choices=list(Channel), default=Channel.WALK_IN)
    add.add_argument("--first", choices=list(FirstContact), default=FirstContact.UNKNOWN)
    add.add_argument("--age", choices=list(AgeBand), default=AgeBand.UNKNOWN)
    add.add_argument("--residence", metavar="INSEE")
    add.add_argument("--mandate", choices=list(Mandate), default=Mandate.NONE)
    add.add_argument("--note", default="")
    add.add_argument("--agent")


def _codes(kind: type[StrEnum]) -> str:
    """Return codes with what they mean: `resolved (résolu), dropped (abandonné)`."""
    return ", ".join(f"{code} ({label(code)})" for code in kind)


def run(arguments: Namespace) -> int:
    """Do one act on visits."""
    with working_desk(arguments) as desk:
        match arguments.act:
            case "add":
                return _add(desk, arguments)
            case "paper":
                return _type_in(desk, arguments)
            case "correct":
                return _correct(desk, arguments)
            case "void":
                visit_id = visits.find_visit(desk, arguments.visit)
                visits.void_visit(desk, visit_id, arguments.reason)
                return _show_one(desk, visit_id, arguments.format)
            case "history":
                return _history(desk, arguments)
            case _:
                return _list(desk, arguments)


def _add(desk: Desk, arguments: Namespace) -> int:
    if arguments.agent:
        desk.agent_id = AgentId(arguments.agent)
    visit_id = visits.record_visit(desk, _visit_of(desk, arguments))
    return _show_one(desk, visit_id, arguments.format)


def _type_in(desk: Desk, arguments: Namespace) -> int:
    """Record the lines of a sheet; a line that cannot be read stops none of the others."""
    line = load_day(desk, arguments.date).line(
        find_passage(desk, arguments.passage, arguments.date)
    )
    if line is None:
        raise InvalidInput("no_open_passage", day=arguments.date.isoformat())
    setting = PaperSetting(
        day=arguments.date, passage_id=line.passage_id, insee_code=line.insee_code
    )
    written = arguments.lines or [text.strip() for text in sys.stdin if text.strip()]
    refused: list[Problem] = []
    recorded = 0
    for number, text in enumerate(written, 1):
        try:
            visits.record_visit(desk, read_paper_line(desk, setting, text))
            recorded += 1
        except InvalidInput as error:
            refused.append(Problem(code=error.code, field=f"{number}", params=error.params))
    if arguments.format == "json":
        say_json({"recorded": recorded, "refused": [int(one.field or 0) for one in refused]})
    else:
        told = n_("{n} visite saisie", "{n} visites saisies", recorded)
        say(told.format(n=recorded))
    if refused:
        raise InvalidInput("paper_lines_refused", refused, n=len(refused))
    return 0


def _visit_of(desk: Desk, arguments: Namespace) -> Visit:
    day = arguments.date or desk.today()
    if visits.check_visit_day(desk, day) > LONG_AGO_DAYS:
        told = _("Visite datée du {day} : si l'année est fausse, fsmobile visit void VISITE")
        complain(told.format(day=format_date(day)))
    enquiries = tuple(_enquiry_of(desk, text) for text in arguments.procedure)
    usual = sum(desk.catalogue.procedures[one.procedure].minutes for one in enquiries)
    whereabouts, passage_id, insee_code = Whereabouts.PASSAGE, None, None
    if arguments.road or arguments.base:
        whereabouts = Whereabouts.ROAD if arguments.road else Whereabouts.BASE
    else:
        sheet = load_day(desk, day)
        if arguments.passage:
            line = sheet.line(find_passage(desk, arguments.passage, day))
        else:
            line = sheet.open_line
        if line is None:
            raise InvalidInput("no_open_passage", day=day.isoformat())
        passage_id, insee_code = line.passage_id, line.insee_code
    return Visit(
        whereabouts=whereabouts,
        passage_id=passage_id,
        insee_code=insee_code,
        service_date=day,
        starts=arguments.at or desk.now().time().replace(second=0, microsecond=0, tzinfo=None),
        minutes=usual if arguments.minutes is None else arguments.minutes,
        people=arguments.people,
        channel=Channel(arguments.channel),
        first_contact=FirstContact(arguments.first),
        age_band=AgeBand(arguments.age),
        residence=arguments.residence,
        mandate=Mandate(arguments.mandate),
        note=arguments.note,
        enquiries=enquiries,
    )


def _enquiry_of(desk: Desk, text: str) -> Enquiry:
    code, _sep, rest = text.partition(":")
    outcome, _sep, help_kind = rest.partition(":")
    procedure = desk.catalogue.procedures.get(ProcedureId(code))
    if procedure is None:
        known = nearest_codes(build_index(desk.catalogue, desk.today()), code)
        raise NotFound("procedure", code, known=", ".join(known))
    try:
        ends = Outcome(outcome or Outcome.RESOLVED)
        kind = HelpKind(help_kind or procedure.help)
    except ValueError as error:
        raise InvalidInput("outcome_unknown", value=rest, expected=", ".join(Outcome)) from error
    referred = ends is Outcome.REFERRED
    return Enquiry(
        procedure=procedure.procedure_id,
        operator=procedure.operator and OperatorId(procedure.operator),
        help=kind,
        outcome=ends,
        referred_to=(procedure.operator or "autre") if referred else None,
    )


def _correct(desk: Desk, arguments: Namespace) -> int:
    visit_id = visits.find_visit(desk, arguments.visit)
    changes = {
        name: getattr(arguments, name)
        for name in ("minutes", "people", "note")
        if getattr(arguments, name) is not None
    }
    visits.correct_visit(desk, visit_id, changes)
    return _show_one(desk, visit_id, arguments.format)


def _history(desk: Desk, arguments: Namespace) -> int:
    visit_id = visits.find_visit(desk, arguments.visit)
    lines = visits.visit_history(desk, visit_id)
    if arguments.format == "json":
        say_json([_fact_of(desk, line) for line in lines])
        return 0
    say_table(
        (_("Quand"), _("Fait"), _("Agent"), _("Reçu")),
        [
            (
                desk.at(line.recorded_at).isoformat(" ", "minutes")[:16],
                line.kind,
                visits.agent_name(desk, line.agent_id),
                "✓" if line.is_received else _("à env."),
            )
            for line in lines
        ],
    )
    return 0


def _fact_of(desk: Desk, line: Any) -> dict[str, Any]:
    return {
        "op": line.op_id,
        "kind": line.kind,
        "agent": line.agent_id,
        "at": desk.at(line.recorded_at).isoformat(),
        "received": line.is_received,
    }


def _list(desk: Desk, arguments: Namespace) -> int:
    passage_id = None
    if arguments.passage:
        passage_id = find_passage(desk, arguments.passage, arguments.date or desk.today())
    rows = visits.list_visits(desk, day=arguments.date, passage_id=passage_id)
    if arguments.format == "json":
        say_json([_row_of(row) for row in rows])
        return 0
    if not rows:
        say(_("Aucune visite."))
        return 0
    say_table(
        (
            _("Visite"),
            _("Date"),
            _("Heure"),
            _("Démarches"),
            _("Issue"),
            "min",
            _("pers."),
            _("Reçu"),
        ),
        [(row.state.visit_id[-SHORT_ID:], *_cells_of(desk, row)) for row in rows],
    )
    return 0


def _show_one(desk: Desk, visit_id: str, form: str) -> int:
    (row,) = (r for r in visits.list_visits(desk) if r.state.visit_id == visit_id)
    if form == "json":
        say_json(_row_of(row))
    else:
        say("  ".join((str(row.state.visit_id), *_cells_of(desk, row))))
    return 0


def _cells_of(desk: Desk, row: VisitRow) -> tuple[str, ...]:
    visit = row.state.visit
    labels = [
        desk.catalogue.procedures[one.procedure].label
        if one.procedure in desk.catalogue.procedures
        else str(one.procedure)
        for one in visit.enquiries
    ]
    outcome = _("annulée") if row.state.is_void else label_short(visit.enquiries[0].outcome)
    return (
        visit.service_date.isoformat(),
        format_time(visit.starts),
        ", ".join(labels),
        outcome,
        str(visit.minutes),
        str(visit.people),
        "✓" if row.is_received else _("à env."),
    )


def _row_of(row: VisitRow) -> dict[str, Any]:
    visit = row.state.visit
    return {
        "id": row.state.visit_id,
        "agent": row.state.agent_id,
        "where": visit.whereabouts.value,
        "passage": visit.passage_id,
        "insee": visit.insee_code,
        "date": visit.service_date.isoformat(),
        "at": visit.starts.isoformat("minutes"),
        "minutes": visit.minutes,
        "people": visit.people,
        "channel": visit.channel.value,
        "first_contact": visit.first_contact.value,
        "age_band": visit.age_band.value,
        "residence": visit.residence,
        "mandate": visit.mandate.value,
        "note": visit.note,
        "enquiries": [
            {
                "procedure": one.procedure,
                "operator": one.operator,
                "help": one.help.value,
                "outcome": one.outcome.value,
                "referred_to": one.referred_to,
            }
            for one in visit.enquiries
        ],
        "void": row.state.is_void,
        "corrections": row.state.corrections,
        "needs_review": row.state.needs_review,
        "received": row.is_received,
        "refusal": row.refusal,
    }
