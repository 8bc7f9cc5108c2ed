"""Sentences for whoever runs a registry: its schema, its replicas, what is kept apart."""

from collections.abc import Mapping

from fsmobile.texts.translation import mark

REGISTRY_SENTENCES: Mapping[str, tuple[str, str]] = {
    "registry_too_new": (
        mark("La base du registre vient d'un fsmobile plus récent ; rien n'a été touché."),
        mark("Installez sur ce serveur la dernière version de fsmobile, puis recommencez."),
    ),
    "registry_two_databases": (
        mark("« --data » et « --database » ne vont pas ensemble."),
        mark("Gardez un des deux."),
    ),
    "registry_without_database": (
        mark("Où est la base du registre ?"),
        mark("Donnez « --data DOSSIER », ou « --database ADRESSE »."),
    ),
    "registry_port_taken": (
        mark("Le port {port} de {host} est déjà pris."),
        mark("Choisissez-en un autre, ou arrêtez le programme qui l'occupe."),
    ),
    "prove_database": (
        mark("« {value} » n'est pas l'adresse d'une base PostgreSQL."),
        mark("Donnez-la ainsi : postgresql+psycopg://utilisateur@machine/base."),
    ),
    "prove_database_not_empty": (
        mark("La base « {value} » n'est pas vide : les mondes simulés l'effaceraient."),
        mark("Créez une base vide pour cet essai, et donnez son adresse."),
    ),
    "registry_backup_exists": (
        mark("« {path} » existe déjà ; une sauvegarde n'en remplace jamais une autre."),
        mark("Donnez un autre nom, par exemple avec la date."),
    ),
    "registry_backup_differs": (
        mark("La sauvegarde relue ne contient pas ce que le registre tient : elle est écartée."),
        mark("Recommencez ; si cela dure, vérifiez le disque, puis « fsmobile registry verify »."),
    ),
    "registry_backup_unreadable": (
        mark("« {path} » n'est pas une sauvegarde du registre, ou elle est abîmée."),
        mark("Rien n'a été touché. Prenez la sauvegarde précédente."),
    ),
    "registry_backup_of_another": (
        mark("Cette sauvegarde est celle d'un autre registre."),
        mark("Rien n'a été touché. Vérifiez le fichier, et le registre que vous nommez."),
    ),
    "registry_tool_failed": (
        mark("{program} n'a pas réussi : {detail}"),
        mark("Le registre est comme avant. Mettez {program} à la version du serveur."),
    ),
    "postgresql_tool_not_found": (
        mark("« {id} » n'est pas sur cette machine."),
        mark("Installez les outils clients de PostgreSQL, à la version du serveur."),
    ),
    "registry_file_unwritable": (
        mark("« {path} » ne peut pas être écrit, ou existe déjà."),
        mark("Donnez un autre nom, dans un dossier où vous pouvez écrire."),
    ),
    "device_ambiguous": (
        mark("Plusieurs postes répondent à « {value} » ; rien n'a été fait."),
        mark("Donnez l'identifiant : {names}."),
    ),
    "erase_of_nothing": (
        mark("Rien n'est désigné à effacer."),
        mark("Donnez des identifiants et « --ground MOTIF », ou « --expired »."),
    ),
    "erase_of_a_schedule": (
        mark("Un planning est public et ne s'efface pas : {value}."),
        mark("Retirez-en le mot et publiez de nouveau ; rien n'a été effacé."),
    ),
    "registry_not_scrubbed": (
        mark("C'est effacé, mais une lecture en cours retient encore les anciens fichiers."),
        mark("Recommencez la même commande dans une minute."),
    ),
    "risk_of_a_laptop_in_use": (
        mark("« {name} » n'est pas révoqué : il confirmera à sa prochaine synchronisation."),
        mark("S'il est perdu, révoquez-le d'abord : « fsmobile registry revoke {name} »."),
    ),
    "op_not_found": (
        mark("Le registre ne tient aucun de ces actes : {id}."),
        mark("« fsmobile registry export » donne les identifiants."),
    ),
    "registry_needs_tls": (
        mark("Sans TLS, le registre n'écoute que sur cette machine (127.0.0.1)."),
        mark("Donnez « --tls-cert » et « --tls-key », ou « --behind-proxy » derrière un relais."),
    ),
    "metrics_token_unreadable": (
        mark("Le jeton de /metrics ne se lit pas : {path}"),
        mark("Écrivez-y une ligne sans accents, lisible du registre seul."),
    ),
    "metrics_token_short": (
        mark("Le jeton de /metrics est trop court : {path}"),
        mark("Il en faut {minimum} caractères au moins, tirés au sort."),
    ),
    "registry_tls_unreadable": (
        mark("Le certificat ou sa clé ne se lisent pas : {detail}"),
        mark("Il faut les deux, au format PEM, la clé sans mot de passe."),
    ),
    "unit_malformed": (
        mark("« {value} » ne nomme pas un bus."),
        mark("Écrivez structure/véhicule, par exemple charente/bus."),
    ),
    "role_unknown": (
        mark("Le rôle « {value} » n'existe pas."),
        mark("Choisissez parmi : {expected}."),
    ),
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
    "registry_database_malformed": (
        mark("L'adresse de la base n'en est pas une."),
        mark("Elle s'écrit postgresql://NOM@MACHINE/BASE ; le mot de passe est dans PGPASSFILE."),
    ),
    "registry_database_away": (
        mark("La base ne répond pas, ou ne laisse pas entrer : {detail}"),
        mark("Vérifiez que PostgreSQL tourne, l'adresse, et PGPASSFILE ; puis recommencez."),
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
