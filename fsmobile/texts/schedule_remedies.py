"""What to do about each fault of a schedule, by its code."""

from collections.abc import Mapping

from fsmobile.texts.translation import _, mark

_FILES: Mapping[str, str] = {
    "file_unreadable": mark("Corrigez la ligne indiquée ; le fichier doit être du TOML en UTF-8."),
    "merge_markers_left": mark("Gardez une des deux versions, puis effacez les trois marques."),
    "unknown_format_version": mark("Écrivez le format attendu, ou mettez fsmobile à jour."),
    "table_row_unreadable": mark(
        "Voyez les colonnes dans schedules/README.md, puis la ligne dite."
    ),
    "unknown_file": mark("Déplacez-le hors du planning, ou donnez-lui un nom du format."),
    "unknown_key": mark("Corrigez le nom de la clé, ou effacez la ligne : elle n'a aucun effet."),
    "missing_required_key": mark("Ajoutez la clé."),
    "wrong_type": mark("Écrivez la valeur comme dans l'exemple ; les codes vont entre guillemets."),
    "unexpected_value": mark("Choisissez une des valeurs attendues."),
    "invalid_time_span": mark("Écrivez HH:MM-HH:MM, la fin après le début."),
    "approximate_time": mark("Donnez les heures dès qu'elles sont connues."),
    "invalid_identifier": mark(
        "Des minuscules sans accent, des chiffres, des tirets : 40 au plus."
    ),
    "reserved_identifier": mark("Choisissez un autre identifiant."),
    "duplicate_identifier": mark("Gardez-en un seul ; deux plages se disent dans un même arrêt."),
    "filename_mismatch": mark("Renommez le fichier, ou corrigez ce qu'il dit."),
    "non_canonical_layout": mark("Enregistrez en UTF-8 sans BOM, fins de ligne LF."),
    "leading_or_trailing_whitespace": mark("Effacez les espaces en trop."),
    "suspicious_character": mark("Retapez le mot."),
    "all_caps_text": mark("Écrivez en minuscules : c'est lu plus vite, et à voix haute aussi."),
    "text_too_long": mark("Raccourcissez le texte."),
    "personal_data_in_text": mark("Retirez-le : ces fichiers sont publics. Donnez le standard."),
    "comment_contradicts_value": mark("Corrigez la valeur, ou le commentaire."),
    "foreign_key_violation": mark("Corrigez l'identifiant, ou déclarez ce qu'il nomme."),
    "version_same_effect_date": mark("Gardez une seule version pour cette date."),
    "version_identical_to_previous": mark("Effacez le fichier, ou faites-y le changement prévu."),
    "stop_id_lost": mark("Gardez l'identifiant de l'arrêt : les agendas abonnés en dépendent."),
    "tour_without_current_version": mark("Avancez la date d'effet si la tournée roule déjà."),
    "tour_expired": mark("Ajoutez une version, ou retirez la tournée."),
}
_PLACES: Mapping[str, str] = {
    "place_unused": mark("Retirez le lieu s'il ne sert plus."),
    "commune_unknown": mark("Cherchez le code INSEE de la commune : ce n'est pas le code postal."),
    "commune_name_mismatch": mark("Écrivez le nom officiel, ou corrigez le code INSEE."),
    "insee_is_postcode": mark("Remplacez le code postal par le code INSEE."),
    "coordinates_out_of_range": mark("Relevez le point sur une carte, en degrés décimaux."),
    "coordinates_near_origin": mark("Relevez le point sur une carte, ou effacez lat et lon."),
    "coordinates_swapped": mark("Échangez lat et lon."),
    "place_outside_departement": mark("Vérifiez le code INSEE et le point sur une carte."),
    "place_far_from_commune": mark("Vérifiez le point sur une carte."),
    "duplicate_place": mark("Gardez un seul des deux lieux."),
    "place_unavailable": mark("Changez le jour, l'heure, ou prenez le lieu de repli."),
    "parking_permit_expired": mark("Demandez la prolongation, puis changez autorisation_fin."),
    "place_not_accessible": mark("Donnez un repli accessible, si la commune en a un."),
    "replacement_in_other_commune": mark("Préférez un lieu de la même commune, ou annulez."),
}
_DAYS: Mapping[str, str] = {
    "recurrence_never_fires": mark("Corrigez la règle de jours, ou retirez la sortie."),
    "recurrence_without_day": mark("Ajoutez la clé « jours »."),
    "recurrence_contradiction": mark("Accordez les clés de l'arrêt avec celles de sa sortie."),
    "stop_never_served": mark("Choisissez un autre jour, ou gardez le férié par une surcharge."),
    "date_not_on_declared_weekday": mark("Corrigez la date (l'année ?) ou « jours »."),
    "date_outside_version": mark("Corrigez la date, ou les dates de la version."),
    "date_duplicated": mark("Effacez l'une des deux, ou corrigez-la."),
    "date_in_the_past": mark("Vérifiez l'année."),
    "schedule_extends_far": mark("Vérifiez l'année."),
    "season_wraps_year": mark("Rien à faire si c'est voulu."),
    "stop_on_public_holiday": mark(
        "Retirez la date, ou gardez-la par une surcharge « maintient »."
    ),
    "pass_lost_to_holiday": mark("Reportez les plus attendus par une surcharge « deplace »."),
    "monthly_pass_lost": mark("Reportez ce passage par une surcharge « deplace »."),
    "parity_break_week53": mark("Ajoutez une version en janvier qui échange paires et impaires."),
    "fifth_weekday_gap": mark("Rien à faire si c'est voulu ; sinon « semaines » ou « cycle »."),
    "pass_in_school_holidays": mark("Écrivez « vacances » pour dire ce qui est voulu."),
    "school_calendar_horizon": mark("Complétez calendriers/vacances.toml et zone_scolaire."),
    "holiday_zone_mismatch": mark("Corrigez « feries » ou le département."),
    "school_zone_mismatch": mark("Corrigez « zone_scolaire » ou le département."),
    "timezone_mismatch": mark("Corrigez « fuseau » ou le département."),
    "dst_transition_span": mark("Choisissez des heures hors de 1 h à 4 h."),
}
_OVERLAYS: Mapping[str, str] = {
    "overlay_name_ambiguous": mark("Renommez l'arrêt ou la tournée pour n'avoir qu'une lecture."),
    "overlay_target_missing": mark("Corrigez la date ou l'arrêt dans le nom du fichier."),
    "overlay_orphaned": mark("Refaites la surcharge pour la nouvelle version, ou effacez-la."),
    "overlay_conflict": mark("Gardez une seule des deux surcharges."),
    "overlay_replaces_unknown": mark("Écrivez le nom d'une surcharge qui existe."),
    "cancellation_without_notice": mark("Ajoutez « avis » : une phrase pour ceux qui attendent."),
    "late_cancellation": mark("Prévenez aussi la mairie par téléphone."),
    "moved_onto_holiday": mark("Choisissez un autre jour dans « vers »."),
    "moved_out_of_order": mark("Vérifiez la date dans « vers »."),
    "repeated_exception": mark("Faites une nouvelle version de la tournée."),
}
_ROADS: Mapping[str, str] = {
    "stop_times_overlap": mark("Changez les heures de l'un des deux arrêts."),
    "arrival_after_opening": mark("Partez plus tôt, ouvrez plus tard, ou corrigez « trajet »."),
    "no_setup_margin": mark("Laissez dix minutes pour s'installer."),
    "drive_time_missing": mark("Ajoutez « trajet », en minutes depuis le point précédent."),
    "drive_too_fast": mark("Vérifiez « trajet » et les points des deux lieux."),
    "return_infeasible": mark("Rentrez plus tard, ou fermez plus tôt."),
    "dwell_too_short": mark("Vérifiez les heures : une demi-heure est peu pour recevoir."),
    "dwell_too_long": mark("Vérifiez les heures, et la pause."),
    "lunch_break_short": mark("Laissez quarante-cinq minutes pour déjeuner."),
    "vehicle_overlap": mark("Changez le jour, l'heure ou le véhicule."),
    "vehicle_unreachable_next": mark("Laissez le temps de la route, ou changez de véhicule."),
    "vehicle_unavailable": mark("Prenez un autre véhicule, ou corrigez ses dates."),
}
_PEOPLE: Mapping[str, str] = {
    "agent_overlap": mark("Remplacez l'agent sur l'une des deux sorties."),
    "crew_below_label": mark("Complétez « equipage »."),
    "no_driver": mark("Ajoutez à « equipage » un agent qui conduit."),
    "work_day_too_long": mark("Raccourcissez la journée, ou partagez-la entre deux équipages."),
    "span_too_long": mark("Rentrez plus tôt, ou partez plus tard."),
    "break_missing": mark("Laissez une pause entre deux arrêts."),
    "daily_rest_too_short": mark("Décalez l'une des deux journées."),
    "weekly_work_too_long": mark("Partagez la semaine entre plus d'agents."),
    "weekly_hours_below_label": mark(
        "Allongez des ouvertures ; le label compte les heures réelles."
    ),
    "weekly_days_below_label": mark("Ajoutez une sortie un jour sans passage."),
    "stop_not_served_for_weeks": mark("Ajoutez un passage entre les deux."),
    "week_without_pass": mark("Déclarez une fermeture dans calendriers/fermetures.toml."),
    "schedule_expires_soon": mark("Préparez la version suivante."),
    "osm_value_too_long": mark(
        "Dites un rythme (semaines, rang, saison) plutôt qu'une liste de dates."
    ),
}

REMEDIES: Mapping[str, str] = {
    **_FILES,
    **_PLACES,
    **_DAYS,
    **_OVERLAYS,
    **_ROADS,
    **_PEOPLE,
}
"""French remedies by code."""


def explain_remedy(code: str) -> str:
    """Return what to do about a fault, or nothing for a code that is not known here."""
    return _(REMEDIES[code]) if code in REMEDIES else ""
