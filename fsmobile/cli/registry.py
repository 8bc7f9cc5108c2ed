"""`fsmobile registry ACT`: what is done on the registry's own machine."""

import logging
from argparse import ArgumentParser, Namespace
from importlib import import_module

from fsmobile.cli import registry_arguments
from fsmobile.cli.output import complain
from fsmobile.texts.translation import _

_MODULES = {
    "init": "registry_setup",
    "migrate": "registry_setup",
    "renew-key": "registry_setup",
    "serve": "registry_serve",
    "enrol-code": "registry_devices",
    "status": "registry_devices",
    "devices": "registry_devices",
    "revoke": "registry_devices",
    "assign": "registry_devices",
    "retention": "registry_retention",
    "import": "registry_import",
    "stats": "registry_holdings",
    "verify": "registry_holdings",
    "export": "registry_holdings",
    "erase": "registry_erasures",
    "erasures": "registry_erasures",
    "journal": "registry_journal",
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
        from fsmobile.cli.registry_site import databases_in_words, find_site
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("fsmobile"):
            raise  # our own fault: no library to install would mend it
        complain(_("Il manque une bibliothèque du registre : {name}.").format(name=error.name))
        complain(_("Installez-la : pip install 'fsmobile[registry]'"))
        return 4
    # What is logged is for a service that runs; a person reads what the act itself says.
    logging.getLogger("fsmobile").addHandler(logging.NullHandler())
    with databases_in_words():
        site = find_site(arguments)
        try:
            act = import_module(f"fsmobile.cli.{_MODULES[arguments.act]}")
            return int(act.run(site, arguments))
        finally:
            site.engine.dispose()
