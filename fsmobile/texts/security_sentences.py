"""Sentences of what is refused because it could be an attack."""

from collections.abc import Mapping

from fsmobile.texts.translation import mark

SECURITY_SENTENCES: Mapping[str, tuple[str, str]] = {
    "home_is_a_link": (
        mark("{home} n'est pas un dossier, mais un lien vers {target}."),
        mark("Si c'est voulu, donnez le vrai dossier : « --home {target} »."),
    ),
    "planted_in_home": (
        mark("À la place d'un fichier ou d'un dossier de ce poste il y a autre chose : {path}."),
        mark("Regardez qui l'a mis là, retirez-le, ou appelez le support. Rien n'a été touché."),
    ),
    "name_not_written": (
        mark("Le nom n'a pas pu être ajouté à {path}."),
        mark('Écrivez-le dans ce fichier, sous [noms] : {agent} = "Nom".'),
    ),
    "home_not_writable": (
        mark("Rien ne peut être écrit dans {home}."),
        mark("Rendez ce dossier inscriptible, ou donnez-en un autre : « --home DOSSIER »."),
    ),
    "home_of_another": (
        mark("Le dossier {home} appartient à une autre personne de cette machine."),
        mark("Ouvrez sa session, ou donnez un dossier à vous : « --home DOSSIER »."),
    ),
}
