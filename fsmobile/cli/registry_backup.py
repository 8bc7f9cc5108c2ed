"""`fsmobile registry backup|restore`: a file that was read again, and the way back."""

from argparse import Namespace

from fsmobile.cli.output import say
from fsmobile.cli.registry_site import RegistrySite
from fsmobile.registry import database
from fsmobile.registry.restoration import back_up, read_erasures, restore
from fsmobile.texts.translation import _


def run(site: RegistrySite, arguments: Namespace) -> int:
    """Write a backup, or put one back."""
    if arguments.act == "backup":
        # What an upgrade begins with: the database may still be of the program before.
        database.check_schema(site.engine, may_be_older=True)
        counts = back_up(site.engine, arguments.file)
        say(
            _("Sauvegarde écrite et relue : {n} actes, {k} postes.").format(
                n=counts["op"], k=counts["device"]
            )
        )
        return 0
    log = arguments.erasures or site.erasures_path
    erasures = [] if log is None else read_erasures(log)
    done = restore(site.engine, arguments.file, site.clock, site.chance, erasures)
    say(_("Registre remis en place : {n} actes.").format(n=done.ops))
    if done.lost:
        say(_("Il en tenait {n} de plus : les postes les renverront.").format(n=done.lost))
    if done.revoked:
        say(_("Postes révoqués de nouveau : {n}.").format(n=done.revoked))
    if done.erased:
        say(_("Effacements refaits : {n}.").format(n=done.erased))
    return 0
