"""The sentences of a sync's report: counts that receipts prove, nothing else."""

from collections.abc import Iterator
from typing import Protocol

from fsmobile.texts.dates import format_number
from fsmobile.texts.translation import _, n_


class Report(Protocol):
    """What a sync did, as the sync engine counts it."""

    to_send: int
    to_send_visits: int
    received: int
    received_visits: int
    pulled: int
    pulled_visits: int
    loaded: int
    refused: list[tuple[str, str]]
    waiting: int
    moved_to: str | None
    schedule_revision: int | None
    healed: list[str]


def describe_loading(what: str, done: int, total: int) -> str:
    """Tell how far the loading of a history is: `historique : 1,2 Mo sur 6,4 Mo`."""
    if what == "bytes":
        return _("historique : {done} Mo sur {total} Mo").format(
            done=format_number(done / 1e6, 1), total=format_number(total / 1e6, 1)
        )
    return _("historique : {done} actes sur {total}").format(
        done=format_number(done), total=format_number(total)
    )


def describe_store_copy(done: int, total: int) -> str:
    """Tell how far the copy is that a new release makes of the store before changing it."""
    return _("Copie de sécurité avant la mise à jour : {done} Mo sur {total} Mo").format(
        done=format_number(done / 1e6, 1), total=format_number(total / 1e6, 1)
    )


def describe_rebuild(done: int, total: int) -> str:
    """Tell how far a new release is in making the lists again from what was recorded."""
    return _("Mise à jour des listes : {done} actes sur {total}").format(
        done=format_number(done), total=format_number(total)
    )


def describe_report(report: Report) -> Iterator[str]:
    """Give the report, one sentence a line, the most important first."""
    if report.to_send == 0 and report.received == 0:
        yield _("Rien à envoyer : le registre a tout, reçu à l'appui.")
    else:
        yield from _describe_sent(report)
    if report.waiting:
        yield n_(
            "{n} acte attend encore : il est gardé ici et partira au prochain envoi.",
            "{n} actes attendent encore : ils sont gardés ici et partiront au prochain envoi.",
            report.waiting,
        ).format(n=report.waiting)
    refused = len(report.refused)
    if refused:
        yield n_(
            "{n} acte gardé mais refusé par le registre : voir l'écran Synchro.",
            "{n} actes gardés mais refusés par le registre : voir l'écran Synchro.",
            refused,
        ).format(n=refused)
    yield from _describe_news(report)
    if "fork" in report.healed or "replay" in report.healed:
        yield _(
            "Ce poste a été restauré ou copié : il continue sous un nouveau journal, rien n'est"
            " perdu."
        )
    elif "gap" in report.healed:
        yield _("Le registre avait perdu une partie de ses données : elles lui ont été rendues.")


def _describe_news(report: Report) -> Iterator[str]:
    """Tell what the registry gave: a history, news, a timetable, another bus."""
    if report.loaded:
        yield n_(
            "Historique chargé d'un bloc : {n} acte.",
            "Historique chargé d'un bloc : {n} actes.",
            report.loaded,
        ).format(n=format_number(report.loaded))
    if report.pulled:
        news = n_("{n} nouveauté reçue", "{n} nouveautés reçues", report.pulled).format(
            n=report.pulled
        )
        theirs = count_visits(report.pulled_visits)
        others = _(", dont {visits} d'un autre poste").format(visits=theirs)
        yield news + (others if report.pulled_visits else "") + "."
    if report.schedule_revision is not None:
        yield _("Planning : révision {revision} reçue.").format(revision=report.schedule_revision)
    if report.moved_to is not None:
        yield _(
            "Ce poste travaille maintenant pour {unit} : quittez le programme et relancez-le."
            " Ce qui n'était pas envoyé part quand même."
        ).format(unit=report.moved_to)


def count_visits(count: int) -> str:
    """Return so many visits, in words: `1 visite`, `3 visites`."""
    return n_("{n} visite", "{n} visites", count).format(n=count)


def _describe_sent(report: Report) -> Iterator[str]:
    visits = max(report.to_send_visits, report.received_visits)
    acts = report.received - report.received_visits
    total = max(report.to_send - report.to_send_visits, acts)
    if not visits:
        yield _("Actes : {received} sur {total} reçus par le registre.").format(
            received=acts, total=total
        )
        return
    yield _("Visites : {received} sur {total} reçues par le registre.").format(
        received=report.received_visits, total=visits
    )
    if total:
        yield _("Autres actes : {received} sur {total} reçus.").format(received=acts, total=total)
