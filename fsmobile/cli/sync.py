"""`fsmobile sync`: exchanges with the registry, counts aloud, reports from receipts."""

import dataclasses
import sys
from argparse import ArgumentParser, Namespace

from fsmobile.cli.arguments import add_format
from fsmobile.cli.key_renewal import renew_signing_key
from fsmobile.cli.output import say, say_json
from fsmobile.cli.peer import call_peer
from fsmobile.cli.wiring import open_laptop, read_settings, sync_once, working_desk
from fsmobile.config import Settings
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.sync.estimate import estimate_sync
from fsmobile.sync.progress import Progress, SyncReport, Verification
from fsmobile.texts.findings import describe_finding
from fsmobile.texts.sync_report import describe_loading, describe_report
from fsmobile.texts.translation import _
from fsmobile.texts.verification_report import describe_verification
from fsmobile.usecases.sync_status import load_day_receipt

OUT_OF_STEP = 8


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the form of the report and the rehearsal."""
    add_format(parser, "text", "json")
    parser.add_argument(
        "--dry-run", action="store_true", help=_("dit ce qui serait envoyé, n'envoie rien")
    )
    parser.add_argument(
        "--peer",
        metavar=_("ADRESSE"),
        help=_("échange avec l'autre portable du bus (là-bas : fsmobile peer)"),
    )
    parser.add_argument(
        "--verify",
        action="store_true",
        help=_("compare ensuite les 45 derniers jours avec le registre, et répare"),
    )
    parser.add_argument(
        "--renew-key",
        action="store_true",
        help=_("donne d'abord à ce poste une clé de signature neuve"),
    )
    parser.add_argument(
        "--all", action="store_true", help=_("avec --verify : compare tout l'historique")
    )


def run(arguments: Namespace) -> int:
    """Exchange once; exit 0 only when everything recorded here has a receipt."""
    settings = read_settings(arguments)
    if arguments.peer is not None:
        return call_peer(settings, arguments.peer)
    if arguments.dry_run:
        return _rehearse(settings, arguments.format)
    if arguments.verify or arguments.all:
        return _verify(arguments, settings)
    if arguments.renew_key:
        report = renew_signing_key(settings)
        if arguments.format == "text":
            say(_("Ce poste signe avec une clé neuve ; l'ancienne ne vaut plus rien."))
    else:
        report = sync_once(settings, _show if arguments.format == "text" else None)
    say_report(report, arguments.format)
    return 0 if report.is_complete else 7


def say_report(report: SyncReport, form: str) -> None:
    """Write what a sync or a stick did, as receipts prove it."""
    if form == "json":
        say_json(dataclasses.asdict(report) | {"complete": report.is_complete})
        return
    for line in describe_report(report):
        say(line)


def _verify(arguments: Namespace, settings: Settings) -> int:
    """Exchange and compare; exit 8 when a person must look at what still differs."""
    found = Verification(is_whole=arguments.all)
    report = sync_once(settings, verification=found)
    with working_desk(arguments) as desk:
        receipt = load_day_receipt(desk)
    if arguments.format == "json":
        verification = dataclasses.asdict(found) | {"same": found.is_same}
        say_json(
            dataclasses.asdict(report)
            | {"complete": report.is_complete, "verification": verification}
        )
    else:
        for line in describe_verification(found, receipt):
            say(line)
    if not found.is_same:
        return OUT_OF_STEP
    return 0 if report.is_complete else 7


def _rehearse(settings: Settings, form: str) -> int:
    replica = open_laptop(settings)
    try:
        estimate = estimate_sync(replica, load_wire_dictionary())
    finally:
        replica.close()
    if form == "json":
        say_json(dataclasses.asdict(estimate))
    else:
        say(describe_finding("next_sync", dataclasses.asdict(estimate)))
    return 0


def _show(progress: Progress) -> None:
    """Write the counts in place; only where somebody looks."""
    if not sys.stderr.isatty():
        return
    if progress.loading is not None:
        counts = describe_loading(*progress.loading)
        sys.stderr.write(f"\r{counts}  ")
    elif progress.to_send:
        counts = _("{received} sur {total} reçus").format(
            received=progress.received, total=progress.to_send
        )
        sys.stderr.write(f"\r{counts}  ")
        if progress.received >= progress.to_send:
            sys.stderr.write("\n")
