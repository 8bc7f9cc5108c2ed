"""`fsmobile notice list|letter|told|acknowledged|contact`: communes told of what is published."""

import webbrowser
from argparse import ArgumentParser, Namespace
from pathlib import Path

from fsmobile.cli.arguments import Formatter, add_format, add_home
from fsmobile.cli.output import say, say_json, say_text
from fsmobile.cli.wiring import working_desk
from fsmobile.core.commune_notices import CommuneContact, NoticeChannel
from fsmobile.errors import InvalidInput
from fsmobile.store.files import write_durably
from fsmobile.texts.change_words import ChangeWords
from fsmobile.texts.commune_letters import mail_draft, mail_link, printed_letter
from fsmobile.texts.commune_steps import describe_step
from fsmobile.texts.translation import _, mark, n_
from fsmobile.usecases.commune_notices import (
    CommuneLine,
    NoticeList,
    NoticeProgress,
    acknowledge,
    find_line,
    list_notices,
    make_letter,
    set_contact,
    tell_communes,
)
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.visits import known_name

_PROGRESS = {
    NoticeProgress.TO_TELL: mark("à prévenir"),
    NoticeProgress.TOLD: mark("prévenue"),
    NoticeProgress.ACKNOWLEDGED: mark("a répondu"),
}


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the acts on communes."""
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("ACTE"))
    named = _("code INSEE, ou début du nom")
    listing = acts.add_parser("list", help=_("qui prévenir, de quoi"), formatter_class=Formatter)
    letter = acts.add_parser("letter", help=_("écrit la lettre"), formatter_class=Formatter)
    letter.add_argument("commune", metavar=_("COMMUNE"), help=named)
    letter.add_argument(
        "--as",
        dest="form",
        choices=("text", "eml", "html", "mailto"),
        default="text",
        help=_("text : à l'écran ; eml : brouillon de courriel ; html : à imprimer"),
    )
    letter.add_argument("--to", type=Path, metavar=_("FICHIER"), help=_("où l'écrire"))
    letter.add_argument("--show", action="store_true", help=_("l'ouvrir"))
    told = acts.add_parser("told", help=_("la commune est prévenue"), formatter_class=Formatter)
    told.add_argument("commune", metavar=_("COMMUNE"), nargs="?", help=named)
    told.add_argument("--all", action="store_true", help=_("toutes celles qui restent"))
    answered = acts.add_parser("acknowledged", help=_("elle a répondu"), formatter_class=Formatter)
    answered.add_argument("commune", metavar=_("COMMUNE"), help=named)
    for one in (told, answered):
        one.add_argument(
            "--by", choices=list(NoticeChannel), default=NoticeChannel.EMAIL, help=_("par où")
        )
        one.add_argument("--remark", default="", metavar=_("TEXTE"), help=_("sans aucun nom"))
    contact = acts.add_parser("contact", help=_("comment la joindre"), formatter_class=Formatter)
    contact.add_argument("commune", metavar=_("COMMUNE"), help=named)
    contact.add_argument("--email", default=None)
    contact.add_argument("--phone", default=None)
    for one in (listing, letter, told, answered, contact):
        add_home(one)
    add_format(listing, "text", "json")


def run(arguments: Namespace) -> int:
    """Do one act on communes."""
    with working_desk(arguments) as desk:
        notices = list_notices(desk)
        match arguments.act:
            case "list":
                _list(desk, notices, arguments.format)
            case "letter":
                _write(desk, find_line(notices, arguments.commune), arguments)
            case "told":
                _tell(desk, notices, arguments)
            case "acknowledged":
                line = find_line(notices, arguments.commune)
                acknowledge(desk, line, NoticeChannel(arguments.by), arguments.remark)
                say(_("{commune} : a répondu").format(commune=line.village.name))
            case _:
                line = find_line(notices, arguments.commune)
                set_contact(desk, line.village, _contact(line, arguments))
                say(_("{commune} : contact gardé").format(commune=line.village.name))
    return 0


def _tell(desk: Desk, notices: NoticeList, arguments: Namespace) -> None:
    if arguments.all == bool(arguments.commune):
        raise InvalidInput("commune_or_all")
    lines = notices.to_tell if arguments.all else (find_line(notices, arguments.commune),)
    count = tell_communes(desk, lines, NoticeChannel(arguments.by), arguments.remark)
    said = n_("{n} commune prévenue, révision {revision}",
              "{n} communes prévenues, révision {revision}", count)  # fmt: skip
    say(said.format(n=count, revision=notices.revision))


def _contact(line: CommuneLine, arguments: Namespace) -> CommuneContact:
    """Change what is given; the rest stays."""
    known = line.state.contact
    return CommuneContact(
        email=known.email if arguments.email is None else arguments.email.strip(),
        phone=known.phone if arguments.phone is None else arguments.phone.strip(),
    )


def _write(desk: Desk, line: CommuneLine, arguments: Namespace) -> None:
    letter = make_letter(desk, line)
    match arguments.form:
        case "eml":
            content = mail_draft(letter)
        case "html":
            content = printed_letter(letter).encode()
        case "mailto":
            content = mail_link(letter).encode()
        case _:
            content = f"{letter.subject}\n\n{letter.body}".encode()
    if arguments.form in ("text", "mailto") and arguments.to is None:
        say_text(content.decode().rstrip("\n"))
        return
    path = arguments.to
    if path is None:
        path = desk.replica.folder() / f"commune-{line.village.code}.{arguments.form}"
    write_durably(path.absolute(), content)
    say(_("Écrit : {path}").format(path=path))
    if arguments.show and not webbrowser.open(path.absolute().as_uri()):
        say(_("Aucun programme ne s'ouvre d'ici : ouvrez ce fichier."))


def _list(desk: Desk, notices: NoticeList, form: str) -> None:
    if form == "json":
        say_json({"revision": notices.revision, "waiting": notices.is_waiting,
                  "communes": [_row(desk, one) for one in notices.lines]})  # fmt: skip
        return
    if notices.is_waiting:
        say(_("Une publication attend l'envoi : sa liste viendra avec son reçu."))
    if not notices.lines:
        say(_("Personne à prévenir : aucune commune n'est concernée."))
        return
    left = len(notices.to_tell)
    title = n_("Révision {revision} : {n} commune à prévenir",
               "Révision {revision} : {n} communes à prévenir", left)  # fmt: skip
    say(title.format(revision=notices.revision, n=left))
    for one in notices.lines:
        say()
        say(_head(one))
        contact = one.state.contact
        reach = ", ".join(filter(None, (contact.email, contact.phone)))
        say("  " + (reach or _("contact inconnu")))
        for text in _sentences(desk, one):
            say(f"  - {text}")
        for step in one.state.steps:
            say("  " + describe_step(step, known_name(desk, step.agent_id)))


def _head(one: CommuneLine) -> str:
    told = f"{one.village.name} ({one.village.code}) : {_(_PROGRESS[one.progress])}"
    if one.before != one.after:
        told += f", {one.before} → {one.after} " + _("passages")
    return told if one.is_received else f"{told} [{_('à envoyer')}]"


def _sentences(desk: Desk, one: CommuneLine) -> tuple[str, ...]:
    return () if desk.tree is None else ChangeWords(desk.tree).tell(one.changes)


def _row(desk: Desk, one: CommuneLine) -> dict[str, object]:
    contact = one.state.contact
    return {
        "commune": one.village.name,
        "code": one.village.code,
        "progress": one.progress,
        "before": one.before,
        "after": one.after,
        "email": contact.email,
        "phone": contact.phone,
        "received": one.is_received,
        "changes": list(_sentences(desk, one)),
        "steps": [
            {
                "step": step.step,
                "on": step.on.isoformat(),
                "by": step.agent_id,
                "channel": step.channel,
                "remark": step.remark,
            }
            for step in one.state.steps
        ],
    }
