"""`fsmobile followup list|open|step|close|person|expire`: what was promised, by command."""

from argparse import ArgumentParser, Namespace

from fsmobile.cli.arguments import Formatter, add_format, add_home, iso_date
from fsmobile.cli.files import add_output, give_file
from fsmobile.cli.output import say, say_json, say_table
from fsmobile.cli.wiring import working_desk
from fsmobile.core.follow_ups import FollowUp, Referral, ReferralChannel, Usefulness
from fsmobile.core.ids import FollowUpId, PlaceId, ProcedureId
from fsmobile.errors import NotFound
from fsmobile.texts.dates import format_day
from fsmobile.texts.translation import _, n_
from fsmobile.usecases import follow_ups
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.follow_ups import FollowUpLine
from fsmobile.usecases.names import count_names, erase_expired_names
from fsmobile.usecases.person_answers import answer_person

SHORT_ID = 8


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the acts on follow-ups."""
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("ACTE"))
    named = _("identifiant de la suite, ou sa fin, que montre « followup list »")
    listing = acts.add_parser("list", help=_("ce qui est promis"), formatter_class=Formatter)
    listing.add_argument("--place", metavar=_("LIEU"), help=_("un lieu d'abord"))
    opening = acts.add_parser("open", help=_("promet"), formatter_class=Formatter)
    opening.add_argument("task", metavar=_("TEXTE"), help=_("ce qu'il faut faire ; aucun nom"))
    opening.add_argument("--place", metavar=_("LIEU"), help=_("pour le prochain passage là"))
    opening.add_argument("--due", type=iso_date, help=_("ou pour un jour"))
    opening.add_argument("--procedure", metavar="CODE")
    opening.add_argument("--referred-to", metavar=_("ORGANISME"), help=_("vers qui"))
    opening.add_argument("--channel", choices=list(ReferralChannel), default="direct_line")
    opening.add_argument("--reference", default="", help=_("numéro de dossier de l'organisme"))
    step = acts.add_parser("step", help=_("note ce qui a été fait"), formatter_class=Formatter)
    closing = acts.add_parser("close", help=_("clôt"), formatter_class=Formatter)
    person = acts.add_parser(
        "person",
        help=_("écrit tout ce qui est gardé d'une personne, pour la lui remettre"),
        formatter_class=Formatter,
    )
    add_output(person)
    for one in (step, closing, person):
        one.add_argument("follow_up", metavar=_("SUITE"), help=named)
    step.add_argument("text", metavar=_("TEXTE"), nargs="?", default="")
    step.add_argument("--due", type=iso_date, help=_("nouvelle date"))
    closing.add_argument("--dropped", action="store_true", help=_("abandonnée"))
    closing.add_argument("--useful", choices=list(Usefulness), default=Usefulness.UNKNOWN)
    expiring = acts.add_parser(
        "expire", help=_("efface les noms dont l'échéance est passée"), formatter_class=Formatter
    )
    add_home(person)
    for one in (listing, opening, step, closing, expiring):
        add_home(one)
        add_format(one, "text", "json")


def run(arguments: Namespace) -> int:
    """Do one act on follow-ups."""
    with working_desk(arguments) as desk:
        match arguments.act:
            case "expire":
                _expire(desk, arguments.format)
            case "list":
                place = None if arguments.place is None else _place(desk, arguments.place)
                _list(follow_ups.list_open(desk, at=place).lines, arguments.format)
            case "open":
                opened = follow_ups.open_follow_up(desk, _described_by(desk, arguments))
                say_json({"follow_up": opened}) if arguments.format == "json" else say(opened)
            case "person":
                answer = answer_person(desk, _find(desk, arguments.follow_up))
                give_file(answer.encode(), arguments.output)
            case "step":
                chosen = _find(desk, arguments.follow_up)
                follow_ups.take_step(desk, chosen, arguments.text, due=arguments.due)
                say(_("Noté dans la suite"))
            case _:
                chosen = _find(desk, arguments.follow_up)
                follow_ups.close_follow_up(
                    desk,
                    chosen,
                    is_done=not arguments.dropped,
                    usefulness=Usefulness(arguments.useful),
                )
                say(_("Suite close"))
    return 0


def _expire(desk: Desk, form: str) -> None:
    """Erase the names whose day has come; opening the desk has done the same already."""
    erased = erase_expired_names(desk)
    held, following = count_names(desk)
    if form == "json":
        day = None if following is None else following.isoformat()
        say_json({"erased": erased, "held": held, "next": day})
        return
    if following is None:
        say(_("Aucun nom n'est gardé sur ce poste."))
        return
    told = n_(
        "{n} nom est gardé sur ce poste ; il s'efface le {day}.",
        "{n} noms sont gardés sur ce poste ; le premier s'efface le {day}.",
        held,
    )
    say(told.format(n=held, day=format_day(following)))


def _described_by(desk: Desk, arguments: Namespace) -> FollowUp:
    code = arguments.procedure
    if code is not None and code not in desk.catalogue.procedures:
        raise NotFound("procedure", code, known="")
    referral = None
    if arguments.referred_to:
        referral = Referral(
            to=arguments.referred_to,
            channel=ReferralChannel(arguments.channel),
            reference=arguments.reference,
        )
    known = None if code is None else desk.catalogue.procedures[ProcedureId(code)]
    return FollowUp(
        opened_on=desk.today(),
        task=arguments.task,
        procedure=None if known is None else known.procedure_id,
        place_id=None if arguments.place is None else _place(desk, arguments.place),
        due=arguments.due,
        referral=referral,
    )


def _place(desk: Desk, text: str) -> PlaceId:
    if desk.tree is not None and text not in desk.tree.places:
        raise NotFound("place", text)
    return PlaceId(text)


def _list(lines: tuple[FollowUpLine, ...], form: str) -> None:
    if form == "json":
        say_json([_row(line) for line in lines])
        return
    if not lines:
        say(_("Rien n'est promis à personne."))
        return
    say_table(
        (_("Pour le"), _("À faire"), _("Où"), _("Reçu"), _("Nom")),
        [
            (
                ("! " if line.is_late else "")
                + (_("sans passage") if line.due is None else line.due.isoformat()),
                line.state.follow_up.task,
                line.state.follow_up.place_id or "",
                "✓" if line.is_received else _("à env."),
                line.state.follow_up_id[-SHORT_ID:],
            )
            for line in lines
        ],
    )


def _row(line: FollowUpLine) -> dict[str, object]:
    follow_up = line.state.follow_up
    return {
        "follow_up": line.state.follow_up_id,
        "due": None if line.due is None else line.due.isoformat(),
        "task": follow_up.task,
        "procedure": follow_up.procedure,
        "place": follow_up.place_id,
        "late": line.is_late,
        "reminders": line.reminders,
        "received": line.is_received,
        "steps": [{"on": step.on.isoformat(), "text": step.text} for step in line.state.steps],
    }


def _find(desk: Desk, text: str) -> FollowUpId:
    found = [
        line.state.follow_up_id
        for line in follow_ups.list_open(desk).lines
        if line.state.follow_up_id.endswith(text) or line.state.follow_up_id.startswith(text)
    ]
    if len(found) != 1:
        raise NotFound("follow_up", text)
    return found[0]
