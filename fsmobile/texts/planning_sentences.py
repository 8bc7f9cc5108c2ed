"""Sentences of the coordinator's editor: why an act is refused, what to do instead."""

from collections.abc import Mapping

from fsmobile.texts.translation import mark

PLANNING_SENTENCES: Mapping[str, tuple[str, str]] = {
    "email_not_valid": (
        mark("« {value} » n'est pas une adresse de courriel."),
        mark("Une adresse s'écrit mairie@exemple.fr."),
    ),
    "contact_too_long": (
        mark("{length} caractères ; {maximum} au plus."),
        mark("Gardez une seule adresse et un seul numéro."),
    ),
    "commune_notice_not_found": (
        mark("Aucune commune à prévenir ne répond à « {id} », ou plusieurs."),
        mark("Sur la liste : {known}."),
    ),
    "commune_or_all": (
        mark("Nommez une commune, ou dites --all pour toutes celles qui restent."),
        mark("La liste : fsmobile notice list."),
    ),
    "passage_is_off": (
        mark("Ce passage n'a plus lieu ({value})."),
        mark("Donnez un autre passage à la personne, ou annulez le rendez-vous."),
    ),
    "communes_are_the_coordinators": (
        mark("Ce poste est inscrit comme agent : la coordination prévient les communes."),
        mark("Notez-le sur un poste de la coordination."),
    ),
    "nothing_to_acknowledge": (
        mark("Cette commune n'a pas encore été prévenue."),
        mark("Notez d'abord qu'elle l'est, puis sa réponse."),
    ),
    "version_not_in_force": (
        mark("La version n'est plus en vigueur le {value}."),
        mark("Choisissez un passage de la version à changer."),
    ),
    "version_exists": (
        mark("Une version prend déjà effet ce jour-là : « {value} »."),
        mark("Changez-la avec « toutes »."),
    ),
    "nothing_to_restore": (
        mark("Aucune exception ne porte sur ce passage."),
        mark("Une fermeture se retire dans calendriers/fermetures.toml."),
    ),
    "stop_passes_already": (
        mark("Cet arrêt ({value}) est déjà desservi ce jour-là."),
        mark("Choisissez un autre jour."),
    ),
    "not_two_stops_of_a_run": (
        mark("Deux arrêts ne s'échangent que dans une même sortie."),
        mark("Placez-vous sur un arrêt qui en a un autre le même jour."),
    ),
    "rule_is_not_once": (
        mark("Une règle vaut pour plusieurs jours."),
        mark("Choisissez « à partir de celle-ci » ou « toutes »."),
    ),
    "passage_without_rule": (
        mark("Ce passage vient d'une exception, pas d'une règle."),
        mark("Choisissez « cette fois »."),
    ),
    "move_is_once": (
        mark("Ce déplacement ne fait pas une règle : il sort de sa semaine."),
        mark("Choisissez « cette fois », ou écrivez la règle (e)."),
    ),
    "nothing_changes": (
        mark("Rien ne change : c'est déjà ainsi."),
        mark("Rien n'a été écrit."),
    ),
    "commune_not_found": (
        mark("Aucune commune d'aujourd'hui n'a le code « {value} »."),
        mark("Cherchez-la par son nom."),
    ),
    "field_not_understood": (
        mark("« {value} » ne se comprend pas ici."),
        mark("Par exemple : {expected}."),
    ),
    "field_not_taken": (
        mark("« {value} » ne va pas ici ; rien n'a été écrit."),
        mark("Par exemple : {expected}."),
    ),
    "file_to_mend_first": (
        mark("« {path} » ne se lit pas : il n'a pas été touché."),
        mark("Corrigez d'abord sa faute d'écriture."),
    ),
}
