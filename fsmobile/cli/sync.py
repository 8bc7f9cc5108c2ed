"""`fsmobile sync`: exchanges with the registry, counts aloud, reports from receipts."""

import dataclasses
import sys
from argparse import ArgumentParser, Namespace

from fsmobile.cli.arguments import add_format
from fsmobile.cli.output import say, say_json
from fsmobile.cli.peer import call_peer
from fsmobile.cli.wiring import open_laptop, read_settings, sync_once
from fsmobile.config import Settings
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.sync.estimate import estimate_sync
from fsmobile.sync.progress import Progress, SyncReport
from fsmobile.texts.findings import describe_finding
from fsmobile.texts.sync_report import describe_report
from fsmobile.texts.translation import _


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


def run(arguments: Namespace) -> int:
    """Exchange once; exit 0 only when everything recorded here has a receipt."""
    settings = read_settings(arguments)
    if arguments.peer is not None:
        return call_peer(settings, arguments.peer)
    if arguments.dry_run:
        return _rehearse(settings, arguments.format)
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
    if sys.stderr.isatty() and progress.to_send:
        counts = _("{received} sur {total} reçus").format(
            received=progress.received, total=progress.to_send
        )
        sys.stderr.write(f"\r{counts}  ")
        if progress.received >= progress.to_send:
            sys.stderr.write("\n")
