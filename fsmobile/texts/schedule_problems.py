"""Sentences for the faults of schedule files, by their codes (see `schedules/README.md`)."""

from collections.abc import Mapping

from fsmobile.texts.translation import mark

_FILES: Mapping[str, str] = {
    "file_unreadable": mark("Le fichier ne se lit pas : {value}."),
    "merge_markers_left": mark("Une fusion n'est pas finie : il reste « {value} »."),
    "non_canonical_layout": mark("Le fichier n'est pas écrit comme les autres : {value}."),
    "leading_or_trailing_whitespace": mark("Des espaces entourent « {value} »."),
    "suspicious_character": mark("Un caractère douteux dans « {value} »."),
    "text_too_long": mark("Texte trop long : « {value} »."),
    "unknown_format_version": mark("Format « {value} » inconnu de ce programme."),
    "unknown_key": mark("Clé inconnue : « {value} »."),
    "missing_required_key": mark("Il manque la clé « {value} »."),
    "wrong_type": mark("« {value} » n'est pas du type voulu."),
    "unexpected_value": mark("Valeur « {value} » non prévue."),
    "invalid_time_span": mark("« {value} » n'est pas une plage d'heures."),
    "invalid_identifier": mark("« {value} » n'est pas un identifiant."),
    "reserved_identifier": mark("« {value} » est un mot réservé."),
    "duplicate_identifier": mark("L'identifiant « {value} » est pris deux fois."),
    "filename_mismatch": mark("Le nom du fichier et son contenu se contredisent : « {value} »."),
}
_REFERENCES: Mapping[str, str] = {
    "foreign_key_violation": mark("« {value} » n'existe pas."),
    "place_unused": mark("Le lieu « {value} » n'est desservi par aucune tournée."),
    "version_same_effect_date": mark("Deux versions de la tournée prennent effet le {value}."),
    "overlay_target_missing": mark("Aucun passage de ce nom à cette date : « {value} »."),
    "overlay_orphaned": mark("Le passage visé n'existe plus dans la tournée : « {value} »."),
    "overlay_conflict": mark("Deux surcharges se contredisent : « {value} »."),
    "overlay_replaces_unknown": mark("La surcharge remplacée n'existe pas : « {value} »."),
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
    "parity_break_week53": mark("Autour de la semaine 53, l'intervalle est de {value} jours."),
    "school_calendar_horizon": mark("Le calendrier scolaire s'arrête le {value}."),
    "timezone_mismatch": mark("Le fuseau « {value} » n'est pas celui du territoire."),
    "dst_transition_span": mark("La plage touche un changement d'heure : {value}."),
}
_DRIVING: Mapping[str, str] = {
    "stop_times_overlap": mark("Deux arrêts de la sortie se chevauchent : {value}."),
    "arrival_after_opening": mark("Le bus arrive après l'ouverture : {value} min de retard."),
    "no_setup_margin": mark("{value} min seulement entre l'arrivée et l'ouverture."),
    "drive_time_missing": mark("Le temps de trajet manque : {value}."),
    "drive_too_fast": mark("Trajet trop rapide : {value} km/h à vol d'oiseau."),
    "return_infeasible": mark("Le bus ne peut pas être rentré à l'heure : {value}."),
    "vehicle_overlap": mark("Le même véhicule est attendu à deux endroits : {value}."),
    "vehicle_unreachable_next": mark("Le véhicule n'a pas le temps d'aller à l'arrêt suivant."),
    "vehicle_unavailable": mark("Le véhicule n'est pas disponible : {value}."),
}
_CREW: Mapping[str, str] = {
    "agent_overlap": mark("Le même agent est attendu dans deux véhicules : {value}."),
    "crew_below_label": mark("Équipage de {value}, moins que le minimum du label."),
    "no_driver": mark("Personne dans l'équipage n'a le permis."),
    "work_day_too_long": mark("Journée de travail de {value} h."),
    "span_too_long": mark("{value} h entre le départ et le retour."),
    "break_missing": mark("Six heures de travail sans pause de 20 min."),
    "daily_rest_too_short": mark("Repos de {value} h seulement entre deux journées."),
    "weekly_work_too_long": mark("Semaine de travail de {value} h."),
    "weekly_hours_below_label": mark("{value} h d'ouverture par semaine, moins que le label."),
    "stop_not_served_for_weeks": mark("Aucun passage pendant {value} semaines."),
    "osm_value_too_long": mark("L'horaire exporté dépasse 255 caractères : {value}."),
}

SCHEDULE_SENTENCES: Mapping[str, str] = {
    **_FILES,
    **_REFERENCES,
    **_PLACES,
    **_RECURRENCE,
    **_DRIVING,
    **_CREW,
}
"""French sentences of schedule faults by code."""
