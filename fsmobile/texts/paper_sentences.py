"""Sentences about the lines of a sheet that was kept by hand: what is wrong, what to write."""

from collections.abc import Mapping

from fsmobile.texts.translation import mark

PAPER_SENTENCES: Mapping[str, tuple[str, str]] = {
    "paper_line_without_hour": (
        mark("« {value} » ne commence pas par une heure."),
        mark("Écrivez par exemple « 9h35 17r »."),
    ),
    "paper_line_without_procedure": (
        mark("Il manque le numéro de la démarche et la lettre de l'issue."),
        mark("Écrivez par exemple « 9h35 17r » ; les numéros sont sur la feuille du jour."),
    ),
    "paper_number_unknown": (
        mark("Aucune démarche n'a le numéro {value}."),
        mark("Les numéros sont sur la feuille du jour, et « fsmobile catalogue MOTS » les dit."),
    ),
    "paper_word_unknown": (
        mark("« {value} » ne se lit pas après l'issue."),
        mark("Y vont les personnes, les minutes, f ou d (première fois, déjà venu), a1 à a7."),
    ),
    "paper_day_in_the_future": (
        mark("Le {value} n'est pas encore venu."),
        mark("Une feuille se saisit le jour même, ou après."),
    ),
    "paper_lines_refused": (
        mark("Lignes que rien n'a enregistrées : {n}."),
        mark("Corrigez-les et redonnez celles-là seules ; les autres sont enregistrées."),
    ),
}
PAPER_PROBLEMS: Mapping[str, str] = {code: what for code, (what, _next) in PAPER_SENTENCES.items()}
"""The same, of one line among several."""
