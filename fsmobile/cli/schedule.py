"""`fsmobile schedule check|publish|checkout`: each act in a module of its own."""

from argparse import ArgumentParser, Namespace
from importlib import import_module

from fsmobile.cli.arguments import Formatter, add_home
from fsmobile.texts.translation import _, mark

ACTS = {
    "publish": ("schedule_publish", mark("publie un planning")),
    "checkout": ("schedule_publish", mark("écrit le planning publié en fichiers")),
}


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the acts on schedules."""
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("ACTE"))
    for act, (module, summary) in ACTS.items():
        one = acts.add_parser(
            act, help=_(summary), description=_(summary), formatter_class=Formatter
        )
        add_home(one)
        getattr(import_module(f"fsmobile.cli.{module}"), f"add_{act}")(one)


def run(arguments: Namespace) -> int:
    """Do one act on schedules."""
    module, _summary = ACTS[arguments.act]
    return int(getattr(import_module(f"fsmobile.cli.{module}"), f"run_{arguments.act}")(arguments))
