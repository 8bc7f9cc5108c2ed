"""Sentences of the codes that exports for the public raise: what happened, what to do."""

from collections.abc import Mapping

from fsmobile.texts.translation import mark

EXPORT_SENTENCES: Mapping[str, tuple[str, str]] = {
    "export_without_folder": (
        mark("« tout » écrit plusieurs fichiers."),
        mark("Dites dans quel dossier : --to DOSSIER"),
    ),
    "export_without_file": (
        mark("Un PDF ne se lit pas dans un terminal."),
        mark("Dites dans quel fichier : --to affiche.pdf"),
    ),
    "export_without_commune": (
        mark("Une affiche est celle d'une commune, et aucune n'est donnée."),
        mark("Donnez son code INSEE avec --commune ; ce planning a : {known}"),
    ),
    "pdf_extra_missing": (
        mark("Il manque la bibliothèque qui écrit les PDF."),
        mark("Installez-la (pip install 'fsmobile[pdf]'), ou imprimez l'affiche HTML."),
    ),
    "stop_not_found": (
        mark("Ce planning n'a pas l'arrêt « {id} »."),
        mark("Regardez les arrêts avec fsmobile agenda --format json."),
    ),
    "vehicle_not_found": (
        mark("Ce planning n'a pas le véhicule « {id} »."),
        mark("Les véhicules sont dans vehicules.toml."),
    ),
    "served_commune_not_found": (
        mark("Aucun bus de ce planning ne s'arrête dans la commune « {id} »."),
        mark("Donnez le code INSEE d'une commune desservie."),
    ),
}
