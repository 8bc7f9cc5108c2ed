"""Sentences of imports: what another service's dates say wrongly, why nothing can be written."""

from collections.abc import Mapping

from fsmobile.texts.translation import mark

IMPORT_PROBLEMS: Mapping[str, str] = {
    "import_weekday_mismatch": mark(
        "« {value} » : ce jour-là est un autre jour de la semaine ({day}). Demandez au service, ou"
        " corrigez la ligne."
    ),
    "import_date_impossible": mark("« {value} » n'est pas une date. Corrigez la ligne."),
    "import_date_outside": mark("« {value} » n'est pas dans les dates demandées ({day})."),
    "import_year_missing": mark("« {value} » ne dit pas l'année : donnez-la par --year."),
    "import_hours_wrong": mark("« {value} » n'est pas une plage d'heures. Corrigez la ligne."),
    "import_without_hours": mark(
        "« {value} » ne dit pas d'heures : donnez-les par --hours, ou ajoutez-les à la ligne."
    ),
    "import_without_place": mark("« {value} » ne dit pas de lieu. Ajoutez-le à la ligne."),
    "import_rule_unknown": mark(
        "« {value} » : cette règle n'est pas comprise ; donnez ses dates une à une."
    ),
    "import_places_mixed": mark(
        "« {value} » dit des heures pour plusieurs lieux : écrivez une ligne pour chacun."
    ),
    "import_line_unused": mark("Rien n'est pris de « {value} »."),
    "import_commune_unknown": mark(
        "« {value} » n'est le nom entier d'aucune commune du département {department} : le lieu"
        " est écrit sans code INSEE."
    ),
    "import_encoding": mark("Ce fichier n'est pas en UTF-8 ; il est lu comme du {value}."),
    "import_told_twice": mark("Passages donnés plus d'une fois, pris une seule : {value}."),
}

IMPORT_SENTENCES: Mapping[str, tuple[str, str]] = {
    "import_source_missing": (
        mark("« {path} » ne se lit pas."),
        mark("Vérifiez le nom du fichier ou du dossier."),
    ),
    "import_source_empty": (
        mark("Aucun fichier à importer dans « {path} »."),
        mark("Les fichiers connus : {known}."),
    ),
    "import_source_too_large": (
        mark("« {path} » est trop gros pour un planning : rien n'a été lu."),
        mark("Gardez les lignes des passages : 4 Mo par fichier, 500 fichiers au plus."),
    ),
    "import_into_other_folder": (
        mark("« {path} » contient autre chose qu'un planning : rien n'y a été écrit."),
        mark("Donnez le dossier d'un planning, ou un dossier qui n'existe pas encore."),
    ),
    "import_into_faulty_folder": (
        mark("Le planning de « {path} » a des fautes : rien n'y a été ajouté."),
        mark("Corrigez d'abord ce qui suit (fsmobile schedule check)."),
    ),
    "import_nothing_found": (
        mark("Aucun passage n'a pu être lu : rien n'a été écrit."),
        mark("Il faut une date, des heures et un lieu. Une ligne suffit pour essayer."),
    ),
    "import_dates_too_far": (
        mark("Les dates vont du {first} au {last} : une année est sans doute fausse."),
        mark("Corrigez-la, ou bornez l'import par --from et --to."),
    ),
    "import_doubtful": (
        mark("Des lignes sont douteuses : rien n'a été écrit."),
        mark("Corrigez-les, ou importez le reste avec --leave-out."),
    ),
    "import_not_reproduced": (
        mark(
            "Les fichiers proposés ne redonnent pas exactement les dates ({reproduced} sur"
            " {published}) : rien n'a été écrit."
        ),
        mark("C'est un défaut de fsmobile : envoyez-nous ces dates."),
    ),
}
