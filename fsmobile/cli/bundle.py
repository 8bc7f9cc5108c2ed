"""`fsmobile bundle export|import|list|hand-in`: the stick, when there is no network."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from fsmobile.cli.arguments import Formatter, add_format, add_home
from fsmobile.cli.hand_in import hand_in_file
from fsmobile.cli.moments import format_moment
from fsmobile.cli.output import say, say_json, say_table
from fsmobile.cli.signing import device_key
from fsmobile.cli.sync import say_report
from fsmobile.cli.wiring import open_laptop, read_settings, renew_copy
from fsmobile.errors import InvalidInput, NotFound
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.store import sticks
from fsmobile.store.files import write_durably
from fsmobile.store.identity import load_enrolment
from fsmobile.store.queries import load_sync_state
from fsmobile.store.replica import Replica
from fsmobile.store.second_copy import SecondCopy
from fsmobile.sync.stick import export_stick, import_answer
from fsmobile.texts.sync_report import count_visits
from fsmobile.texts.translation import _, n_
from fsmobile.usecases.desk import DEFAULT_TIMEZONE, local_time

SUFFIX = ".fsbundle"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the acts on sticks."""
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("ACTE"))
    export = acts.add_parser(
        "export", help=_("écrit sur la clé ce qui attend"), formatter_class=Formatter
    )
    export.add_argument(
        "--empty",
        action="store_true",
        help=_("même si rien n'attend : pour recevoir ce que les autres ont fait"),
    )
    export.add_argument("folder", type=Path, metavar=_("DOSSIER"), help=_("la clé"))
    reading = acts.add_parser(
        "import", help=_("lit la réponse du registre sur la clé"), formatter_class=Formatter
    )
    reading.add_argument("file", type=Path, metavar=_("FICHIER"))
    copying = acts.add_parser(
        "copy",
        help=_("met la deuxième copie à jour et dit ce qu'elle tient"),
        formatter_class=Formatter,
    )
    handing = acts.add_parser(
        "hand-in",
        help=_("remet au registre la clé ou la deuxième copie d'un autre portable"),
        formatter_class=Formatter,
    )
    handing.add_argument("file", type=Path, metavar=_("FICHIER"))
    ledger = acts.add_parser(
        "list", help=_("ce que les clés ont emporté"), formatter_class=Formatter
    )
    for one in (export, reading, copying, handing, ledger):
        add_home(one)
        add_format(one, "text", "json")


def run(arguments: Namespace) -> int:
    """Do one act on sticks."""
    settings = read_settings(arguments)
    if arguments.act == "hand-in":
        return hand_in_file(settings, arguments.file, arguments.format)
    replica = open_laptop(settings)
    try:
        if arguments.act == "list":
            return _list(replica, arguments.format)
        if arguments.act == "copy":
            return _show_copy(renew_copy(settings, replica), arguments.format)
        key = device_key(settings)
        if arguments.act == "export":
            if not arguments.empty and load_sync_state(replica).waiting == 0:
                raise InvalidInput("stick_with_nothing")
            exported = export_stick(replica, key, load_wire_dictionary())
            path = arguments.folder / _file_name(replica)
            write_durably(path, exported.data)
            return _show_export(path, exported.entry, arguments.format)
        try:
            data = arguments.file.read_bytes()
        except OSError as error:
            raise NotFound("file", str(arguments.file)) from error
        report = import_answer(replica, key, data, load_wire_dictionary())
    finally:
        replica.close()
    say_report(report, arguments.format)
    return 0 if report.is_complete else 7


def _file_name(replica: Replica) -> str:
    enrolment = load_enrolment(replica)
    if enrolment is None:
        raise InvalidInput("not_enrolled")
    moment = local_time(replica.clock.now_ms(), DEFAULT_TIMEZONE)
    unit = enrolment.unit_id.replace("/", "_")
    return f"{unit}_{moment:%Y-%m-%d_%H%M%S}{SUFFIX}"


def _show_export(path: Path, entry: sticks.StickEntry, form: str) -> int:
    if form == "json":
        say_json({"file": str(path), "ops": entry.ops, "visits": entry.visits, "size": entry.size})
        return 0
    say(_("Écrit et relu : {path} ({size} octets)").format(path=path, size=entry.size))
    say(
        n_(
            "La clé emporte {n} acte, dont {visits}.",
            "La clé emporte {n} actes, dont {visits}.",
            entry.ops,
        ).format(n=entry.ops, visits=count_visits(entry.visits))
    )
    say(_("Tout reste aussi sur ce portable. À la base : fsmobile registry import FICHIER"))
    return 0


def _show_copy(copy: SecondCopy | None, form: str) -> int:
    if form == "json":
        say_json(None if copy is None else {"file": copy.file, "ops": copy.ops})
    elif copy is None:
        say(_("Rien à copier : tout ce qui est noté ici a son reçu."))
    else:
        say(
            n_(
                "Deuxième copie à jour, {n} acte sans reçu : {path}",
                "Deuxième copie à jour, {n} actes sans reçu : {path}",
                copy.ops,
            ).format(n=copy.ops, path=copy.file)
        )
        say(_("D'un autre portable inscrit : fsmobile bundle hand-in FICHIER"))
    return 0


def _list(replica: Replica, form: str) -> int:
    entries = sticks.list_sticks(replica)
    if form == "json":
        say_json([_entry(entry) for entry in entries])
        return 0
    if not entries:
        say(_("Aucune clé écrite. Pour en écrire une : fsmobile bundle export DOSSIER"))
        return 0
    say_table(
        (_("Écrite le"), _("Actes"), _("Visites"), _("Octets"), _("Réponse")),
        [
            (
                format_moment(entry.made_at),
                str(entry.ops),
                str(entry.visits),
                str(entry.size),
                _("pas encore") if entry.acked_at is None else f"✓ {format_moment(entry.acked_at)}",
            )
            for entry in entries
        ],
    )
    return 0


def _entry(entry: sticks.StickEntry) -> dict[str, Any]:
    return {
        "id": entry.file_id.hex(),
        "made_at_ms": entry.made_at,
        "ops": entry.ops,
        "visits": entry.visits,
        "size": entry.size,
        "acked_at_ms": entry.acked_at,
    }
