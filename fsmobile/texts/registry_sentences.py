"""Sentences for whoever runs a registry: its schema, its replicas, what is kept apart."""

from collections.abc import Mapping

from fsmobile.texts.translation import mark

REGISTRY_SENTENCES: Mapping[str, tuple[str, str]] = {
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
    "quarantined_op_not_found": (
        mark("Ces actes ne sont pas mis de côté, ou sont déjà repris : {id}."),
        mark("« fsmobile registry quarantine show POSTE » donne les identifiants."),
    ),
}
