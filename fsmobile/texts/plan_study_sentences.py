"""Sentences of what is studied and tried on a plan: side tables, drives, trials, next year."""

from collections.abc import Mapping

from fsmobile.texts.translation import mark

PLAN_STUDY_SENTENCES: Mapping[str, tuple[str, str]] = {
    "table_unreadable": (
        mark("Un tableau du dossier ne se lit pas ; rien n'a été calculé."),
        mark("Corrigez les lignes dites, ou retirez le fichier du dossier."),
    ),
    "too_many_stops_to_order": (
        mark("{value} arrêts : l'ordre exact se cherche jusqu'à {expected}."),
        mark("Partagez la journée en deux sorties."),
    ),
    "stops_not_of_one_day": (
        mark("Les arrêts de cette sortie ne passent pas tous les mêmes jours."),
        mark("Changez l'ordre cette fois seulement, ou les heures une par une."),
    ),
    "trial_not_found": (
        mark("Aucun essai ne s'appelle « {id} »."),
        mark("« fsmobile schedule trial list DOSSIER » les nomme."),
    ),
    "trial_exists": (
        mark("Un essai s'appelle déjà « {value} »."),
        mark("Prenez un autre nom, ou supprimez-le d'abord."),
    ),
    "trial_name_malformed": (
        mark("Un essai se nomme en minuscules sans accent, chiffres et tirets, 40 au plus."),
        mark("Par exemple « sans-mercredi »."),
    ),
    "trial_never_published": (
        mark("Ce dossier est un essai : il ne se publie pas."),
        mark("Gardez-le d'abord dans le planning, relisez, puis publiez."),
    ),
    "trial_conflicts": (
        mark("Le planning a changé depuis cet essai, aux mêmes endroits : {value}."),
        mark("Rien n'a été écrit. Refaites ces changements dans un essai nouveau."),
    ),
    "trial_file_unreadable": (
        mark("Ce fichier n'est pas un essai confié par fsmobile, ou il est abîmé."),
        mark("Demandez-le de nouveau à la personne qui vous l'a envoyé."),
    ),
    "trial_of_another_agency": (
        mark("Cet essai est d'une autre structure : {value}."),
        mark("Il ne se compare qu'au planning de {expected}."),
    ),
    "next_year_exists": (
        mark("Une version prend déjà effet à cette date ou après."),
        mark("Choisissez une date plus tardive avec « --from »."),
    ),
    "next_year_nothing": (
        mark("Aucune tournée n'est en vigueur la veille de cette date."),
        mark("Choisissez une autre date avec « --from »."),
    ),
    "absence_malformed": (
        mark("Une absence va d'un jour à un autre, un an au plus, pour un agent du planning."),
        mark("Vérifiez l'agent et les deux dates."),
    ),
    "absence_not_found": (
        mark("Aucune absence n'a ce numéro."),
        mark("« fsmobile schedule absence list » les donne."),
    ),
}
