"""Sentences of what goes wrong with the accounts of the fleet pages."""

from collections.abc import Mapping

from fsmobile.texts.translation import mark

ACCOUNT_SENTENCES: Mapping[str, tuple[str, str]] = {
    "account_name_malformed": (
        mark("« {value} » ne peut pas être le nom d'un compte."),
        mark("2 à 40 signes : minuscules sans accent, chiffres, point, tiret."),
    ),
    "account_exists": (
        mark("Le compte « {value} » existe déjà."),
        mark("Prenez un autre nom, ou : « fsmobile registry account passphrase »."),
    ),
    "account_without_agency": (
        mark("Un compte de coordination ou de mairie est limité à une structure."),
        mark("Donnez-la : « --agency STRUCTURE »."),
    ),
    "account_of_a_commune": (
        mark("Un compte de mairie réserve pour une commune ; les autres n'en ont pas."),
        mark("Donnez « --role town_hall --agency STRUCTURE --commune INSEE », ou retirez-la."),
    ),
    "commune_malformed": (
        mark("« {value} » n'est pas le code INSEE d'une commune."),
        mark("Cinq signes, comme dans lieux.toml : 16196, 2A004."),
    ),
    "administrator_with_agency": (
        mark("Un compte d'administration voit toutes les structures."),
        mark("Retirez « --agency », ou choisissez le rôle coordinator ou reader."),
    ),
    "agency_malformed": (
        mark("« {value} » n'est pas l'identifiant d'une structure."),
        mark("Écrivez-le comme dans le planning : minuscules, chiffres et tirets."),
    ),
    "account_not_found": (
        mark("Aucun compte « {id} »."),
        mark("« fsmobile registry account list » donne les noms."),
    ),
    "passphrase_length": (
        mark("La phrase de passe doit avoir de {minimum} à {maximum} caractères."),
        mark("Quatre ou cinq mots sans lien font une bonne phrase."),
    ),
    "passphrase_holds_name": (
        mark("La phrase de passe contient le nom du compte."),
        mark("Quatre ou cinq mots sans lien font une bonne phrase."),
    ),
    "passphrase_without_terminal": (
        mark("Sans terminal, la phrase de passe ne peut pas être demandée."),
        mark("Donnez-la par « --passphrase-file FICHIER »."),
    ),
    "passphrase_file_unreadable": (
        mark("Le fichier « {path} » ne se lit pas."),
        mark("Vérifiez son nom, et que c'est un fichier de texte."),
    ),
    "second_factor_refused": (
        mark("Ce code n'est pas celui de l'application en ce moment ; rien n'a été changé."),
        mark("Vérifiez l'heure du téléphone et de cette machine, puis recommencez."),
    ),
}
