"""`fsmobile import FILE`: takes visits back in from a table, after showing what it understood."""

import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from fsmobile.cli.arguments import add_format
from fsmobile.cli.output import say, say_json
from fsmobile.cli.wiring import working_desk
from fsmobile.errors import NotFound, Problem
from fsmobile.texts.dates import format_date
from fsmobile.texts.problems import explain_problem
from fsmobile.texts.translation import _, n_
from fsmobile.usecases.visit_imports import ImportPlan, carry_out, plan_import

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
        plan = plan_import(desk, data)
        done = carry_out(desk, plan, _show_progress) if arguments.yes else 0
    if arguments.format == "json":
        say_json(_described(plan, done))
    else:
        for line in _told(plan, done, was_asked=arguments.yes):
            say(line)
    return NOT_ALL if plan.refused else 0


def _described(plan: ImportPlan, done: int) -> dict[str, object]:
    return {
        "visits": len(plan.visits),
        "recorded": done,
        "known": plan.known,
        "ignored_columns": list(plan.ignored),
        "refused": [_fault(one) for one in plan.refused],
        "doubts": [_fault(one) for one in plan.doubts],
    }


def _fault(problem: Problem) -> dict[str, object]:
    return {"line": problem.line, "column": problem.field, "text": explain_problem(problem)}


def _told(plan: ImportPlan, done: int, *, was_asked: bool) -> list[str]:
    lines = []
    if plan.first is not None and plan.last is not None:
        lines.append(
            n_(
                "{n} visite à reprendre, du {first} au {last} ; déjà ici : {known}.",
                "{n} visites à reprendre, du {first} au {last} ; déjà ici : {known}.",
                len(plan.visits),
            ).format(
                n=len(plan.visits),
                first=format_date(plan.first),
                last=format_date(plan.last),
                known=plan.known,
            )
        )
    lines += _faults(_("Lignes qui ne peuvent pas être reprises : {n}"), plan.refused)
    lines += _faults(_("Cases laissées de côté : {n}"), plan.doubts)
    if plan.ignored:
        lines.append(
            _("Colonnes non lues : {names}. Aucun nom de personne n'est repris.").format(
                names=", ".join(plan.ignored)
            )
        )
    if done:
        lines.append(
            n_("{n} visite enregistrée.", "{n} visites enregistrées.", done).format(n=done)
        )
    elif not plan.visits:
        lines.append(_("Rien à reprendre de ce fichier."))
    elif not was_asked:
        lines.append(_("Rien n'est encore enregistré : ajoutez --yes pour reprendre ces visites."))
    return lines


def _faults(title: str, problems: Sequence[Problem]) -> list[str]:
    if not problems:
        return []
    lines = [title.format(n=len(problems))]
    for one in problems[:SHOWN_MAX]:
        lines.append(
            _("  ligne {line}, {column} : {text}").format(
                line=one.line, column=one.field, text=explain_problem(one)
            )
        )
    left = Counter(explain_problem(one) for one in problems[SHOWN_MAX:])
    lines += [f"  {count} × {text}" for text, count in left.most_common(SHOWN_MAX)]
    return lines


def _show_progress(done: int, total: int) -> None:
    """Write the counts in place; only where somebody looks."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} / {total} ")
        if done == total:
            sys.stderr.write("\n")
