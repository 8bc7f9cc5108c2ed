"""What an undo took back, in words: which visit, which passage."""

from fsmobile.core.ids import PassageId, VisitId
from fsmobile.texts.dates import format_time
from fsmobile.texts.translation import _, mark
from fsmobile.tui.day_context import DayContext
from fsmobile.tui.lines import cut
from fsmobile.usecases.desk import UndoStep
from fsmobile.usecases.visits import load_visit

_VISITS = {
    "visit_recorded": mark("Visite de {at} annulée ({what}) ; l'historique la garde"),
    "visit_corrected": mark("Visite de {at} comme avant sa correction ({what})"),
    "visit_voided": mark("Visite de {at} rétablie ({what})"),
    "visit_unvoided": mark("Visite de {at} de nouveau annulée ({what})"),
}
_PASSAGES = {
    "passage_opened": mark("Arrivée à {place} annulée"),
    "passage_closed": mark("Départ de {place} annulé : le passage est ouvert"),
    "passage_cancelled": mark("{place} : annulation reprise, le passage est prévu"),
    "passage_tallied": mark("{place} : dernier compte à la porte annulé"),
    "passage_arrived": mark("{place} : le bus n'est plus noté garé"),
    "passage_left": mark("{place} : le bus n'est plus noté reparti"),
    "passage_delayed": mark("{place} : la cause du retard est reprise"),
    "passage_noted": mark("{place} : la note du passage est reprise"),
}
_OTHERS = {
    "log_written": mark("Page du carnet de bord reprise"),
    "log_closed": mark("La page du carnet de bord est de nouveau ouverte"),
    "appointment_booked": mark("Rendez-vous repris"),
    "appointment_moved": mark("Rendez-vous remis à sa première heure"),
    "appointment_told": mark("La personne n'est plus notée comme prévenue"),
    "appointment_cancelled": mark("Le rendez-vous tient de nouveau"),
    "appointment_attended": mark("Rendez-vous : la personne est de nouveau attendue"),
    "follow_up_opened": mark("Suite reprise : rien n'est promis"),
    "follow_up_named": mark("Nom repris : la suite ne nomme plus personne"),
    "follow_up_stepped": mark("Étape de la suite reprise"),
    "follow_up_closed": mark("La suite est de nouveau ouverte"),
}
WHAT_WIDTH = 28
"""What was asked, shortened so that the sentence fits the narrowest window."""


def undone_sentence(step: UndoStep, context: DayContext) -> str:
    """Say what was taken back."""
    entity = step.reverse[0].entity or ""
    if step.what in _VISITS:
        visit = load_visit(context.desk, VisitId(entity)).visit
        what = context.procedure_names(visit)
        at = format_time(visit.starts)
        return _(_VISITS[step.what]).format(at=at, what=cut(what, WHAT_WIDTH))
    if step.what in _PASSAGES:
        return _(_PASSAGES[step.what]).format(place=context.place_name(PassageId(entity)))
    return _(_OTHERS.get(step.what, mark("Dernière action annulée")))
