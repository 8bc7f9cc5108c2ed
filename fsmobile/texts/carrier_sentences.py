"""Sentences of the stick and of the meeting of two laptops: what happened, what to do next."""

from collections.abc import Mapping

from fsmobile.texts.translation import mark

_AGAIN = mark("Rien n'est perdu. Refaites la clé, puis recommencez.")
_KEPT = mark("Rien n'est perdu : tout est encore sur ce poste.")

CARRIER_SENTENCES: Mapping[str, tuple[str, str]] = {
    "bundle_too_large": (
        mark("Ce fichier dépasse {maximum} Mo."),
        mark("Portez-le à la base : fsmobile registry import FICHIER."),
    ),
    "stick_with_nothing": (
        mark("Rien n'attend : tout ce qui est ici a son reçu, aucune clé n'est écrite."),
        mark("Pour recevoir seulement ce que les autres ont fait : ajoutez « --empty »."),
    ),
    "stick_unreadable": (
        mark("Ce fichier ne se lit pas : coupé, modifié, ou écrit pour un autre."),
        _AGAIN,
    ),
    "stick_wrong_way": (
        mark("Ce fichier va dans l'autre sens."),
        mark("Au registre, importez le .fsbundle ; sur le portable, le .fsack."),
    ),
    "stick_of_former_key": (
        mark("Cette réponse est signée d'une ancienne clé du registre ; rien n'en a été pris."),
        _AGAIN,
    ),
    "stick_of_unknown_device": (
        mark("Cette clé vient d'un portable que ce registre ne connaît pas."),
        mark("Vérifiez que c'est le bon registre, ou inscrivez le portable."),
    ),
    "stick_refused": (
        mark("Le registre n'a pas pu prendre cette clé ({detail})."),
        mark("Rien n'est perdu. Synchronisez par le réseau, ou appelez le support."),
    ),
    "medium_full": (
        mark("Le disque ou la clé ne peut pas prendre ce fichier : {path}."),
        mark("Faites-y de la place, puis recommencez."),
    ),
    "medium_unreliable": (
        mark("Ce qui a été écrit ne se relit pas pareil : {path}."),
        mark("Ce disque ou cette clé perd des données : prenez-en un autre."),
    ),
    "peer_unreachable": (
        mark("Aucun portable n'attend à l'adresse {address}."),
        mark("Sur l'autre portable, lancez « fsmobile peer », puis tapez ce qu'il affiche."),
    ),
    "peer_unreadable": (
        mark("L'autre portable a répondu quelque chose qui ne se lit pas."),
        mark("Rien n'est perdu. Recommencez ; si cela revient, mettez les deux à jour."),
    ),
    "peer_of_another_unit": (
        mark("L'autre portable est celui d'un autre bus ({unit})."),
        mark("Deux portables n'échangent que dans un même bus ; passez par le registre."),
    ),
    "peer_revoked": (
        mark("Le poste {name} a été révoqué : rien n'est échangé avec lui."),
        mark("S'il l'a été par erreur, inscrivez-le à nouveau ; son travail attend au registre."),
    ),
    "peer_is_this_laptop": (
        mark("Cette adresse est celle de ce portable-ci."),
        mark("Tapez l'adresse que montre l'autre portable."),
    ),
    "peer_not_certified": (
        mark("L'autre portable n'est pas inscrit auprès du même registre."),
        mark(
            "Rien n'a été échangé. Si le registre a changé de clé depuis peu, synchronisez d'abord"
            " ce poste-ci."
        ),
    ),
    "peer_not_signed": (
        mark("Ce que donne l'autre portable n'est pas signé par lui."),
        _KEPT,
    ),
    "port_taken": (
        mark("Le port {port} est déjà pris sur ce poste."),
        mark("Donnez un autre port : --port 0 en choisit un libre."),
    ),
}
