"""Sentences of what is accepted after a check: why it cannot be."""

from collections.abc import Mapping

from fsmobile.texts.translation import mark

CHECK_SENTENCES: Mapping[str, tuple[str, str]] = {
    "notice_not_found": (
        mark("Le contrôle ne dit pas « {id} »."),
        mark("Prenez le code et l'id que donne fsmobile schedule check --format json."),
    ),
    "acknowledgement_of_error": (
        mark("« {value} » est une erreur : elle ne s'accepte pas."),
        mark("Corrigez-la ; un avertissement ou une information s'accepte."),
    ),
    "acknowledgement_end": (
        mark("« {value} » n'est pas une fin possible."),
        mark("Donnez un jour à venir, à {maximum} jours au plus."),
    ),
    "acknowledgement_without_reason": (
        mark("Rien n'est accepté sans raison."),
        mark("Dites pourquoi, par --why."),
    ),
}
