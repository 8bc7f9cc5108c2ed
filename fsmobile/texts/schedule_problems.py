"""Sentences for the faults of schedule files, by their codes (see `schedules/README.md`)."""

from collections.abc import Mapping

from fsmobile.texts.translation import mark

_FILES: Mapping[str, str] = {
    "file_unreadable": mark("Le fichier ne se lit pas : {detail}."),
    "merge_markers_left": mark("Une fusion n'est pas finie : il reste « {value} »."),
    "non_canonical_layout": mark("Le fichier n'est pas écrit comme les autres : {value}."),
    "leading_or_trailing_whitespace": mark("Des espaces entourent « {value} »."),
    "suspicious_character": mark("Un caractère douteux dans « {value} »."),
    "all_caps_text": mark("Texte tout en capitales : « {value} »."),
    "personal_data_in_text": mark("Ce texte public désigne une personne ({value})."),
    "comment_contradicts_value": mark("Le commentaire « {value} » contredit « {key} »."),
    "text_too_long": mark("Texte trop long : « {value} »."),
    "unknown_format_version": mark("Format « {value} » inconnu de ce programme."),
    "unknown_file": mark("Ce fichier n'est pas d'un planning : il n'est pas lu."),
    "unknown_key": mark("Clé inconnue : « {value} »."),
    "missing_required_key": mark("Il manque la clé « {value} »."),
    "wrong_type": mark("« {value} » n'est pas du type voulu."),
    "unexpected_value": mark("Valeur « {value} » non prévue."),
    "invalid_time_span": mark("« {value} » n'est pas une plage d'heures."),
    "approximate_time": mark("Heures non fixées : « {value} »."),
    "invalid_identifier": mark("« {value} » n'est pas un identifiant."),
    "reserved_identifier": mark("« {value} » est un mot réservé."),
    "duplicate_identifier": mark("L'identifiant « {value} » est pris deux fois."),
    "filename_mismatch": mark("Le nom du fichier et son contenu se contredisent : « {value} »."),
}
_REFERENCES: Mapping[str, str] = {
    "foreign_key_violation": mark("« {value} » n'existe pas."),
    "place_unused": mark("Le lieu « {value} » n'est desservi par aucune tournée."),
    "version_same_effect_date": mark("Deux versions de la tournée prennent effet le {value}."),
}
_OVERRIDES: Mapping[str, str] = {
    "overlay_target_missing": mark("Aucun passage à cette date pour la surcharge « {value} »."),
    "overlay_name_ambiguous": mark("« {value} » se lit de plusieurs façons : {expected}."),
    "overlay_orphaned": mark(
        "La version du {version} n'a plus le passage que vise la surcharge « {value} »."
    ),
    "overlay_conflict": mark("La surcharge « {value} » contredit « {other} »."),
    "overlay_replaces_unknown": mark("La surcharge remplacée n'existe pas : « {value} »."),
    "cancellation_without_notice": mark("Annulation sans « avis » pour ceux qui attendent."),
    "late_cancellation": mark("Annulation publiée le {date}, moins de 24 h avant."),
    "moved_onto_holiday": mark("Le {value} est un jour férié ou fermé."),
    "moved_out_of_order": mark(
        "Le passage à « {stop} » déplacé au {value} croise celui du {other}."
    ),
    "repeated_exception": mark(
        "La même exception {value} fois en huit semaines : une nouvelle version la dirait une fois."
    ),
}
_PLACES: Mapping[str, str] = {
    "commune_unknown": mark("Aucune commune ne porte le code INSEE « {value} »."),
    "commune_name_mismatch": mark("La commune s'appelle « {expected} », et non « {value} »."),
    "insee_is_postcode": mark(
        "« {value} » est le code postal de {commune} ; son code INSEE est « {expected} »."
    ),
    "coordinates_out_of_range": mark("Hors du globe : {value} (de -{limit} à {limit})."),
    "coordinates_near_origin": mark("Le point est au large de l'Afrique : {value}."),
    "coordinates_swapped": mark("Latitude et longitude semblent échangées : {value}."),
    "place_outside_departement": mark("Hors du département {department} : {value}."),
    "place_far_from_commune": mark("Le point est à {value} km de la mairie de {commune}."),
    "duplicate_place": mark("« {value} » et « {other} » sont à moins de 30 m l'un de l'autre."),
    "place_unavailable": mark("Le lieu « {value} » est pris de {hours}, et le bus y va le {date}."),
    "parking_permit_expired": mark(
        "L'autorisation de « {value} » finit le {until} ; le bus y va encore le {date}."
    ),
    "place_not_accessible": mark(
        "« {value} » n'est pas accessible en fauteuil, et aucun repli n'est donné."
    ),
    "replacement_in_other_commune": mark(
        "Le passage quitte {value} pour {other} : ceux qui attendent ne le sauront pas."
    ),
}
_RECURRENCE: Mapping[str, str] = {
    "recurrence_never_fires": mark("La sortie « {value} » n'a aucune date."),
    "recurrence_without_day": mark("« {value} » choisit parmi des jours : il manque « jours »."),
    "recurrence_contradiction": mark("L'arrêt « {value} » exclut tous les jours de sa sortie."),
    "stop_never_served": mark("L'arrêt « {value} » n'a aucun passage."),
    "date_not_on_declared_weekday": mark("Le {value} est un {weekday}, jour non déclaré."),
    "date_outside_version": mark("Le {value} est hors de la vie de cette version."),
    "date_duplicated": mark("Le {value} est donné deux fois."),
    "date_in_the_past": mark("Le {value} est déjà passé."),
    "schedule_extends_far": mark("Le {value} est dans plus de deux ans."),
    "season_wraps_year": mark("La saison {value} passe le nouvel an."),
}
_CALENDARS: Mapping[str, str] = {
    "parity_break_week53": mark(
        "Semaine 53 : {value} jours entre les passages du {before} et du {after} à « {stop} »."
    ),
    "stop_on_public_holiday": mark("Un passage est prévu le {value}, jour férié."),
    "pass_lost_to_holiday": mark("Passages perdus à « {stop} », jours fériés : {dates}."),
    "monthly_pass_lost": mark("Le seul passage du mois à « {stop} » tombe le {value}, férié."),
    "fifth_weekday_gap": mark(
        "Avec les rangs {value}, un mois de cinq semaines en laisse trois sans passage."
    ),
    "pass_in_school_holidays": mark(
        "La sortie « {run} » passe en vacances scolaires dès le {date} : est-ce voulu ?"
    ),
    "school_calendar_horizon": mark(
        "Les vacances de la zone {zone} ne sont pas connues aussi loin (jusqu'au {value})."
    ),
    "holiday_zone_mismatch": mark("Les jours fériés « {value} » ne sont pas ceux du département."),
    "school_zone_mismatch": mark("La zone « {value} » n'est pas celle du département."),
    "timezone_mismatch": mark("Le fuseau « {value} » n'est pas celui du département."),
    "dst_transition_span": mark("L'heure change dans la plage {value} du {date}."),
}
_DRIVING: Mapping[str, str] = {
    "stop_times_overlap": mark("Les ouvertures de « {value} » et de « {other} » se chevauchent."),
    "arrival_after_opening": mark("Le bus arrive à « {stop} » {value} min après l'ouverture."),
    "no_setup_margin": mark("À « {stop} », {value} min entre l'arrivée et l'ouverture."),
    "drive_time_missing": mark("« trajet » manque avant « {value} » ({minutes} min de libre)."),
    "drive_too_fast": mark(
        "{km} km à vol d'oiseau en {minutes} min avant « {stop} » : {value} km/h."
    ),
    "return_infeasible": mark(
        "La sortie « {value} » a {minutes} min pour rentrer : ce n'est pas assez."
    ),
    "dwell_too_short": mark("« {stop} » n'est ouvert que {value} min."),
    "dwell_too_long": mark("« {stop} » est ouvert {value} min d'affilée."),
    "lunch_break_short": mark("La sortie « {run} » laisse {value} min à midi."),
    "vehicle_overlap": mark(
        "Le {date}, « {vehicle} » est attendu à « {stop} » et à « {other} » en même temps."
    ),
    "vehicle_unreachable_next": mark(
        "Le {date}, il manque {value} min à « {vehicle} » pour être à « {stop} »."
    ),
    "vehicle_unavailable": mark("Le véhicule « {value} » n'est pas disponible le {date}."),
}
_CREW: Mapping[str, str] = {
    "agent_overlap": mark("Le {date}, « {value} » est attendu en même temps sur « {other} »."),
    "table_row_unreadable": mark("Cette ligne ne se lit pas ; il faut : {expected}."),
    "crew_below_label": mark("Agents à bord : {value} ; le label en demande {expected}."),
    "no_driver": mark("Personne de l'équipage n'a le permis : {value}."),
    "work_day_too_long": mark("« {agent} » travaille {value} h le {date} ; {limit} h au plus."),
    "span_too_long": mark("Le {date}, {value} h du départ au retour ; {limit} h au plus."),
    "break_missing": mark("« {agent} » travaille {value} h sans pause le {date}."),
    "daily_rest_too_short": mark(
        "« {agent} » n'a que {value} h de repos avant le {date} ; {limit} h au moins."
    ),
    "weekly_work_too_long": mark(
        "« {agent} » travaille {value} h la semaine du {date} ; {limit} h au plus."
    ),
}
_SERVICE: Mapping[str, str] = {
    "weekly_days_below_label": mark(
        "Jours d'ouverture par semaine : de {value} à {best} ; il en faut {expected}."
    ),
    "weekly_hours_below_label": mark(
        "Ouverture par semaine : {value} en moyenne (de {worst} à {best}) ; il faut {expected}."
    ),
    "stop_not_served_for_weeks": mark(
        "« {stop} » attend {value} semaines entre le {before} et le {after}."
    ),
    "week_without_pass": mark("Semaines sans aucun passage : {value}, la première le {date}."),
    "tour_without_current_version": mark(
        "La tournée « {value} » n'a pas de version en vigueur avant le {date}."
    ),
    "tour_expired": mark("La tournée « {value} » a fini le {date}, et rien ne la suit."),
    "schedule_expires_soon": mark("La tournée « {tour} » n'a plus de passage après le {value}."),
    "version_identical_to_previous": mark(
        "La version du {value} ne change rien à celle du {other}."
    ),
    "stop_id_lost": mark(
        "L'arrêt « {value} » disparaît de la version du {version} : ses abonnements meurent."
    ),
    "osm_value_too_long": mark(
        "Les horaires de « {stop} » font {value} caractères pour OpenStreetMap, {limit} au plus."
    ),
}

SCHEDULE_SENTENCES: Mapping[str, str] = {
    **_FILES,
    **_REFERENCES,
    **_OVERRIDES,
    **_PLACES,
    **_RECURRENCE,
    **_CALENDARS,
    **_DRIVING,
    **_CREW,
    **_SERVICE,
}
"""French sentences of schedule faults by code."""

AS_WRITTEN = frozenset({*_FILES, *_REFERENCES, "overlay_name_ambiguous"})
"""Faults of what is written: their sentences quote the file."""
