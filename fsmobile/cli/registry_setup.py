"""`fsmobile registry init|migrate`: the tables, made or brought up to date."""

from argparse import Namespace

from fsmobile.cli.output import say
from fsmobile.cli.registry_site import RegistrySite
from fsmobile.texts.translation import _


def run(site: RegistrySite, arguments: Namespace) -> int:
    """Make a registry, or bring its schema up to date."""
    if arguments.act == "migrate":
        site.migrate()
        say(_("Le schéma du registre est à jour."))
        return 0
    made = site.make()
    say(_("Registre créé.") if made else _("Ce registre existe déjà ; il est à jour."))
    return 0
