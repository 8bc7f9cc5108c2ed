"""`fsmobile schedule check`: every fault of one or several schedules: words, JSON or a page."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from fsmobile.cli.arguments import add_format, add_schedule_folder, iso_date
from fsmobile.cli.output import complain, say, say_json, say_text
from fsmobile.cli.wiring import make_clock, read_settings
from fsmobile.core.schedule_names import names_of
from fsmobile.errors import Problem, Severity
from fsmobile.formats.toml_editing import format_toml_value
from fsmobile.texts.check_report import (
    CheckedCode,
    CheckedSchedules,
    check_report_lines,
    check_report_page,
)
from fsmobile.texts.problems import NO_NAMES, explain_problem
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import DEFAULT_TIMEZONE, local_time
from fsmobile.usecases.schedule_check import check_folders
from fsmobile.usecases.schedule_fixes import fix_folders
from fsmobile.usecases.schedules import ScheduleFolder, load_schedule_folders
from fsmobile.validation.notices import Report, format_report

WARNED, REFUSED = 1, 2
"""Exit codes: warnings with `--strict`; errors."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the folder, the day and the format."""
    add_schedule_folder(parser)
    parser.add_argument(
        "--date", type=iso_date, metavar=_("JOUR"), help=_("contrôle comme si on était ce jour-là")
    )
    parser.add_argument(
        "--strict", action="store_true", help=_("sort en 1 quand il y a des avertissements")
    )
    parser.add_argument(
        "--fix",
        action="store_true",
        help=_("répare d'abord ce qui n'a qu'un remède, et dit quoi"),
    )
    add_format(parser, "text", "json", "html")


def run(arguments: Namespace) -> int:
    """Check the schedules of a folder; return 0, 1 (warnings, when strict) or 2 (errors)."""
    folders = load_schedule_folders(arguments.folder)
    today = day_asked(arguments, folders[0])
    if arguments.fix:
        _fix(arguments.folder, today)
        folders = load_schedule_folders(arguments.folder)
    report = check_folders(folders, today)
    explain = _explainer(folders)
    if arguments.format == "json":
        say_json(format_report(report, explain))
    elif arguments.format == "html":
        say_text(check_report_page(in_words(report), explain))
    else:
        for line in check_report_lines(in_words(report), explain):
            say(line)
    if report.count(Severity.ERROR):
        return REFUSED
    return WARNED if arguments.strict and report.count(Severity.WARNING) else 0


def _fix(folder: Path, today: date) -> None:
    """Mend what has one remedy, and say it beside the report: JSON stays JSON."""
    for where, fix in fix_folders(folder, today):
        key = ".".join(fix.path) or _("mise en forme")
        before, after = map(format_toml_value, (fix.before, fix.after)) if fix.path else ("", "")
        values = f" : {before} → {after}" if fix.path else ""
        complain(_("Réparé : {path}, {key}").format(path=where / fix.file, key=key) + values)


def day_asked(arguments: Namespace, folder: ScheduleFolder) -> date:
    """Return the day of `--date`, or else today where the structure is."""
    if isinstance(arguments.date, date):
        return arguments.date
    now_ms = make_clock(read_settings(arguments)).now_ms()
    return local_time(now_ms, _timezone(folder)).date()


def in_words(report: Report) -> CheckedSchedules:
    """Return a report as the texts tell it."""
    return CheckedSchedules(
        today=report.today,
        agencies=report.agencies,
        codes=tuple(
            CheckedCode(code=one.code, severity=one.severity, total=one.total, samples=one.samples)
            for one in report.notices
        ),
        acknowledged=report.acknowledged,
    )


def _explainer(folders: Sequence[ScheduleFolder]) -> Callable[[Problem], str]:
    """Return what says a problem with the names of its own schedule."""
    names = {
        "" if len(folders) == 1 else f"{folder.name}/": names_of(folder.reading.tree)
        for folder in folders
        if folder.reading.tree is not None
    }

    def explain(problem: Problem) -> str:
        file = problem.file or ""
        own = next((one for prefix, one in names.items() if file.startswith(prefix)), NO_NAMES)
        return explain_problem(problem, own)

    return explain


def _timezone(folder: ScheduleFolder) -> str:
    tree = folder.reading.tree
    return DEFAULT_TIMEZONE if tree is None else tree.agency.timezone
