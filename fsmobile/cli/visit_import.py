"""`fsmobile import FILE`: takes a table back in, after showing what it understood."""

from argparse import ArgumentParser, Namespace
from collections import Counter
from pathlib import Path

from fsmobile.cli.arguments import add_format
from fsmobile.cli.output import count_up, say, say_json
from fsmobile.cli.wiring import working_desk
from fsmobile.errors import NotFound, Problem
from fsmobile.texts.dates import format_date, format_number
from fsmobile.texts.problems import explain_problem
from fsmobile.texts.translation import _, n_
from fsmobile.usecases.table_imports import (
    Contents,
    Faults,
    ImportReport,
    carry_out,
    plan_import,
)

SHOWN_MAX = 20
"""Faults told one by one; the rest is counted."""
NOT_ALL = 7


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the file, and whether it is recorded."""
    parser.add_argument("file", type=Path, metavar=_("FICHIER"), help=_("un tableau CSV"))
    parser.add_argument(
        "--yes", action="store_true", help=_("enregistre ; sinon, dit ce qui serait repris")
    )
    add_format(parser, "text", "json")


def run(arguments: Namespace) -> int:
    """Show what a file brings; record it when that is said."""
    try:
        data = arguments.file.read_bytes()
    except OSError as error:
        raise NotFound("file", str(arguments.file)) from error
    with working_desk(arguments) as desk:
        read = carry_out if arguments.yes else plan_import
        report = read(desk, data, _show_progress)
    if arguments.format == "json":
        say_json(_described(report, was_asked=arguments.yes))
    else:
        for line in _told(report, was_asked=arguments.yes):
            say(line)
    return NOT_ALL if report.refused.count else 0


def _described(report: ImportReport, *, was_asked: bool) -> dict[str, object]:
    return {
        "contents": report.contents.value,
        "new": report.new,
        "recorded": report.new if was_asked else 0,
        "known": report.known,
        "ignored_columns": list(report.ignored),
        "refused_count": report.refused.count,
        "refused": [_fault(one) for one in report.refused.told],
        "doubts_count": report.doubts.count,
        "doubts": [_fault(one) for one in report.doubts.told],
    }


def _fault(problem: Problem) -> dict[str, object]:
    return {"line": problem.line, "column": problem.field, "text": explain_problem(problem)}


def _told(report: ImportReport, *, was_asked: bool) -> list[str]:
    lines = []
    if report.first is not None and report.last is not None:
        lines.append(
            _("{what} à reprendre, du {first} au {last} ; déjà ici : {known}.").format(
                what=_count(report),
                first=format_date(report.first),
                last=format_date(report.last),
                known=format_number(report.known),
            )
        )
    lines += _faults(_("Lignes qui ne peuvent pas être reprises : {n}"), report.refused)
    lines += _faults(_("Cases laissées de côté : {n}"), report.doubts)
    if report.ignored:
        lines.append(
            _("Colonnes non lues : {names}. Aucun nom de personne n'est repris.").format(
                names=", ".join(report.ignored)
            )
        )
    if not report.new:
        lines.append(_("Rien à reprendre de ce fichier."))
    elif was_asked:
        lines.append(_("Enregistré : {what}.").format(what=_count(report)))
    else:
        lines.append(_("Rien n'est encore enregistré : ajoutez --yes pour reprendre ces lignes."))
    return lines


def _count(report: ImportReport) -> str:
    if report.contents is Contents.PASSAGES:
        sentence = n_("{n} passage", "{n} passages", report.new)
    else:
        sentence = n_("{n} visite", "{n} visites", report.new)
    return sentence.format(n=format_number(report.new))


def _faults(title: str, faults: Faults) -> list[str]:
    if not faults.count:
        return []
    lines = [title.format(n=format_number(faults.count))]
    for one in faults.told[:SHOWN_MAX]:
        lines.append(
            _("  ligne {line}, {column} : {text}").format(
                line=one.line, column=one.field, text=explain_problem(one)
            )
        )
    left = Counter(explain_problem(one) for one in faults.told[SHOWN_MAX:])
    lines += [f"  {count} × {text}" for text, count in left.most_common(SHOWN_MAX)]
    untold = faults.count - len(faults.told)
    if untold:
        lines.append(_("  et {n} autres").format(n=format_number(untold)))
    return lines


def _show_progress(done: int, total: int) -> None:
    told = _("ligne {n} sur {total}").format(n=format_number(done), total=format_number(total))
    count_up(told, done == total)
