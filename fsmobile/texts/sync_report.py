"""The sentences of a sync's report: counts that receipts prove, nothing else."""

from collections.abc import Iterator, Sequence

from fsmobile.texts.translation import _, n_


def describe_report(
    *,
    received: int,
    to_send: int,
    received_visits: int,
    to_send_visits: int,
    pulled: int,
    pulled_visits: int,
    refused: int,
    waiting: int,
    schedule_revision: int | None,
    healed: Sequence[str],
) -> Iterator[str]:
    """Give the report, one sentence a line, the most important first."""
    if to_send == 0 and received == 0:
        yield _("Rien à envoyer : le registre a tout, reçu à l'appui.")
    else:
        yield _("Visites : {received} sur {total} reçues par le registre.").format(
            received=received_visits, total=max(to_send_visits, received_visits)
        )
        others = max(to_send - to_send_visits, received - received_visits)
        if others:
            yield _("Autres actes : {received} sur {total} reçus.").format(
                received=received - received_visits, total=others
            )
    if waiting:
        yield n_(
            "{n} acte attend encore : il est gardé ici et partira au prochain envoi.",
            "{n} actes attendent encore : ils sont gardés ici et partiront au prochain envoi.",
            waiting,
        ).format(n=waiting)
    if refused:
        yield n_(
            "{n} acte gardé mais refusé par le registre : voir l'écran Synchro.",
            "{n} actes gardés mais refusés par le registre : voir l'écran Synchro.",
            refused,
        ).format(n=refused)
    if pulled:
        yield n_(
            "{n} nouveauté reçue, dont {visits} visite(s) d'un autre poste.",
            "{n} nouveautés reçues, dont {visits} visite(s) d'un autre poste.",
            pulled,
        ).format(n=pulled, visits=pulled_visits)
    if schedule_revision is not None:
        yield _("Planning : révision {revision} reçue.").format(revision=schedule_revision)
    if "fork" in healed or "replay" in healed:
        yield _(
            "Ce poste a été restauré ou copié : il continue sous un nouveau journal, rien n'est"
            " perdu."
        )
    elif "gap" in healed:
        yield _("Le registre avait perdu une partie de ses données : elles lui ont été rendues.")
