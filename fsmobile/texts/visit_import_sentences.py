"""Sentences of imported visits: what a line says wrongly, why a file is none."""

from collections.abc import Mapping

from fsmobile.texts.translation import mark

VISIT_IMPORT_PROBLEMS: Mapping[str, str] = {
    "import_number_wrong": mark("« {value} » n'est pas un nombre entier."),
    "import_day_wrong": mark("« {value} » n'est pas un jour ; écrivez-le 21/11/2026."),
    "import_hour_wrong": mark("« {value} » n'est pas une heure ; écrivez-la 9h05."),
    "import_value_unknown": mark("« {value} » n'est pas une valeur de cette colonne."),
    "import_procedure_unknown": mark(
        "« {value} » n'est pas une démarche du catalogue (fsmobile catalogue MOTS)."
    ),
    "import_passage_twice": mark("Le passage « {value} » est déjà plus haut dans ce fichier."),
    "import_lines_apart": mark("Les lignes de la visite « {value} » ne se suivent pas."),
    "import_value_left_out": mark("« {value} » n'est pas compris : la case est laissée vide."),
    "import_note_left_out": mark(
        "La note contient un numéro qui désigne une personne : elle est laissée de côté."
    ),
}

VISIT_IMPORT_SENTENCES: Mapping[str, tuple[str, str]] = {
    "import_file_too_large": (
        mark("Ce fichier dépasse {maximum} Mo : rien n'a été lu."),
        mark("Coupez-le en plusieurs, chacun avec la ligne des titres."),
    ),
    "import_not_a_table": (
        mark("Ce fichier n'est pas un tableau CSV ({detail}) : rien n'a été lu."),
        mark("Enregistrez la feuille en CSV depuis votre tableur, puis recommencez."),
    ),
    "import_columns_missing": (
        mark("Aucune ligne de titres : il faut au moins {columns}."),
        mark("Les colonnes sont dans docs/definitions.md ; un export de la Coop se lit tel quel."),
    ),
}
