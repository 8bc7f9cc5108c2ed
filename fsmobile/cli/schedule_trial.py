"""`fsmobile schedule trial …`: drafts of a plan, compared with the published one, one kept."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from fsmobile.cli.arguments import Formatter, add_format, add_home
from fsmobile.cli.output import say, say_json, say_table
from fsmobile.cli.wiring import working_desk
from fsmobile.core.ids import AgentId
from fsmobile.core.plan_figures import PlanFigures
from fsmobile.errors import NotFound
from fsmobile.texts.dates import format_date
from fsmobile.texts.translation import _, mark, n_
from fsmobile.texts.trial_words import figure_rows, summarise, village_rows
from fsmobile.usecases.planning import Planning, open_planning
from fsmobile.usecases.trials import (
    Trial,
    TrialComparison,
    compare_trial,
    delete_trial,
    hand_over_trial,
    keep_trial,
    list_trials,
    new_trial,
    receive_trial,
)
from fsmobile.usecases.visits import agent_name

STEPS = {
    "new": mark("fait un essai du dossier tel qu'il est"),
    "list": mark("liste les essais"),
    "compare": mark("compare un essai au planning publié, en chiffres et en phrases"),
    "keep": mark("reprend un essai dans le planning, sans rien publier"),
    "hand-over": mark("écrit un essai dans un fichier, pour l'avis d'un collègue"),
    "receive": mark("prend l'essai qu'un collègue a confié"),
    "delete": mark("supprime un essai"),
}


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what can be done with trials."""
    steps = parser.add_subparsers(dest="step", required=True, metavar=_("GESTE"))
    for name, summary in STEPS.items():
        step = steps.add_parser(
            name, help=_(summary), description=_(summary), formatter_class=Formatter
        )
        add_home(step)
        step.add_argument("folder", type=Path, metavar=_("DOSSIER"))
        if name == "receive":
            step.add_argument("file", type=Path, metavar=_("FICHIER"))
            step.add_argument("--name", metavar=_("NOM"), help=_("un autre nom pour l'essai"))
        elif name != "list":
            step.add_argument("name", metavar=_("NOM"))
        if name == "new":
            step.add_argument("--note", default="", metavar=_("TEXTE"), help=_("ce qu'on essaie"))
        if name == "hand-over":
            step.add_argument("file", type=Path, metavar=_("FICHIER"))
        if name in ("list", "compare"):
            add_format(step, "text", "json")


def run(arguments: Namespace) -> int:
    """Do one thing with the trials of a working folder."""
    with working_desk(arguments) as desk:
        planning = open_planning(desk, arguments.folder)
        match arguments.step:
            case "new":
                say(str(new_trial(planning, arguments.name, arguments.note).path))
            case "list":
                _list(planning, arguments.format)
            case "compare":
                _compare(compare_trial(planning, arguments.name), arguments.format)
            case "keep":
                for path in sorted(keep_trial(planning, arguments.name).after):
                    say(path)
                say(_("Repris dans le planning ; rien n'est publié."))
            case "hand-over":
                arguments.file.write_bytes(hand_over_trial(planning, arguments.name))
                say(str(arguments.file))
            case "receive":
                content = _read(arguments.file)
                say(str(receive_trial(planning, content, arguments.name).path))
            case _:
                delete_trial(planning.path, arguments.name)
                say(_("Essai supprimé : {name}").format(name=arguments.name))
    return 0


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise NotFound("file", str(file)) from error


def _list(planning: Planning, format: str) -> None:
    trials = list_trials(planning.path)
    if format == "json":
        say_json([_trial_as_json(one) for one in trials])
        return
    for one in trials:
        head = one.head
        author = agent_name(planning.desk, AgentId(head.author)) if head.author else ""
        told = [one.name, format_date(head.made_on), author, head.note]
        say(" · ".join(part for part in told if part))
    if not trials:
        say(_("Aucun essai."))


def _compare(found: TrialComparison, format: str) -> None:
    before, after = found.published, found.tried
    if format == "json":
        say_json(_comparison_as_json(found))
        return
    other = _("publié") if found.is_published else _("dossier")
    say_table(("", other, _("essai"), ""), figure_rows(before, after))
    say()
    say(summarise(before, after, found.villages))
    for name, counts, sentences in (village_rows(found.tree, one) for one in found.villages):
        say(f"  {name} : {counts}")
        for sentence in sentences:
            say(f"    {sentence}")
    unknown = after.unknown_drives
    if unknown:
        told = n_(
            "{n} trajet sans durée, non compté", "{n} trajets sans durée, non comptés", unknown
        )
        say(told.format(n=unknown))


def _trial_as_json(one: Trial) -> dict[str, Any]:
    head = one.head
    return {
        "name": one.name,
        "note": head.note,
        "author": head.author,
        "made_on": head.made_on.isoformat(),
        "path": str(one.path),
    }


def _comparison_as_json(found: TrialComparison) -> dict[str, Any]:
    return {
        "trial": _trial_as_json(found.trial),
        "against": "published" if found.is_published else "folder",
        "published": _figures_as_json(found.published),
        "tried": _figures_as_json(found.tried),
        "villages": [
            {
                "code": one.village.code,
                "name": one.village.name,
                "before": one.before,
                "after": one.after,
                "changes": list(village_rows(found.tree, one)[2]),
            }
            for one in found.villages
        ],
    }


def _figures_as_json(one: PlanFigures) -> dict[str, Any]:
    return {
        "from": one.first.isoformat(),
        "weeks": one.weeks,
        "passages": one.passages,
        "passages_by_village": dict(sorted(one.passages_by_village.items())),
        "open_minutes": one.open_minutes,
        "driving_minutes": round(one.driving_minutes),
        "kilometres": round(one.kilometres),
        "unknown_drives": one.unknown_drives,
        "inhabitants": {str(band.minutes): band.about for band in one.coverage.bands},
        "crew_minutes": dict(sorted(one.crew_minutes.items())),
    }
