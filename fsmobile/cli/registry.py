"""`fsmobile registry ACT`: what is done on the registry's own machine."""

from argparse import ArgumentParser, Namespace
from importlib import import_module

from fsmobile.cli import registry_arguments
from fsmobile.cli.output import complain, say
from fsmobile.texts.translation import _

_MODULES = {
    "serve": "registry_serve",
    "enrol-code": "registry_devices",
    "status": "registry_devices",
    "devices": "registry_devices",
    "revoke": "registry_devices",
    "import": "registry_import",
    "stats": "registry_holdings",
    "verify": "registry_holdings",
    "export": "registry_holdings",
    "erase": "registry_holdings",
    "quarantine": "registry_quarantine",
    "backup": "registry_backup",
    "restore": "registry_backup",
    "account": "registry_accounts",
}
"""Where each act is done; loaded when it is asked for."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the acts of an administrator."""
    registry_arguments.add_arguments(parser)


def run(arguments: Namespace) -> int:
    """Do one act of an administrator."""
    try:
        # Deferred: a laptop has no server; only this command asks for the extra.
        from fsmobile.cli.registry_site import find_site
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("fsmobile"):
            raise  # our own fault: no library to install would mend it
        complain(_("Il manque une bibliothèque du registre : {name}.").format(name=error.name))
        complain(_("Installez-la : pip install 'fsmobile[registry]'"))
        return 4
    site = find_site(arguments)
    if arguments.act == "init":
        made = site.make()
        say(_("Registre créé.") if made else _("Ce registre existe déjà ; il est à jour."))
        return 0
    if arguments.act == "migrate":
        site.migrate()
        say(_("Le schéma du registre est à jour."))
        return 0
    return int(import_module(f"fsmobile.cli.{_MODULES[arguments.act]}").run(site, arguments))
