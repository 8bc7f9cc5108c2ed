"""`fsmobile schedule check|…`: what is done with a schedule, one module an act."""

from argparse import ArgumentParser, Namespace
from importlib import import_module
from types import ModuleType

from fsmobile.cli.arguments import Formatter, add_home
from fsmobile.texts.translation import _, mark

ACTS = {
    "check": mark("contrôle un planning : toutes les fautes, avec fichier, ligne et colonne"),
    "acknowledge": mark("accepte un avertissement du contrôle, jusqu'à un jour, avec la raison"),
    "coverage": mark("dit qui habite à 10, 20, 30 minutes d'un arrêt, et qui est laissé de côté"),
    "drives": mark("dit si la route d'un jour tient, quel trajet casse, et un meilleur ordre"),
    "absence": mark("congés et formations des agents : connus de la coordination seule"),
    "next-year": mark("fait l'année suivante de celle-ci, et dit ce qui reste à décider"),
    "trial": mark("essais : plusieurs plannings côte à côte, comparés, un seul gardé"),
    "publish": mark("publie un planning : les bus le reçoivent à leur prochain envoi"),
    "export": mark("écrit calendriers, horaires, affiches pour le public et les partenaires"),
    "checkout": mark("écrit le planning publié en fichiers, pour le modifier"),
    "import": mark("importe les dates d'un autre service : règles et exceptions, à approuver"),
    "format": mark("remet les fichiers en ordre et en forme ; les commentaires restent"),
    "git-setup": mark("fait réunir ces fichiers par git clé par clé, une fois par dépôt"),
    "git-merge": mark("réunit un fichier pour git (git-setup l'installe)"),
    "change": mark("change un passage : annule, deplace, lieu, horaire, ajoute, maintient…"),
    "pull": mark("reprend dans un dossier ce que d'autres ont publié"),
    "conflicts": mark("montre ce que deux personnes ont changé, avec les deux valeurs"),
    "settle": mark("règle un conflit : votre valeur, la leur, ou une autre"),
    "log": mark("liste les révisions publiées : qui, quand, pourquoi"),
    "show": mark("montre une révision, ou un de ses fichiers"),
    "diff": mark("compare deux révisions, ou une révision et un dossier"),
    "revert": mark("publie de nouveau le planning d'une révision passée"),
}
"""Each act is `add_arguments` and `run` of the module `schedule_<act>`."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the acts on schedules."""
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("ACTE"))
    for name, summary in ACTS.items():
        act = acts.add_parser(
            name, help=_(summary), description=_(summary), formatter_class=Formatter
        )
        add_home(act)
        _module(name).add_arguments(act)


def run(arguments: Namespace) -> int:
    """Do one act on a schedule."""
    return int(_module(arguments.act).run(arguments))


def _module(act: str) -> ModuleType:
    return import_module(f"fsmobile.cli.schedule_{act.replace('-', '_')}")
