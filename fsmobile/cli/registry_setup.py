"""`fsmobile registry init|migrate|renew-key`: the tables and the signing key."""

from argparse import Namespace

from fsmobile.cli.output import say
from fsmobile.cli.registry_site import RegistrySite
from fsmobile.registry.signing_keys import renew_key
from fsmobile.texts.translation import _


def run(site: RegistrySite, arguments: Namespace) -> int:
    """Make a registry, bring its schema up to date, or have it sign with a new key."""
    match arguments.act:
        case "migrate":
            site.migrate()
            say(_("Le schéma du registre est à jour."))
        case "renew-key":
            _renew_key(site)
        case _:
            made = site.make()
            say(_("Registre créé.") if made else _("Ce registre existe déjà ; il est à jour."))
    return 0


def _renew_key(site: RegistrySite) -> None:
    service = site.open()
    done = renew_key(service.storage, site.clock, site.chance)
    say(_("Nouvelle clé de signature : {change}.").format(change=done.label))
    say(_("1. Relancez le registre (serve) : jusque-là, il signe avec l'ancienne."))
    say(_("2. Sauvegardez-le (registry backup) : une copie d'avant ne connaît pas la nouvelle."))
    say(
        _(
            "Chaque poste suit à sa prochaine synchronisation, même éteint jusque-là : l'ancienne"
            " clé lui présente la nouvelle. Ses reçus restent bons ; il n'y a rien à y faire."
        )
    )
