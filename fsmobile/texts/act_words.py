"""What each kind of act is called, in a word or two."""

from collections.abc import Mapping

from fsmobile.texts.translation import _, mark

ACT_NAMES: Mapping[str, str] = {
    "visit.record": mark("visite"),
    "visit.correct": mark("correction"),
    "visit.void": mark("visite annulée"),
    "appointment.book": mark("rendez-vous"),
    "appointment.move": mark("rendez-vous déplacé"),
    "appointment.tell": mark("personne prévenue"),
    "appointment.cancel": mark("rendez-vous annulé"),
    "appointment.presence": mark("présence"),
    "appointment.undo": mark("rendez-vous repris"),
    "followup.open": mark("suite"),
    "followup.name": mark("nom d'une suite"),
    "followup.step": mark("étape d'une suite"),
    "followup.close": mark("suite close"),
    "followup.undo": mark("suite reprise"),
    "passage.open": mark("arrivée"),
    "passage.close": mark("départ"),
    "passage.cancel": mark("passage annulé"),
    "passage.note": mark("note de passage"),
    "passage.tally": mark("compte à la porte"),
    "passage.arrive": mark("bus garé"),
    "passage.leave": mark("bus reparti"),
    "passage.delay": mark("retard expliqué"),
    "logbook.write": mark("carnet de bord"),
    "logbook.close": mark("ligne réglée"),
    "logbook.read": mark("nouvelles lues"),
    "logbook.undo": mark("ligne reprise"),
    "agent.absence": mark("absence"),
    "commune.notice": mark("commune prévenue"),
    "schedule.file": mark("planning, un fichier"),
    "schedule.publish": mark("planning publié"),
    "scope.drop": mark("bus retiré du poste"),
    "key.revoke": mark("poste révoqué"),
    "erase": mark("effacement"),
    "journal.note": mark("journal du poste"),
}


def act_name(kind: str) -> str:
    """Return what an act is, for a person; one that a later release made is quoted."""
    if not kind:
        return _("acte mis de côté")
    known = ACT_NAMES.get(kind)
    return _("acte « {kind} »").format(kind=kind) if known is None else _(known)
