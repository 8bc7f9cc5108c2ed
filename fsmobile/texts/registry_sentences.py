"""Sentences for whoever runs a registry: its schema, its replicas, what is kept apart."""

from collections.abc import Mapping

from fsmobile.texts.translation import mark

REGISTRY_SENTENCES: Mapping[str, tuple[str, str]] = {
    "slot_not_chosen": (
        mark("Aucune heure n'est choisie."),
        mark("Choisissez une heure libre, puis recommencez."),
    ),
    "form_not_ours": (
        mark("Ce formulaire a expiré ou ne vient pas de cette page."),
        mark("Recommencez."),
    ),
    "slot_not_free": (
        mark("{at} n'est plus libre à ce passage, ou le passage n'est plus proposé."),
        mark("Choisissez une autre heure."),
    ),
    "registry_too_old": (
        mark("La base du registre est d'un fsmobile plus ancien (schéma {migration})."),
        mark("Sauvegardez-la, puis : « fsmobile registry migrate »."),
    ),
    "registry_read_only": (
        mark("Cette base ne se laisse que lire : c'est une réplique, rien n'a été écrit."),
        mark("Donnez l'adresse du serveur principal."),
    ),
    "registry_replica_of_another": (
        mark("Cette réplique est celle d'un autre registre."),
        mark("Donnez à « --read-database » une copie de la base que ce registre sert."),
    ),
    "decision_without_name": (
        mark("Une décision porte le nom de la personne qui la prend."),
        mark("Donnez-le : « --by NOM », 100 caractères au plus."),
    ),
    "assignment_of_a_revoked_laptop": (
        mark("« {name} » est révoqué : il n'est affecté nulle part."),
        mark("Pour qu'il serve de nouveau, inscrivez-le avec un code."),
    ),
    "assignment_unchanged": (
        mark("« {name} » est déjà à {unit}, dans ce rôle ; rien n'a été changé."),
        mark("Donnez une autre unité (« --unit ») ou un autre rôle (« --role »)."),
    ),
    "agency_malformed": (
        mark("« {value} » n'est pas l'identifiant d'une structure."),
        mark("Donnez-le comme dans le planning : minuscules, chiffres et tirets."),
    ),
    "family_unknown": (
        mark("« {value} » n'est pas une famille d'actes qui se supprime avec l'âge."),
        mark("Donnez l'une de celles-ci : {expected}."),
    ),
    "months_out_of_range": (
        mark("Une durée va de 1 à {maximum} mois ; 0 garde sans limite. Reçu : {value}."),
        mark("Donnez un nombre de mois dans ces bornes ; rien n'a été changé."),
    ),
    "quarantined_op_not_found": (
        mark("Ces actes ne sont pas mis de côté, ou sont déjà repris : {id}."),
        mark("« fsmobile registry quarantine show POSTE » donne les identifiants."),
    ),
}
