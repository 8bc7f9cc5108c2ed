"""`fsmobile journal show|verify|export`: what was done with a laptop's data, provable offline."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from fsmobile.cli.arguments import Formatter, add_format, add_home
from fsmobile.cli.files import add_output, give_file
from fsmobile.cli.moments import format_moment
from fsmobile.cli.output import say, say_json, say_table
from fsmobile.cli.wiring import open_laptop, read_enrolment, read_settings
from fsmobile.errors import InvalidInput, NotFound
from fsmobile.protocol.journal_checks import JournalCheck, verify_journal
from fsmobile.protocol.journal_files import JournalFile, decode_journal, encode_journal
from fsmobile.store.identity import Enrolment
from fsmobile.store.journal import JournalLine, line_of, list_lines, read_journal
from fsmobile.store.replica import Replica
from fsmobile.texts.journal_words import describe_act
from fsmobile.texts.translation import _, n_

OUT_OF_STEP = 8


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the acts on the journal."""
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("ACTE"))
    show = acts.add_parser("show", help=_("ce qui a été fait"), formatter_class=Formatter)
    verify = acts.add_parser(
        "verify", help=_("recalcule la chaîne, sans réseau"), formatter_class=Formatter
    )
    verify.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar=_("FICHIER"),
        help=_("le journal d'un autre portable du même registre (sinon celui de ce poste)"),
    )
    export = acts.add_parser(
        "export", help=_("écrit le journal, pour la coordination"), formatter_class=Formatter
    )
    add_output(export)
    for one in (show, verify, export):
        add_home(one)
    for one in (show, verify):
        add_format(one, "text", "json")


def run(arguments: Namespace) -> int:
    """Show, check or write the journal."""
    replica = open_laptop(read_settings(arguments))
    try:
        enrolment = read_enrolment(replica)
        match arguments.act:
            case "show":
                _show(list_lines(replica), arguments.format)
            case "export":
                data = encode_journal(_own(replica, enrolment))
                give_file(data, arguments.output)
            case _:
                path = arguments.file
                journal = _own(replica, enrolment) if path is None else _read(path)
                found = verify_journal(journal, enrolment.registry_key, enrolment.succession)
                return _say_check(found, arguments.format)
        return 0
    finally:
        replica.close()


def _own(replica: Replica, enrolment: Enrolment) -> JournalFile:
    return read_journal(replica, enrolment.certificate, enrolment.succession)


def _read(path: Path) -> JournalFile:
    try:
        return decode_journal(path.read_bytes())
    except OSError as error:
        raise NotFound("file", str(path)) from error
    except ValueError as error:
        raise InvalidInput("journal_unreadable", path=str(path)) from error


def _say_check(found: JournalCheck, form: str) -> int:
    lines = [line for line in map(line_of, found.notes) if line is not None]
    if form == "json":
        say_json(
            {
                "laptop": found.name,
                "unit": found.unit,
                "notes": len(lines),
                "proven": found.proven,
                "unproven": found.unproven,
                "faults": found.faults,
            }
        )
        return OUT_OF_STEP if found.faults else 0
    say(f"{found.name} ({found.unit})")
    _say_lines(lines)
    say(
        n_(
            "{n} acte sous un reçu du registre : il est là, inchangé.",
            "{n} actes sous un reçu du registre : ils sont tous là, inchangés.",
            found.proven,
        ).format(n=found.proven)
    )
    if found.unproven:
        say(_("Depuis le dernier reçu : {n}. Leur fin ne se prouve pas.").format(n=found.unproven))
    for fault in found.faults:
        say(_("À regarder : {fault}").format(fault=fault))
    return OUT_OF_STEP if found.faults else 0


def _show(lines: list[JournalLine], form: str) -> None:
    if form != "json":
        _say_lines(lines)
        return
    say_json(
        [
            {
                "at_ms": one.at_ms,
                "agent": one.who,
                "unit": one.unit,
                "act": one.act,
                "detail": one.detail,
                "count": one.count,
            }
            for one in lines
        ]
    )


def _say_lines(lines: list[JournalLine]) -> None:
    say_table(
        (_("Quand"), _("Qui"), _("Bus"), _("Quoi"), _("Précision"), _("Nombre")),
        [
            (
                format_moment(one.at_ms),
                one.who,
                one.unit,
                describe_act(one.act),
                one.detail,
                str(one.count) if one.count else "",
            )
            for one in lines
        ],
    )
