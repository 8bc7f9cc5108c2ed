"""Sentences of the encrypted store: passphrases, recovery words, what opens and what does not."""

from collections.abc import Mapping

from fsmobile.texts.translation import mark

KEY_SENTENCES: Mapping[str, tuple[str, str]] = {
    "wrong_passphrase": (
        mark("Cette phrase de passe n'ouvre pas ce poste."),
        mark("Vérifiez les majuscules et le clavier, puis recommencez."),
    ),
    "wrong_recovery_words": (
        mark("Ces mots de secours ne sont pas ceux de ce poste."),
        mark("Prenez la feuille imprimée pour ce portable, la plus récente."),
    ),
    "passphrase_wait": (
        mark("Trop d'essais : encore {seconds} s à attendre."),
        mark("Attendez, ou ouvrez avec les mots de secours : fsmobile store recover."),
    ),
    "passphrase_needed": (
        mark("Il faut une phrase de passe, et il n'y a pas de terminal pour la demander."),
        mark("Mettez-la dans un fichier que {variable} nomme. À l'inscription : ou « --plain »."),
    ),
    "passphrase_file_unreadable": (
        mark("Le fichier de la phrase de passe ne se lit pas : {path}."),
        mark("Vérifiez FSMOBILE_PASSPHRASE_FILE et FSMOBILE_NEW_PASSPHRASE_FILE."),
    ),
    "passphrase_too_short": (
        mark("Une phrase de passe a {least} caractères au moins."),
        mark("Prenez quatre ou cinq mots qui ne vont pas ensemble."),
    ),
    "passphrase_exists": (
        mark("{agent} a déjà une phrase de passe."),
        mark("Pour la changer : fsmobile store passphrase, ou fsmobile store recover."),
    ),
    "passphrase_not_found": (
        mark("« {id} » n'a pas de phrase de passe sur ce poste."),
        mark("« fsmobile store check » dit qui en a une."),
    ),
    "last_passphrase": (
        mark("{agent} est seul à avoir une phrase de passe : elle reste."),
        mark("Donnez-en d'abord une à quelqu'un d'autre : fsmobile store agent-add."),
    ),
    "old_passphrase": (
        mark("{agent} n'a pas encore ouvert ce poste depuis la mise à jour : la clé reste."),
        mark(
            "Une fois sa phrase de passe donnée : fsmobile store rekey. Si {agent} ne vient"
            " plus : fsmobile store agent-remove {agent}."
        ),
    ),
    "old_recovery_words": (
        mark("Les mots de secours datent d'avant la mise à jour : la clé reste."),
        mark(
            "Faites-en de nouveaux : fsmobile store recover, ou, s'ils sont perdus, decrypt puis"
            " encrypt."
        ),
    ),
    "store_encrypted_already": (
        mark("Les données de ce poste sont déjà chiffrées."),
        mark("Pour ajouter quelqu'un : fsmobile store agent-add."),
    ),
    "store_plain_already": (
        mark("Les données de ce poste ne sont pas chiffrées."),
        mark("Pour les chiffrer : fsmobile store encrypt."),
    ),
    "decrypt_not_meant": (
        mark(
            "Déchiffrer rend lisibles, à qui a ce disque, les visites, les suites, les brouillons"
            " et la clé de ce poste."
        ),
        mark("Si c'est bien voulu : fsmobile store decrypt --yes."),
    ),
    "store_at_work": (
        mark("Les écrans ou une synchronisation sont ouverts sur ce poste."),
        mark("Fermez-les, puis recommencez."),
    ),
    "own_names_kept": (
        mark("{n} noms donnés sur ce poste s'y gardent, chiffrés, jusqu'au {day} au plus tard."),
        mark(
            "Un poste sans chiffrement ne garde aucun nom. Synchronisez, puis inscrivez-le dans un"
            " dossier neuf : fsmobile enrol --plain --home DOSSIER."
        ),
    ),
    "store_copy_differs": (
        mark("La copie ne contient pas la même chose que l'original ({table})."),
        mark("L'original n'a pas été touché. Lisez cette phrase au support."),
    ),
    "key_header_damaged": (
        mark("Le fichier qui dit comment ouvrir les données est abîmé : {path}."),
        mark("N'effacez rien. Remettez keys.json depuis une copie, ou appelez le support."),
    ),
    "key_header_lost": (
        mark("Les données sont chiffrées et {path} manque : rien ne peut les ouvrir sans lui."),
        mark("N'effacez rien. Remettez ce fichier depuis une copie, ou appelez le support."),
    ),
    "journal_unreadable": (
        mark("Ce fichier n'est pas un journal, ou il est d'un programme plus récent : {path}."),
        mark("Demandez-le de nouveau : fsmobile journal export --output FICHIER"),
    ),
    "names_locked": (
        mark("Ce poste n'a pas vu le registre depuis plus de {days} jours : les noms sont fermés."),
        mark("Une synchronisation les rouvre. Tout le reste sert comme d'habitude."),
    ),
}
