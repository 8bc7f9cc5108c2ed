"""`fsmobile schedule next-year`: next year made from this one, and what is left to decide."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from fsmobile.cli.arguments import add_format, iso_date
from fsmobile.cli.output import say, say_json
from fsmobile.cli.wiring import working_desk
from fsmobile.texts.dates import format_day
from fsmobile.texts.next_year_words import DECISION_CODES, describe_decision
from fsmobile.texts.translation import _
from fsmobile.usecases.next_year import make_next_year, propose_effect
from fsmobile.usecases.planning import apply_edit, open_planning
from fsmobile.usecases.trials import new_trial, open_trial


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the folder, the first day, and whether it goes into a trial."""
    parser.add_argument("folder", type=Path, metavar=_("DOSSIER"))
    parser.add_argument(
        "--from",
        dest="effect",
        type=iso_date,
        metavar=_("JOUR"),
        help=_("premier jour de l'année (sinon un an après la dernière version)"),
    )
    parser.add_argument(
        "--trial", metavar=_("NOM"), help=_("l'écrit dans un essai nouveau, à comparer d'abord")
    )
    add_format(parser, "text", "json")


def run(arguments: Namespace) -> int:
    """Write the next year as one edit, and list what a person must decide."""
    with working_desk(arguments) as desk:
        planning = open_planning(desk, arguments.folder)
        effect = arguments.effect or propose_effect(planning.tree, desk.today())
        made = make_next_year(planning.sheets, effect)
        if arguments.trial:
            new_trial(planning, arguments.trial, f"année à partir du {effect.isoformat()}")
            planning = open_trial(planning, arguments.trial)
        edit = apply_edit(planning, f"année à partir du {effect.isoformat()}", made.texts)
    decisions = sorted(made.decisions, key=lambda one: DECISION_CODES.index(one.code))
    if arguments.format == "json":
        say_json(
            {
                "from": made.days.first.isoformat(),
                "to": made.days.last.isoformat(),
                "files": sorted(edit.after),
                "decisions": [{"code": one.code, **one.params} for one in decisions],
            }
        )
        return 0
    first, last = format_day(made.days.first), format_day(made.days.last)
    say(_("Année du {first} au {last}").format(first=first, last=last))
    for path in sorted(edit.after):
        say(f"  {path}")
    say(_("À décider :"))
    for one in decisions:
        say(f"  {describe_decision(one.code, one.params)}")
    return 0
