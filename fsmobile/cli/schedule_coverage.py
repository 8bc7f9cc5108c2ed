"""`fsmobile schedule coverage`: who lives within reach of a plan, in a table or as JSON."""

from argparse import ArgumentParser, Namespace
from typing import Any

from fsmobile.cli.arguments import add_format, add_schedule_folder, iso_date
from fsmobile.cli.output import say, say_json, say_table
from fsmobile.cli.schedule_check import day_asked
from fsmobile.core.coverage import Coverage
from fsmobile.reference.departments import load_departments
from fsmobile.texts.coverage_words import (
    band_row,
    describe_left_out,
    describe_method,
    describe_presence,
    describe_unlocated,
    left_out_row,
    rhythm_row,
)
from fsmobile.texts.dates import format_day, format_number
from fsmobile.texts.translation import _
from fsmobile.usecases.coverage import CoverageStudy, study_coverage
from fsmobile.usecases.schedules import load_schedule_folders, require_trees


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the folder, the first day and the format."""
    add_schedule_folder(parser)
    parser.add_argument(
        "--date", type=iso_date, metavar=_("JOUR"), help=_("à partir de la semaine de ce jour")
    )
    add_format(parser, "text", "json")


def run(arguments: Namespace) -> int:
    """Show the coverage of each schedule of a folder, over a year."""
    folders = load_schedule_folders(arguments.folder)
    trees = require_trees(folders)
    day = day_asked(arguments, folders[0])
    studies = [
        (tree.agency.name, study_coverage(tree, folder.files, day))
        for tree, folder in zip(trees, folders, strict=True)
    ]
    if arguments.format == "json":
        say_json([{"name": name} | as_json(study) for name, study in studies])
        return 0
    for name, study in studies:
        say(name)
        _say_study(study)
    return 0


def as_json(study: CoverageStudy) -> dict[str, Any]:
    """Return a study for a program; numbers of inhabitants, never shares."""
    found: dict[str, Any] = {
        "departments": list(study.departments),
        "from": study.first.isoformat(),
        "weeks": study.coverage.weeks,
        "relief": study.relief,
        "coverage": _figures(study.coverage),
        "unlocated": list(study.unlocated),
    }
    if study.districts is not None:
        found["districts"] = _figures(study.districts)
    return found


def _figures(coverage: Coverage) -> dict[str, Any]:
    return {
        "inhabitants": coverage.inhabitants,
        "communes": coverage.localities,
        "within": [
            {"minutes": band.minutes, "at_least": band.at_least, "about": band.about}
            for band in coverage.bands
        ],
        "every": [{"weeks": every, "about": people} for every, people in coverage.rhythms],
        "hours_per_4_weeks": round(coverage.hours_per_month, 2),
        "hours_per_1000": round(coverage.hours_per_thousand, 3),
        "left_out": coverage.left_out_localities,
        "largest_left_out": [
            {
                "insee": one.locality.code,
                "name": one.locality.name,
                "inhabitants": one.locality.population,
                "minutes": None if one.minutes is None else round(one.minutes, 1),
            }
            for one in coverage.left_out
        ],
    }


def _say_study(study: CoverageStudy) -> None:
    known = load_departments()
    names = [known[code].name if code in known else code for code in study.departments]
    coverage = study.coverage
    count = _("{n} habitants").format(n=format_number(coverage.inhabitants))
    since = _("semaines à partir du {day}").format(day=format_day(study.first))
    say(f"{', '.join(names)}, {count}, {coverage.weeks} {since}")
    say()
    bands = [band_row(coverage, band) for band in coverage.bands]
    say_table(("", _("au moins"), _("environ")), bands)
    say()
    say(_("Un passage à 20 min ou moins"))
    for every, inhabitants in coverage.rhythms:
        say("  " + " : ".join(rhythm_row(coverage, every, inhabitants)))
    say(describe_presence(coverage))
    if study.districts is not None:
        near = study.districts.localities - study.districts.left_out_localities
        told = _("Quartiers prioritaires à 20 min : {near} sur {n}")
        say(told.format(near=near, n=study.districts.localities))
    if study.unlocated:
        say(describe_unlocated(study.unlocated))
    say()
    say(describe_left_out(coverage))
    for name, people, minutes in map(left_out_row, coverage.left_out):
        say(f"  {name} ({people}) : {minutes}")
    say()
    say(describe_method(coverage, study.relief))
