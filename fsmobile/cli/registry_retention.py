"""`fsmobile registry retention keep|list|apply`: how long bodies are kept, on every machine."""

from argparse import Namespace

from fsmobile.cli.moments import format_moment
from fsmobile.cli.output import say, say_json, say_table
from fsmobile.cli.registry_site import RegistrySite
from fsmobile.registry.retention import Retention, drop_old, keep_for, list_retention
from fsmobile.registry.service import RegistryService
from fsmobile.texts.translation import _, n_


def run(site: RegistrySite, arguments: Namespace) -> int:
    """Decide, show, or carry out how long bodies are kept."""
    service = site.open()
    match arguments.retention_act:
        case "keep":
            keep_for(service, arguments.agency, arguments.family, arguments.months)
            say(_("C'est noté. Rien n'est supprimé avant : fsmobile registry retention apply"))
        case "apply":
            _apply(service)
        case _:
            _show(list_retention(service.storage), arguments.format)
    return 0


def _apply(service: RegistryService) -> None:
    done = drop_old(service)
    for one in done:
        said = n_("{rule} : {n} contenu supprimé.", "{rule} : {n} contenus supprimés.", one.ops)
        say(said.format(rule=f"{one.rule.agency} {one.rule.family}", n=one.ops))
    if not done:
        say(_("Aucune durée n'est décidée : tout est gardé."))
    elif any(one.ops for one in done):
        say(_("Les postes font de même à leur prochain échange : fsmobile registry erasures"))


def _show(rules: list[Retention], form: str) -> None:
    if form == "json":
        say_json(
            [
                {
                    "agency": one.agency,
                    "family": one.family,
                    "months": one.months,
                    "done_before_ms": one.done_before or None,
                }
                for one in rules
            ]
        )
    elif not rules:
        say(_("Aucune durée n'est décidée : tout est gardé."))
    else:
        say_table(
            (_("Structure"), _("Famille"), _("Mois"), _("Supprimé avant le")),
            [
                (
                    one.agency,
                    one.family,
                    str(one.months),
                    format_moment(one.done_before) if one.done_before else _("jamais fait"),
                )
                for one in rules
            ],
        )
