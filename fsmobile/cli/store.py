"""`fsmobile store check|rebuild`: where this laptop's data are, and whether they hold."""

from argparse import ArgumentParser, Namespace

from fsmobile.cli.arguments import Formatter, add_home
from fsmobile.cli.output import say
from fsmobile.cli.wiring import open_laptop, read_settings
from fsmobile.store.integrity import check_store
from fsmobile.store.projections import rebuild
from fsmobile.texts.translation import _


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the acts on the store."""
    acts = parser.add_subparsers(dest="act", required=True, metavar=_("ACTE"))
    check = acts.add_parser("check", help=_("contrôle les données"), formatter_class=Formatter)
    again = acts.add_parser(
        "rebuild", help=_("refait les listes à partir des faits"), formatter_class=Formatter
    )
    for one in (check, again):
        add_home(one)


def run(arguments: Namespace) -> int:
    """Check or rebuild the store."""
    settings = read_settings(arguments)
    replica = open_laptop(settings)
    try:
        if arguments.act == "rebuild":
            say(_("Listes refaites à partir de {n} faits.").format(n=rebuild(replica)))
            return 0
        say(_("Données : {path} (non chiffré)").format(path=settings.store_path))
        say(_("Clé de ce poste : {path}").format(path=settings.key_path))
        say(_("Réglages : {path}").format(path=settings.home / "config.toml"))
        health = check_store(replica)
        say(
            _("Faits d'ici : {own} ; reçus d'ailleurs : {remote}").format(
                own=health.own_ops, remote=health.remote_ops
            )
        )
        if health.is_sound:
            say(_("Tout est en ordre : la chaîne des faits est entière."))
            return 0
        for fault in health.faults:
            say(_("À regarder : {fault}").format(fault=fault))
        say(_("Rien n'a été touché. Lisez ces lignes au support."))
        return 8
    finally:
        replica.close()
