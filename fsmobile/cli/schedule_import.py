"""`fsmobile schedule import`: another service's published dates as rules and exceptions."""

import sys
from argparse import ArgumentParser, Namespace
from datetime import date, timedelta
from pathlib import Path

from fsmobile.cli.arguments import iso_date, time_span
from fsmobile.cli.output import say
from fsmobile.cli.wiring import make_clock, read_settings
from fsmobile.core.spans import DateSpan
from fsmobile.errors import InvalidInput, InvalidSchedule, Severity
from fsmobile.texts.dates import format_date
from fsmobile.texts.import_report import describe_plan, describe_totals
from fsmobile.texts.problems import describe_problem
from fsmobile.texts.translation import _, n_
from fsmobile.usecases.desk import DEFAULT_TIMEZONE, local_time
from fsmobile.usecases.import_sources import Sources, gather, load_sources, read_source
from fsmobile.usecases.schedule_import import (
    ImportProposal,
    ImportTarget,
    open_target,
    propose_import,
    write_import,
)

PASTED = "-"
NOT_APPROVED = 1
"""Exit code when nobody said yes."""
A_YEAR = timedelta(days=365)


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the source, the folder that receives it, and what the source does not say."""
    parser.add_argument(
        "source",
        metavar=_("SOURCE"),
        help=_("fichier ou dossier (CSV, ICS, texte, JSON), ou - pour une liste collée"),
    )
    parser.add_argument(
        "--into",
        type=Path,
        required=True,
        metavar=_("DOSSIER"),
        help=_("un planning, ou un dossier qui n'existe pas encore"),
    )
    parser.add_argument(
        "--tour",
        default="tournee",
        metavar=_("TOURNÉE"),
        help=_("identifiant de la tournée à écrire (sinon « tournee »)"),
    )
    parser.add_argument("--name", metavar=_("NOM"), help=_("nom que lit le public"))
    parser.add_argument(
        "--department",
        metavar=_("CODE"),
        help=_("département d'un nouveau planning : 83, 2A, 974"),
    )
    _add_what_is_not_said(parser)
    answer = parser.add_mutually_exclusive_group()
    answer.add_argument("--dry-run", action="store_true", help=_("montre sans rien écrire"))
    answer.add_argument("--yes", action="store_true", help=_("écrit sans demander"))


def _add_what_is_not_said(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--year", type=int, metavar=_("ANNÉE"), help=_("année des dates qui n'en ont pas")
    )
    for flag, name, text in (
        ("--from", "first", _("premier jour à prendre")),
        ("--to", "last", _("dernier jour à prendre")),
    ):
        parser.add_argument(flag, dest=name, type=iso_date, metavar=_("JOUR"), help=text)
    parser.add_argument(
        "--hours",
        type=time_span,
        metavar="09:30-12:00",
        help=_("heures des passages qui n'en disent pas"),
    )
    parser.add_argument(
        "--cycle",
        action="store_true",
        help=_("écrit « une semaine sur deux », et non « semaines paires »"),
    )
    parser.add_argument(
        "--leave-out",
        action="store_true",
        help=_("importe le reste quand des lignes sont douteuses"),
    )


def run(arguments: Namespace) -> int:
    """Show what the dates are made of, then write it if it is approved."""
    now_ms = make_clock(read_settings(arguments)).now_ms()
    today = local_time(now_ms, DEFAULT_TIMEZONE).date()
    window = _window(arguments)
    target = open_target(
        arguments.into, tour_id=arguments.tour, name=arguments.name, department=arguments.department
    )
    sources = _read(arguments.source, target, window or DateSpan(first=today, last=today + A_YEAR))
    if arguments.name is None and sources.name and target.tree is None:
        target = target.named(sources.name)
    proposal = propose_import(
        sources, target, today, window=window, hours=arguments.hours, parity=not arguments.cycle
    )
    _show(proposal)
    errors = [one for one in proposal.problems if one.severity is Severity.ERROR]
    if errors and not arguments.leave_out:
        raise InvalidInput("import_doubtful")
    if not proposal.is_whole:
        raise InvalidInput(
            "import_not_reproduced", reproduced=proposal.reproduced, published=proposal.published
        )
    faults = [one for one in proposal.checks if one.severity is Severity.ERROR]
    if faults:
        raise InvalidSchedule("schedule_invalid", faults)
    if arguments.dry_run or not (arguments.yes or _is_approved(proposal, target)):
        say(_("Rien n'a été écrit."))
        return 0 if arguments.dry_run else NOT_APPROVED
    written = write_import(proposal, target)
    say(n_("{n} fichier écrit dans {folder}.", "{n} fichiers écrits dans {folder}.", written)
        .format(n=written, folder=target.folder))  # fmt: skip
    say(_("Ensuite : fsmobile schedule check {folder}").format(folder=target.folder))
    return 0


def _window(arguments: Namespace) -> DateSpan | None:
    year: int | None = arguments.year
    first: date | None = arguments.first or (date(year, 1, 1) if year else None)
    last: date | None = arguments.last or (date(year, 12, 31) if year else None)
    if first is None and last is None:
        return None
    first = first or (last or date.max) - A_YEAR
    last = last or first + A_YEAR
    if last < first:
        raise InvalidInput("import_dates_too_far", first=str(first), last=str(last))
    return DateSpan(first=first, last=last)


def _read(source: str, target: ImportTarget, window: DateSpan) -> Sources:
    if source == PASTED:
        return gather([read_source(_("liste"), sys.stdin.read(), target.timezone, window)], [])
    return load_sources(Path(source), target.timezone, window)


def _show(proposal: ImportProposal) -> None:
    say(describe_totals(proposal.plan, proposal.window, proposal.published, proposal.reproduced))
    say()
    for line in describe_plan(proposal.plan, proposal.places):
        say(line)
    if proposal.parts_on is not None:
        say()
        say(
            _(
                "Ces dates ne disent pas si c'est « semaines paires » (ou impaires) ou « une"
                " semaine sur deux » : les deux se séparent le {day}. Pour la seconde : --cycle."
            ).format(day=format_date(proposal.parts_on))
        )
    if proposal.problems:
        say()
        say(_("À vérifier :"))
        for problem in proposal.problems:
            say(f"  {describe_problem(problem)}")


def _is_approved(proposal: ImportProposal, target: ImportTarget) -> bool:
    """Ask on the terminal; without one nothing is approved."""
    say()
    if not sys.stdin.isatty():
        say(_("Pour l'écrire : la même commande avec --yes."))
        return False
    count = len(proposal.texts)
    say(n_("Écrire {n} fichier dans {folder} ? (o/n)", "Écrire {n} fichiers dans {folder} ? (o/n)",
           count).format(n=count, folder=target.folder))  # fmt: skip
    return sys.stdin.readline().strip().casefold() in ("o", "oui", "y", "yes")
