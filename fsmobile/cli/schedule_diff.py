"""`fsmobile schedule diff [REV] [REV|DIR]`: what differs, in sentences, then line by line."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from fsmobile.cli.arguments import add_format
from fsmobile.cli.output import say, say_json
from fsmobile.cli.wiring import working_desk
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.texts.change_words import ChangeWords
from fsmobile.texts.dates import format_day
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.plan_review import PlanReview, review_plan
from fsmobile.usecases.schedule_history import diff_files, load_last_sides, load_sides
from fsmobile.usecases.schedule_merging import Files


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the two sides and the format."""
    parser.add_argument(
        "before",
        nargs="?",
        metavar=_("RÉVISION"),
        help=_("une révision, ou un dossier à comparer à la dernière ; sinon la dernière publiée"),
    )
    parser.add_argument(
        "after",
        nargs="?",
        metavar=_("RÉVISION_OU_DOSSIER"),
        help=_("sinon la dernière révision"),
    )
    parser.add_argument(
        "--brief", action="store_true", help=_("les phrases seulement, sans les lignes")
    )
    add_format(parser, "text", "json")


def run(arguments: Namespace) -> int:
    """Compare two trees; without an argument, the last revision with the one before."""
    with working_desk(arguments) as desk:
        before, after = _sides(desk, arguments.before, arguments.after)
        changes = diff_files(before, after)
        if arguments.format == "json":
            say_json(
                [
                    {"path": one.path, "change": one.change, "diff": "\n".join(one.lines)}
                    for one in changes
                ]
            )
            return 0
        if not changes:
            say(_("Aucune différence."))
            return 0
        _say_sentences(review_plan(desk, before, after), after)
    for one in () if arguments.brief else changes:
        say()
        for line in one.lines:
            say(line)
    return 0


def _say_sentences(review: PlanReview, after: Files) -> None:
    """Tell village by village what changes from today on, then the versions of later days."""
    tree = read_schedule(dict(after)).tree
    if tree is None or not review.villages:
        say(_("Aucun passage ne change dans les six mois."))
        return
    words = ChangeWords(tree)
    for one in review.villages:
        counted = _("{village} : {before} passages, puis {after}")
        if one.before == one.after:
            counted = _("{village} : {after} passages, autant qu'avant")
        say(counted.format(village=one.village.name, before=one.before, after=one.after))
        for sentence in words.tell(one.changes):
            say(f"  {sentence}")
    for version in review.versions:
        told = _("{tour} : horaires valables à partir du {day}")
        say(told.format(tour=version.name, day=format_day(version.valid_from)))


def _sides(desk: Desk, before: str | None, after: str | None) -> tuple[Files, Files]:
    if before is None:
        return load_last_sides(desk)
    first = _side(before)
    if isinstance(first, Path):
        return load_sides(desk, None, first)
    return load_sides(desk, first, None if after is None else _side(after))


def _side(word: str) -> int | Path:
    """Read a revision's number, or else a folder."""
    return int(word) if word.isdecimal() else Path(word)
