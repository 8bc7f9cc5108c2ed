"""Sentences of errors whose code says more than their class: what happened, what to do next."""

from collections.abc import Mapping

from fsmobile.texts.account_sentences import ACCOUNT_SENTENCES
from fsmobile.texts.carrier_sentences import CARRIER_SENTENCES
from fsmobile.texts.check_sentences import CHECK_SENTENCES
from fsmobile.texts.export_sentences import EXPORT_SENTENCES
from fsmobile.texts.git_sentences import GIT_SENTENCES
from fsmobile.texts.import_sentences import IMPORT_SENTENCES
from fsmobile.texts.key_sentences import KEY_SENTENCES
from fsmobile.texts.logbook_sentences import LOGBOOK_SENTENCES
from fsmobile.texts.paper_sentences import PAPER_SENTENCES
from fsmobile.texts.plan_study_sentences import PLAN_STUDY_SENTENCES
from fsmobile.texts.planning_sentences import PLANNING_SENTENCES
from fsmobile.texts.registry_sentences import REGISTRY_SENTENCES
from fsmobile.texts.report_sentences import REPORT_SENTENCES
from fsmobile.texts.security_sentences import SECURITY_SENTENCES
from fsmobile.texts.translation import mark
from fsmobile.texts.visit_import_sentences import VISIT_IMPORT_SENTENCES

Sentences = Mapping[str, tuple[str, str]]

_WAIT = mark("Tout est enregistré sur ce poste ; l'envoi se fera quand le réseau sera là.")
_SUPPORT = mark("Rien n'est perdu. Au support, lisez : {code}.")

