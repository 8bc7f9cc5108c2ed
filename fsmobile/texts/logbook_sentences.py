"""Sentences of what goes wrong with the logbook and with what is told of a stop afterwards."""

from collections.abc import Mapping

from fsmobile.texts.translation import mark

LOGBOOK_SENTENCES: Mapping[str, tuple[str, str]] = {
    "log_entry_empty": (
        mark("Rien n'est écrit."),
        mark("Écrivez quelques mots, sans nom ni numéro d'une personne."),
    ),
    "log_entry_mismatched": (
        mark("Cette page du carnet ne va pas avec « {value} »."),
        mark("Un incident a une cause ; lui seul peut proposer d'annuler un passage."),
    ),
    "log_entry_without_place": (
        mark("La fiche est celle d'un arrêt : il manque le lieu."),
        mark("Donnez-le : « --place LIEU »."),
    ),
    "log_entry_unclear": (
        mark("« {value} » ne désigne pas une page ouverte du carnet (trouvées : {found})."),
        mark("Donnez plus de signes : « fsmobile logbook list »."),
    ),
    "log_entry_not_found": (
        mark("Cette page du carnet n'est pas sur ce poste."),
        mark("Elle a pu être reprise par qui l'a écrite ; synchronisez, puis regardez la liste."),
    ),
    "message_by_coordinator": (
        mark("Un message aux équipages s'écrit et se clôt sur le poste de la coordination."),
        mark("Pour l'équipage suivant, écrivez une page du carnet."),
    ),
    "vehicle_unlisted": (
        mark("Le planning ne connaît pas le bus « {value} »."),
        mark("Donnez l'un de ceux-ci : {known}."),
    ),
    "visit_not_yet": (
        mark("Le {day} n'est pas encore venu : aucune visite n'est enregistrée."),
        mark("Vérifiez la date ; si elle est juste, remettez ce portable à l'heure."),
    ),
    "visit_too_long_ago": (
        mark("Le {day} est passé depuis {days} jours : aucune visite n'est enregistrée."),
        mark("Vérifiez l'année ; une visite se saisit jusqu'à un an après."),
    ),
    "closing_before_opening": (
        mark("{at} est avant l'ouverture de ce passage ({opened})."),
        mark("Donnez l'heure où la porte a fermé."),
    ),
}
