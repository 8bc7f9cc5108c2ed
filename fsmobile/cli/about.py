"""`fsmobile about`: name, version, licence, and who made the bundled data."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from fsmobile import __version__
from fsmobile.cli.output import say
from fsmobile.reference.attribution import CITED, OPEN_LICENCE, PACKAGES, SOURCES
from fsmobile.texts.translation import _

LICENCE = "EUPL-1.2"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of the command: it takes none."""
    parser.description = _("Dit la version, la licence et la provenance des données fournies.")


def run(args: Namespace) -> int:
    """Write who we are and what we owe; nothing is opened but the program itself."""
    for line in _format_about():
        say(line)
    return 0


def _format_about() -> Iterator[str]:
    yield f"fsmobile {__version__}"
    yield _("Licence du programme : {licence}").format(licence=LICENCE)
    yield ""
    yield _("Données fournies, sous {licence} :").format(licence=OPEN_LICENCE)
    yield from (f"  {source.producer} : {source.datasets}" for source in SOURCES)
    yield _("Assemblées par :")
    yield from (f"  {package}" for package in PACKAGES)
    yield _("Faits cités :")
    yield from (f"  {publication}" for publication in CITED)
    yield ""
    yield _("Positions corrigées et arrondies par le projet.")
    yield _("Libellés, thèmes, durées et fréquences des démarches déduits par le projet.")