_LAPTOP: Sentences = {
    "not_enrolled": (
        mark("Ce poste n'est pas encore inscrit : il n'appartient à aucun bus."),
        mark("Demandez un code à la personne qui coordonne, puis « fsmobile enrol URL »."),
    ),
    "of_another_bus": (
        mark("Cela vient du bus {unit} : ce poste le lit et ne peut pas le changer."),
        mark("Appelez ce bus : un de ses postes peut le faire."),
    ),
    "screen_already_open": (
        mark("fsmobile est déjà ouvert sur ce poste ({home})."),
        mark("Revenez à sa fenêtre ; les commandes et la synchronisation marchent à côté."),
    ),
    "no_terminal": (
        mark("Les écrans ont besoin d'un terminal."),
        mark("Ouvrez-en un, ou servez-vous des commandes : « fsmobile --help »."),
    ),
    "sync_crashed": (
        mark("La synchronisation s'est arrêtée sur une faute du programme."),
        mark("Rien n'est perdu. Recommencez ; si cela revient, appelez le support."),
    ),
    "sync_running": (
        mark("Une synchronisation est déjà en cours sur ce poste."),
        mark("Attendez qu'elle finisse ; il n'y a rien d'autre à faire."),
    ),
    "store_read_only": (
        mark("Les données de ce poste ne peuvent pas être écrites : dossier en lecture seule."),
        mark("Rendez le dossier de fsmobile modifiable, puis recommencez."),
    ),
    "store_cannot_open": (
        mark("Les données de ce poste ne s'ouvrent pas."),
        mark("Vérifiez que le dossier existe et que vous avez le droit d'y écrire."),
    ),
    "unknown_visit_field": (
        mark("Une visite n'a pas de champ « {field} »."),
        mark("Choisissez un des champs de la visite."),
    ),
}
_PASSAGES: Sentences = {
    "passage_not_open": (
        mark("Ce passage n'a pas été ouvert."),
        mark("Ouvrez-le d'abord, ou annulez-le s'il n'a pas eu lieu."),
    ),
    "no_open_passage": (
        mark("Aucun passage n'est ouvert le {day}."),
        mark("Ouvrez-le avec « fsmobile passage open », ou nommez-le avec « --passage »."),
    ),
    "procedure_not_found": (
        mark("La démarche « {id} » n'existe pas."),
        mark("Les plus proches : {known}. Pour chercher : « fsmobile catalogue MOTS »."),
    ),
    "outcome_unknown": (
        mark("L'issue « {value} » n'existe pas."),
        mark("Au choix : {expected}."),
    ),
    "agenda_window_invalid": (
        mark("Du {first} au {last}, il n'y a pas de jour, ou trop."),
        mark("Donnez un premier jour avant le dernier, cent ans d'écart au plus."),
    ),
    "stop_not_that_day": (
        mark("Pas d'arrêt « {value} » le {day}."),
        mark("Il est prévu le {next_day}. Pour s'arrêter quand même : « --unplanned » et un lieu."),
    ),
    "no_such_passage_that_day": (
        mark("Pas d'arrêt « {value} » le {day}."),
        mark(
            "Prévu le {next_day} : « --date {next} » s'il s'agit de ce jour-là. Passages du {day} :"
            " « fsmobile passage list --date {on} »."
        ),
    ),
    "no_stop_that_day": (
        mark("Aucun arrêt n'est prévu le {day}, et « {value} » ne l'est pas ensuite."),
        mark("Prochain jour de passage : {next}. Noms : « fsmobile passage list --date {next} »."),
    ),
    "no_stop_planned": (
        mark("Aucun arrêt n'est prévu le {day}, ni dans les trois mois qui suivent."),
        mark("« fsmobile sync » reçoit le planning ; « passage open --unplanned » ouvre un lieu."),
    ),
    "visit_ambiguous": (
        mark("Plusieurs visites répondent à « {value} » ; rien n'a été fait."),
        mark("Donnez l'identifiant de l'une d'elles : {names}."),
    ),
    "passage_ambiguous": (
        mark("Plusieurs passages du {day} répondent à « {value} » ; rien n'a été fait."),
        mark("Donnez l'un d'eux en entier : {names}."),
    ),
    "passage_not_ahead": (
        mark("Aucun passage à venir ne s'appelle « {value} », ou il est déjà fini."),
        mark("À venir : {known}."),
    ),
    "passage_unknown": (
        mark("Aucun passage « {value} » le {day}."),
        mark("Ce jour-là : {known}."),
    ),
}
_PROMISES: Sentences = {
    "appointment_length_out_of_range": (
        mark("Un rendez-vous dure de 1 à {maximum} minutes, et non {value}."),
        mark("Donnez une autre durée."),
    ),
    "note_too_long": (
        mark("La note fait {length} caractères ; {maximum} au plus."),
        mark("Raccourcissez-la."),
    ),
    "invalid_follow_up": (
        mark("La suite ne peut pas être gardée telle quelle."),
        mark("Corrigez ce qui suit ; rien n'est perdu."),
    ),
    "names_need_a_locked_store": (
        mark("Aucun nom ne peut être gardé : les données de ce poste ne sont pas chiffrées."),
        mark("La suite est gardée sans nom. Pour chiffrer le poste, voyez la coordination."),
    ),
}
_SCHEDULES: Sentences = {
    "schedule_folder_missing": (
        mark("Le dossier « {path} » ne se lit pas."),
        mark("Vérifiez son nom, et que vous avez le droit de le lire."),
    ),
    "schedule_folder_empty": (
        mark("Aucun planning dans « {path} » : ni lui ni ses dossiers n'ont de structure.toml."),
        mark("Donnez le dossier d'une structure, ou celui qui les contient."),
    ),
    "schedule_folder_too_large": (
        mark("« {path} » contient trop de fichiers pour être un planning."),
        mark("Donnez le dossier d'une structure."),
    ),
    "schedule_invalid": (
        mark("Le planning a des erreurs ; rien n'a été fait."),
        mark("Corrigez ce qui suit, puis recommencez."),
    ),
    "schedule_not_one_tree": (
        mark("« {path} » contient plusieurs plannings : {names}."),
        mark("Donnez le dossier d'une seule structure."),
    ),
    "schedule_of_another_agency": (
        mark("Ce planning est celui de « {value} », et ce poste est à « {expected} »."),
        mark("Donnez le dossier de votre structure."),
    ),
    "coordinator_only": (
        mark("Ce poste est inscrit comme agent : il ne publie pas de planning."),
        mark("Publiez depuis un poste inscrit avec le rôle coordinator."),
    ),
    "publication_waiting": (
        mark("Une publication attend déjà d'être envoyée."),
        mark("Synchronisez d'abord, puis publiez."),
    ),
    "schedule_file_changed": (
        mark("« {path} » a changé pendant ce temps ; il n'a pas été écrasé."),
        mark("Enregistrez ce qui est ouvert dans votre éditeur, puis recommencez."),
    ),
    "publication_too_large": (
        mark("Trop de conflits réglés ({count}) pour une seule publication."),
        mark("Reprenez la révision en vigueur dans un dossier, publiez en plusieurs fois."),
    ),
    "settled_value_not_single": (
        mark("« {value} » : ce conflit porte sur un ensemble, pas sur une seule valeur."),
        mark("Choisissez « --mine » ou « --theirs » ; corrigez ensuite vos fichiers."),
    ),
    "schedule_unchanged": (
        mark("Ce planning est déjà celui de la révision {revision}."),
        mark("Il n'y a rien à publier."),
    ),
    "no_timetable_yet": (
        mark("Aucun planning n'est encore arrivé sur ce poste."),
        mark("Synchronisez d'abord."),
    ),
    "folder_not_empty": (
        mark("Le dossier « {path} » n'est pas vide."),
        mark("Donnez un dossier vide ou à créer : rien n'y est écrasé."),
    ),
    "path_outside_folder": (
        mark("Le planning reçu veut écrire hors du dossier : « {path} »."),
        mark("Rien n'a été écrit. Lisez cette phrase au support : {code}."),
    ),
}
_ENROLMENT: Sentences = {
    "already_enrolled": (
        mark("Ce poste est déjà inscrit pour {unit}, au registre {url}."),
        mark("Pour un autre bus, donnez un autre dossier avec « --home »."),
    ),
    "enrolment_code_unknown": (
        mark("Le registre ne connaît pas ce code d'inscription."),
        mark("Relisez les mots et l'adresse du registre."),
    ),
    "enrolment_code_used": (
        mark("Ce code d'inscription a déjà servi."),
        mark("Demandez-en un autre ; si personne de chez vous ne l'a utilisé, dites-le."),
    ),
    "enrolment_code_expired": (
        mark("Ce code d'inscription est périmé."),
        mark("Demandez-en un autre."),
    ),
    "certificate_not_signed": (
        mark("Le registre n'a pas signé l'inscription de ce poste ; elle n'a pas été gardée."),
        mark("N'insistez pas depuis ce réseau. Au support, lisez : {code}."),
    ),
    "enrolment_not_proved": (
        mark("Ce qui a répondu ne connaît pas votre code : ce n'est pas votre registre."),
        mark("N'insistez pas depuis ce réseau. Au support, lisez : {code}."),
    ),
    "enrolment_code_length": (
        mark("Il y a {expected} mots à donner ; {value} ont été donnés."),
        mark("Donnez-les tous, dans l'ordre, séparés par des espaces."),
    ),
    "enrolment_word_unknown": (
        mark("Le mot n° {position}, « {word} », n'est pas de la liste."),
        mark("Relisez ce mot ; ses quatre premières lettres suffisent."),
    ),
    "enrolment_code_mistyped": (
        mark("Ces mots ne vont pas ensemble : l'un est faux, ou n'est pas à sa place."),
        mark("Relisez les mots, dans l'ordre."),
    ),
}
_EXCHANGE: Sentences = {
    "registry_address": (
        mark("« {value} » n'est pas l'adresse d'un registre."),
        mark("Donnez une adresse complète, par exemple https://registre.exemple.fr."),
    ),
    "not_the_registry": (
        mark("Ce qui a répondu n'est pas le registre : sans doute la page d'accueil d'un Wi-Fi."),
        mark("Tout est gardé ici. Acceptez cette page dans un navigateur, ou changez de réseau."),
    ),
    "registry_too_slow": (mark("Le registre a mis trop de temps à répondre."), _WAIT),
    "registry_busy": (mark("Le registre est occupé."), _WAIT),
    "answer_to_another_request": (
        mark("La réponse reçue est celle d'une autre demande ; rien n'en a été gardé."),
        _WAIT,
    ),
    "device_unknown": (
        mark("Le registre ne connaît pas ce poste."),
        mark("Rien n'est perdu. Demandez un nouveau code d'inscription."),
    ),
    "device_revoked": (
        mark("Ce poste a été retiré du registre."),
        mark("Rien n'est perdu. Demandez à la personne qui coordonne le bus."),
    ),
    "program_too_old": (
        mark("Le registre demande fsmobile {minimum} ou plus récent ; rien n'est perdu."),
        mark("Mettez fsmobile à jour, puis synchronisez."),
    ),
    "registry_cannot_renew": (
        mark("Ce registre ne sait pas encore changer la clé d'un poste ; rien n'a changé."),
        mark("Demandez sa mise à jour."),
    ),
    "renewal_needs_registry": (
        mark("Une clé neuve se donne avec le registre, qui n'a pas répondu ; rien n'a changé."),
        _WAIT,
    ),
    "renewal_not_told": (
        mark("La clé neuve est en place ; le registre ne l'a pas encore confirmée."),
        mark("La prochaine synchronisation le fera : fsmobile sync. Rien n'est perdu."),
    ),
    "registry_cannot_compare": (
        mark("Ce registre ne sait pas encore comparer les jours : sa version est trop ancienne."),
        mark("Rien n'est perdu : tout a été échangé. Demandez sa mise à jour."),
    ),
    "unexpected_answer": (
        mark("Le registre a répondu ce que ce poste n'attendait pas ({detail})."),
        _SUPPORT,
    ),
    "request_malformed": (
        mark("Le registre n'a pas compris ce poste ({detail})."),
        _SUPPORT,
    ),
    "op_too_large": (mark("Un enregistrement est trop gros pour le registre."), _SUPPORT),
    "answer_not_signed": (
        mark("La réponse n'est pas signée par votre registre ; rien n'en a été gardé."),
        mark("N'insistez pas depuis ce réseau. Au support, lisez : {code}."),
    ),
    "receipt_not_signed": (
        mark("Le reçu n'est pas signé par votre registre ; il n'a pas été gardé."),
        mark("N'insistez pas depuis ce réseau. Au support, lisez : {code}."),
    ),
    "receipt_of_another_chain": (
        mark("Le reçu ne prouve pas ce que ce poste a envoyé ; il n'a pas été gardé."),
        _SUPPORT,
    ),
}
_DEMO: Sentences = {
    "demo_day_without_stop": (
        mark("Le bus de la Charente n'a pas d'arrêt dans les semaines qui suivent le {day}."),
        mark("Donnez un autre jour avec « --date »."),
    ),
    "demo_registry_failed": (
        mark("Le registre de la démonstration n'a pas démarré."),
        mark("Il a dit : {detail}"),
    ),
    "demo_step_failed": (
        mark("Une étape de la démonstration n'a pas marché : « {step} »."),
        mark("Elle a dit : {detail}"),
    ),
}

CODE_SENTENCES: Sentences = {
    **_LAPTOP,
    **_PASSAGES,
    **_PROMISES,
    **_SCHEDULES,
    **_ENROLMENT,
    **_EXCHANGE,
    **ACCOUNT_SENTENCES,
    **SECURITY_SENTENCES,
    **REGISTRY_SENTENCES,
    **REPORT_SENTENCES,
    **CARRIER_SENTENCES,
    **EXPORT_SENTENCES,
    **KEY_SENTENCES,
    **LOGBOOK_SENTENCES,
    **CHECK_SENTENCES,
    **GIT_SENTENCES,
    **IMPORT_SENTENCES,
    **VISIT_IMPORT_SENTENCES,
    **PLANNING_SENTENCES,
    **PAPER_SENTENCES,
    **PLAN_STUDY_SENTENCES,
    **_DEMO,
}
"""French sentences by code."""
