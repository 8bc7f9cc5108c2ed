"""`fsmobile schedule check`: every fault of one or several schedules, in words or in JSON."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from fsmobile.cli.arguments import add_format, iso_date
from fsmobile.cli.output import say, say_json
from fsmobile.cli.wiring import make_clock, read_settings
from fsmobile.errors import Problem, Severity
from fsmobile.texts.dates import format_day
from fsmobile.texts.problems import explain_problem
from fsmobile.texts.schedule_remedies import explain_remedy
from fsmobile.texts.translation import _, mark, n_
from fsmobile.usecases.desk import DEFAULT_TIMEZONE, local_time
from fsmobile.usecases.schedule_check import check_folders
from fsmobile.usecases.schedules import ScheduleFolder, load_schedule_folders
from fsmobile.validation.notices import Notice, Report, format_report

DEFAULT_FOLDER = Path("schedules")
WARNED, REFUSED = 1, 2
"""Exit codes: warnings with `--strict`; errors."""

_WORDS: Mapping[Severity, str] = {
    Severity.ERROR: mark("ERREUR"),
    Severity.WARNING: mark("AVERTISSEMENT"),
    Severity.INFO: mark("INFO"),
}


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the folder, the day and the format."""
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar=_("DOSSIER"),
        default=DEFAULT_FOLDER,
        help=_("un planning, ou un dossier de plannings (sinon schedules/)"),
    )
    parser.add_argument(
        "--date", type=iso_date, metavar=_("JOUR"), help=_("contrôle comme si on était ce jour-là")
    )
    parser.add_argument(
        "--strict", action="store_true", help=_("sort en 1 quand il y a des avertissements")
    )
    add_format(parser, "text", "json")


def run(arguments: Namespace) -> int:
    """Check the schedules of a folder; return 0, 1 (warnings, when strict) or 2 (errors)."""
    folders = load_schedule_folders(arguments.folder)
    today = day_asked(arguments, folders[0])
    report = check_folders(folders, today)
    if arguments.format == "json":
        say_json(format_report(report, explain_problem))
    else:
        for line in describe_report(report):
            say(line)
    if report.count(Severity.ERROR):
        return REFUSED
    return WARNED if arguments.strict and report.count(Severity.WARNING) else 0


def day_asked(arguments: Namespace, folder: ScheduleFolder) -> date:
    """Return the day of `--date`, or else today where the structure is."""
    if isinstance(arguments.date, date):
        return arguments.date
    now_ms = make_clock(read_settings(arguments)).now_ms()
    return local_time(now_ms, _timezone(folder)).date()


def describe_report(report: Report) -> list[str]:
    """Return a report as lines: the gravest first, what to do under each group, the counts last."""
    lines: list[str] = []
    for notice in report.notices:
        lines += [*_describe_notice(notice), ""]
    errors, warnings, infos = (report.count(severity) for severity in _WORDS)
    counts = ", ".join(
        (
            n_("{n} erreur", "{n} erreurs", errors).format(n=errors),
            n_("{n} avertissement", "{n} avertissements", warnings).format(n=warnings),
            n_("{n} information", "{n} informations", infos).format(n=infos),
        )
    )
    head = _("Contrôle au {day}").format(day=format_day(report.today))
    accepted = report.acknowledged
    tail = n_("{n} acquitté", "{n} acquittés", accepted).format(n=accepted) if accepted else ""
    lines.append(f"{head} : {counts}{', ' if tail else ''}{tail}.")
    return lines


def _describe_notice(notice: Notice) -> list[str]:
    lines = [f"{_(_WORDS[notice.severity])} {notice.code} ({notice.total})"]
    lines += [f"  {_describe_place(one)}{explain_problem(one)}" for one in notice.samples]
    left_out = notice.total - len(notice.samples)
    if left_out:
        lines.append("  " + n_("… et {n} autre", "… et {n} autres", left_out).format(n=left_out))
    remedy = explain_remedy(notice.code)
    return [*lines, f"  → {remedy}"] if remedy else lines


def _describe_place(problem: Problem) -> str:
    """Return `file:line:column: `, whole, so that an editor can open it."""
    parts = (problem.file, problem.line, problem.column)
    place = ":".join(str(part) for part in parts if part is not None)
    return f"{place}: " if place else ""


def _timezone(folder: ScheduleFolder) -> str:
    tree = folder.reading.tree
    return DEFAULT_TIMEZONE if tree is None else tree.agency.timezone
