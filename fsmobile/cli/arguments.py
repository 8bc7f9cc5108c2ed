"""Argument parser that speaks the person's language and leaves with code 64 on a typo."""

import argparse
from argparse import SUPPRESS, Action, ArgumentParser, HelpFormatter, Namespace
from collections.abc import Iterable, Sequence
from datetime import date, time
from pathlib import Path
from typing import NoReturn

from fsmobile.cli.exit_codes import USAGE
from fsmobile.cli.output import complain
from fsmobile.core.spans import TimeSpan
from fsmobile.formats.schedule_values import (
    parse_date,
    parse_time_span,
    suggest_time,
    suggest_time_span,
)
from fsmobile.texts.translation import _, mark

# argparse's own words, translated by our catalogue: it looks its `_` up at each use.
_WORDS = {
    "usage: ": mark("usage : "),
    "positional arguments": mark("arguments"),
    "options": mark("options"),
    "show this help message and exit": mark("montre cette aide"),
    "the following arguments are required: %s": mark("il manque : %s"),
    "unrecognized arguments: %s": mark("je ne connais pas : %s"),
    "invalid choice: %(value)r (choose from %(choices)s)": mark(
        "%(value)r n'existe pas ; au choix : %(choices)s"
    ),
    "invalid %(type)s value: %(value)r": mark("%(value)r n'est pas valable (%(type)s)"),
    "argument %(argument_name)s: %(message)s": mark("%(argument_name)s : %(message)s"),
    "expected one argument": mark("une valeur est attendue"),
    "expected at least one argument": mark("au moins une valeur est attendue"),
    "ambiguous option: %(option)s could match %(matches)s": mark(
        "%(option)s est ambigu : %(matches)s"
    ),
    "not allowed with argument %s": mark("ne va pas avec %s"),
    "one of the arguments %s is required": mark("il faut un de : %s"),
}


def _translate(message: str) -> str:
    word = _WORDS.get(message)
    return message if word is None else _(word)


vars(argparse)["_"] = _translate


class Parser(ArgumentParser):
    """An `ArgumentParser` whose errors end with what to type next."""

    is_mixed = False
    """Options may stand between the words of the command."""

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Namespace | None = None
    ) -> tuple[Namespace, list[str]]:
        """Read the words; an option does not end those that were begun where they are mixed."""
        if self.is_mixed:
            # The other way of reading calls this one for its parts.
            self.is_mixed = False
            return self.parse_known_intermixed_args(args, namespace)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and how to get help; leave with the code of a usage error."""
        complain(_("{what} : {reason}").format(what=self.prog, reason=message))
        complain(_("Pour l'aide : {command} --help").format(command=self.prog))
        raise SystemExit(USAGE)


class Formatter(HelpFormatter):
    """Help without argparse's English prefix."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """Put our own word before the usage line."""
        # A parent asks for a bare line, without a prefix, to name its commands by.
        super().add_usage(usage, actions, groups, _("usage : ") if prefix is None else prefix)


def add_home(parser: ArgumentParser) -> None:
    """Let a command say which laptop it is about."""
    parser.add_argument(
        "--home",
        type=Path,
        metavar=_("DOSSIER"),
        default=SUPPRESS,
        help=_("dossier de l'état de ce poste (sinon FSMOBILE_HOME, sinon celui du système)"),
    )


def add_format(parser: ArgumentParser, *formats: str) -> None:
    """Let a command write for people or for programs; the first format is the default."""
    parser.add_argument(
        "--format", choices=formats, default=formats[0], help=_("forme de la réponse")
    )


def add_schedule_folder(parser: ArgumentParser) -> None:
    """Let a command say which schedule, or which folder of schedules, it is about."""
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar=_("DOSSIER"),
        default=Path("schedules"),
        help=_("un planning, ou un dossier de plannings (sinon schedules/)"),
    )


def iso_date(text: str) -> date:
    """Read a date given on the command line, `2026-11-26`."""
    found = parse_date(text)
    if found is None:
        message = _("une date s'écrit AAAA-MM-JJ : {text}").format(text=text)
        raise argparse.ArgumentTypeError(message)
    return found


def clock_time(text: str) -> time:
    """Read an hour given on the command line, `09:30` or `9h30`."""
    found = suggest_time(text)
    if found is None:
        message = _("« {text} » n'est pas une heure : 12h15").format(text=text)
        raise argparse.ArgumentTypeError(message)
    return found


def time_span(text: str) -> TimeSpan:
    """Read hours given on the command line, `09:30-12:00` or `9h30-12h`."""
    found = parse_time_span(suggest_time_span(text) or text)
    if found is None:
        message = _("des heures s'écrivent 09:30-12:00 : {text}").format(text=text)
        raise argparse.ArgumentTypeError(message)
    return found


def positive_number(text: str) -> float:
    """Read a number above 0 given on the command line; a comma stands for a point."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = 0.0
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError(_("un nombre positif : {text}").format(text=text))
    return number
