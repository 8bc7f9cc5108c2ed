"""One fault planted in the clean tree for each rule."""

from datetime import date

from fsmobile.errors import Severity
from tests.validation.schedule_trees import ANEW, FIRST, SECOND, Edit, Planted

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
PLACES, VEHICLES, STRUCTURE = "lieux.toml", "vehicules.toml", "structure.toml"
DUN_OFF = "surcharges/2026/2026-11-24-nord-dun.toml"
DUN_ADDED = "surcharges/2026/2026-11-27-nord-dun.toml"
CELLE_PLACE = "surcharges/2026/2026-12-08-nord-celle-dunoise.toml"
DAY_MOVED = "surcharges/2026/2026-12-22-nord-journee.toml"


EVERY_DAY = '["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]'
EVENING = """[sorties.jeudi-soir]
jours = "jeudi"
[sorties.jeudi-soir.arrets.souterraine]
lieu = "souterraine"
ouvert = "18:00-19:00"

"""


def overlay(name: str, text: str) -> Edit:
    """Write an overlay file."""
    return (f"surcharges/{name[:4]}/{name}.toml", ANEW, f'format = "surcharge/1"\n{text}\n')


def both(old: str, new: str) -> tuple[Edit, Edit]:
    """Make one edit in both versions."""
    return ((FIRST, old, new), (SECOND, old, new))


PLACE_FAULTS = (
    Planted("commune_unknown", ERROR, ((PLACES, '"23075"', '"23999"'),), PLACES),
    Planted(
        "commune_name_mismatch", WARNING, ((PLACES, '"Le Grand-Bourg"', '"Grand Bourg"'),), PLACES
    ),
    Planted("insee_is_postcode", WARNING, ((PLACES, '"23096"', '"23000"'),), PLACES),
    Planted("coordinates_out_of_range", ERROR, ((PLACES, "46.1710", "146.1710"),), PLACES),
    Planted(
        "coordinates_near_origin",
        ERROR,
        ((PLACES, "46.1710", "0.0"), (PLACES, "1.8710", "0.0")),
        PLACES,
    ),
    Planted(
        "coordinates_swapped",
        ERROR,
        ((PLACES, "46.1710", "1.8710"), (PLACES, "lon     = 1.8710", "lon     = 46.1710")),
        PLACES,
    ),
    Planted(
        "place_outside_departement", ERROR, ((PLACES, "46.1710", "43.4513"),), PLACES, label="point"
    ),
    Planted(
        "place_outside_departement",
        WARNING,
        ((PLACES, '"Guéret"\ninsee   = "23096"', '"Limoges"\ninsee   = "87085"'),),
        PLACES,
        label="code",
    ),
    Planted("place_far_from_commune", WARNING, ((PLACES, "46.3270", "46.2270"),), PLACES),
    Planted(
        "duplicate_place",
        WARNING,
        ((PLACES, "46.3062\nlon     = 1.6701", "46.3051\nlon = 1.6681"),),
    ),
    Planted(
        "place_unavailable", ERROR, ((PLACES, '"jeudi 06:00-14:00"', '"mardi 06:00-14:00"'),), FIRST
    ),
    Planted(
        "parking_permit_expired",
        WARNING,
        ((PLACES, "[lieux.bonnat]", "[lieux.bonnat]\nautorisation_fin = 2026-12-31"),),
        PLACES,
    ),
    Planted(
        "place_not_accessible", INFO, ((PLACES, "[lieux.bonnat]", "[lieux.bonnat]\npmr = false"),)
    ),
    Planted(
        "replacement_in_other_commune",
        WARNING,
        ((CELLE_PLACE, '"celle-salle"', '"dun-salle"'),),
        CELLE_PLACE,
    ),
    Planted(
        "place_unused",
        INFO,
        ((PLACES, "[lieux.gouzon]", '[lieux.ahun]\nnom = "Ahun"\n\n[lieux.gouzon]'),),
        PLACES,
    ),
)

DAY_FAULTS = (
    Planted(
        "recurrence_never_fires",
        ERROR,
        ((SECOND, 'jours  = "jeudi"', 'jours  = "jeudi"\nsemaines = [53]'),),
        SECOND,
    ),
    Planted("recurrence_without_day", ERROR, ((FIRST, 'jours    = "mardi"\n', ""),), FIRST),
    Planted(
        "recurrence_contradiction",
        ERROR,
        (
            (
                FIRST,
                "[sorties.mardi-dun.arrets.dun]",
                '[sorties.mardi-dun.arrets.dun]\nsemaines = "impaires"',
            ),
        ),
        FIRST,
    ),
    Planted(
        "stop_never_served",
        WARNING,
        (
            (
                FIRST,
                "[sorties.gouzon]",
                '[sorties.noel]\njours = "vendredi"\nsaison = "12-25..01-01"\n'
                '[sorties.noel.arrets.bonnat]\nlieu = "bonnat"\nouvert = "09:00-12:00"\n'
                "[sorties.gouzon]",
            ),
        ),
        FIRST,
    ),
    Planted(
        "date_not_on_declared_weekday",
        WARNING,
        ((FIRST, "dates  = [2026-11-27", 'jours  = "vendredi"\ndates  = [2026-11-26'),),
        FIRST,
    ),
    Planted("date_outside_version", WARNING, ((FIRST, "2026-11-27", "2026-08-28"),), FIRST),
    Planted("date_duplicated", WARNING, ((FIRST, "2026-11-27", "2026-12-11"),), FIRST),
    Planted("date_in_the_past", INFO, ((SECOND, "2027-01-15", "2026-01-16"),), SECOND),
    Planted("schedule_extends_far", INFO, ((SECOND, "2027-02-12", "2037-02-12"),), SECOND),
    Planted("season_wraps_year", INFO, ((FIRST, '"06-15..09-15"', '"09-01..03-15"'),), FIRST),
    Planted(
        "parity_break_week53",
        WARNING,
        (
            (
                SECOND,
                'jours    = "mardi"\nsemaines = "impaires"',
                'jours    = "mardi"\nsemaines = "X"',
            ),
            (
                SECOND,
                'jours    = "mardi"\nsemaines = "paires"',
                'jours    = "mardi"\nsemaines = "impaires"',
            ),
            (SECOND, 'semaines = "X"', 'semaines = "paires"'),
        ),
        SECOND,
    ),
    Planted("stop_on_public_holiday", WARNING, ((FIRST, "2026-12-11", "2026-12-25"),), FIRST),
    Planted(
        "stop_on_public_holiday",
        ERROR,
        (
            (SECOND, "fin      = 2027-03-20", "fin      = 2027-05-02"),
            (SECOND, "2027-02-12", "2027-05-01"),
        ),
        SECOND,
        label="labour day",
    ),
    Planted(
        "stop_on_public_holiday",
        WARNING,
        both('jours  = "jeudi"', 'jours  = ["jeudi", "vendredi"]\nferies = "avec"'),
        label="kept by the rule",
    ),
    Planted(
        "pass_lost_to_holiday", INFO, both('jours  = "jeudi"', 'jours  = ["jeudi", "vendredi"]')
    ),
    Planted(
        "monthly_pass_lost",
        WARNING,
        ((FIRST, "dates  = [2026-11-27, 2026-12-11]", 'jours = "vendredi"\nrang = [4]'),),
        FIRST,
    ),
    Planted(
        "fifth_weekday_gap", INFO, ((FIRST, 'jours  = "jeudi"', 'jours  = "jeudi"\nrang = [1, 3]'),)
    ),
    Planted("pass_in_school_holidays", INFO, ((FIRST, 'vacances = "avec"\n', ""),), FIRST),
    Planted(
        "school_calendar_horizon",
        WARNING,
        (("calendriers/vacances.toml", "horizon = 2028-08-31", "horizon = 2027-02-28"),),
        SECOND,
    ),
    Planted(
        "school_calendar_horizon",
        ERROR,
        (
            ("calendriers/vacances.toml", "horizon = 2028-08-31", "horizon = 2027-02-28"),
            (SECOND, "longueur = 2,", 'longueur = 2, compte = "hors-vacances",'),
        ),
        SECOND,
        label="rotation",
    ),
    Planted(
        "holiday_zone_mismatch",
        WARNING,
        ((STRUCTURE, '"metropole"', '"alsace-moselle"'),),
        STRUCTURE,
    ),
    Planted(
        "school_zone_mismatch",
        WARNING,
        ((STRUCTURE, 'zone_scolaire = "A"', 'zone_scolaire = "C"'),),
    ),
    Planted(
        "timezone_mismatch", ERROR, ((STRUCTURE, '"Europe/Paris"', '"Indian/Reunion"'),), STRUCTURE
    ),
    Planted(
        "dst_transition_span",
        ERROR,
        (
            (SECOND, "fin      = 2027-03-20", "fin      = 2027-03-28"),
            overlay(
                "2027-03-28-nord-bonnat",
                'action = "ajoute"\nouvert = "01:30-03:30"\navis = "Nuit."',
            ),
        ),
        label="night",
    ),
)

OVERLAY_FAULTS = (
    Planted(
        "overlay_target_missing",
        ERROR,
        (overlay("2026-11-25-nord-dun", 'action = "annule"\navis = "Rien."'),),
        "surcharges/2026/2026-11-25-nord-dun.toml",
    ),
    Planted(
        "overlay_orphaned",
        ERROR,
        (overlay("2027-01-12-nord-dun", 'action = "annule"\navis = "Rien."'),),
        "surcharges/2027/2027-01-12-nord-dun.toml",
    ),
    Planted(
        "overlay_conflict",
        ERROR,
        (
            (DAY_MOVED, '"deplace"', '"annule"'),
            overlay("2026-12-22-nord-dun", 'action = "deplace"\nvers = 2026-12-23'),
        ),
    ),
    Planted(
        "overlay_conflict",
        ERROR,
        (overlay("2026-12-08-nord-dun", 'action = "ajoute"\nouvert = "14:00-15:00"'),),
        label="added twice",
    ),
    Planted(
        "overlay_conflict",
        ERROR,
        (overlay("2027-01-19-nord-dun", 'action = "deplace"\nvers = 2027-02-02'),),
        label="moved onto another",
    ),
    Planted("cancellation_without_notice", WARNING, ((DUN_OFF, "avis   =", "# avis ="),), DUN_OFF),
    Planted("late_cancellation", INFO, ((DUN_OFF, "2026-11-23", "2026-11-24"),), DUN_OFF),
    Planted("moved_onto_holiday", WARNING, ((DAY_MOVED, "2026-12-23", "2026-12-25"),), DAY_MOVED),
    Planted("moved_out_of_order", INFO, ((DAY_MOVED, "2026-12-23", "2027-01-06"),), DAY_MOVED),
    Planted(
        "repeated_exception",
        INFO,
        tuple(
            overlay(f"2026-{day}-nord-souterraine", 'action = "horaire"\nouvert = "09:30-12:00"')
            for day in ("11-26", "12-03", "12-10", "12-17")
        ),
    ),
)

ROAD_FAULTS = (
    Planted("stop_times_overlap", ERROR, ((FIRST, '"13:30-16:15"', '"11:30-16:15"'),), FIRST),
    Planted("arrival_after_opening", ERROR, ((FIRST, "trajet = 35", "trajet = 75"),), FIRST),
    Planted("no_setup_margin", WARNING, ((FIRST, 'depart = "08:40"', 'depart = "08:50"'),), FIRST),
    Planted("drive_time_missing", WARNING, ((FIRST, "trajet = 35\n", ""),), FIRST),
    Planted("drive_too_fast", WARNING, ((FIRST, "trajet = 45", "trajet = 20"),), FIRST),
    Planted(
        "drive_too_fast", ERROR, ((FIRST, "trajet = 45", "trajet = 10"),), FIRST, label="impossible"
    ),
    Planted("return_infeasible", ERROR, ((FIRST, '"16:45"', '"16:20"'),), FIRST),
    Planted("return_infeasible", ERROR, ((FIRST, '"16:45"', '"16:00"'),), FIRST, label="before"),
    Planted("dwell_too_short", WARNING, ((FIRST, '"13:30-16:15"', '"13:30-13:45"'),), FIRST),
    Planted(
        "dwell_too_long",
        INFO,
        (
            (FIRST, '"09:30-12:00"\ntrajet = 25', '"09:30-14:00"\ntrajet = 25'),
            (FIRST, '"12:45"', '"14:45"'),
        ),
        FIRST,
    ),
    Planted("lunch_break_short", INFO, ((FIRST, '"14:00-16:15"', '"13:00-16:15"'),), FIRST),
    Planted(
        "vehicle_overlap",
        ERROR,
        ((DUN_ADDED, "14:00-16:30", "10:00-11:30"),),
        DUN_ADDED,
    ),
    Planted(
        "vehicle_overlap",
        WARNING,
        ((DUN_ADDED, '"14:00-16:30"', '"matin"'),),
        DUN_ADDED,
        label="half-day",
    ),
    Planted(
        "vehicle_unreachable_next", ERROR, ((DUN_ADDED, "14:00-16:30", "12:15-16:30"),), DUN_ADDED
    ),
    Planted(
        "vehicle_unreachable_next",
        ERROR,
        (overlay("2026-12-08-nord-dun", 'action = "horaire"\nouvert = "10:00-13:20"'),),
        label="overlay in a run",
    ),
    Planted(
        "vehicle_unavailable",
        ERROR,
        ((VEHICLES, "indisponible    = []", 'indisponible = ["2026-11-27..2026-11-28"]'),),
        DUN_ADDED,
    ),
    Planted(
        "vehicle_unavailable",
        ERROR,
        ((VEHICLES, "2027-03-15", "2026-03-15"),),
        VEHICLES,
        label="MOT",
    ),
)

PARTNER = """format = "tournee/1"
tournee = "voisins"
nom = "Bus des voisins"
effet = 2026-09-01
fin = 2027-03-20
vacances = "avec"
equipage = ["agent-a"]
[partenaire]
nom = "Les voisins"
[sorties.jeudi]
jours = "jeudi"
[sorties.jeudi.arrets.jarnages]
lieu = "jarnages"
ouvert = "10:00-12:00"
"""

CREW_FAULTS = (
    Planted(
        "agent_overlap",
        ERROR,
        (("tournees/voisins/2026-09-01.toml", ANEW, PARTNER),),
        label="partner",
    ),
    Planted(
        "crew_below_label", WARNING, ((FIRST, '["agent-a", "agent-b"]', '["agent-a"]'),), FIRST
    ),
    Planted(
        "crew_below_label",
        WARNING,
        (overlay("2026-12-03-nord-journee", 'action = "equipage"\nequipage = []'),),
        label="nobody left",
    ),
    Planted(
        "no_driver", ERROR, ((FIRST, '["agent-a", "agent-b"]', '["agent-c", "agent-c"]'),), FIRST
    ),
    Planted(
        "work_day_too_long", ERROR, ((FIRST, '"08:15"', '"06:40"'), (FIRST, '"17:15"', '"18:30"'))
    ),
    Planted("span_too_long", ERROR, ((FIRST, '"08:15"', '"06:00"'), (FIRST, '"17:15"', '"18:30"'))),
    Planted(
        "break_missing",
        ERROR,
        (
            (FIRST, '"09:30-12:00"\ntrajet = 25', '"09:30-15:30"\ntrajet = 25'),
            (FIRST, '"12:45"', '"16:30"'),
        ),
    ),
    Planted(
        "daily_rest_too_short",
        ERROR,
        (
            (FIRST, '"13:30-16:15"\ntrajet = 15', '"16:00-21:15"\ntrajet = 15'),
            (FIRST, 'retour   = "17:00"', 'retour   = "22:30"'),
        ),
    ),
    Planted(
        "weekly_work_too_long",
        ERROR,
        (
            (
                FIRST,
                'jours  = "jeudi"',
                f"jours  = {EVERY_DAY}",
            ),
        ),
    ),
)

SERVICE_FAULTS = (
    Planted(
        "weekly_hours_below_label",
        WARNING,
        ((STRUCTURE, "heures_semaine_min = 6", "heures_semaine_min = 24"),),
        STRUCTURE,
    ),
    Planted(
        "weekly_hours_below_label",
        INFO,
        (
            (STRUCTURE, "heures_semaine_min = 6", "heures_semaine_min = 12"),
            *both('jours  = "jeudi"', 'jours  = ["jeudi", "vendredi"]'),
        ),
        label="holiday weeks",
    ),
    Planted(
        "osm_value_too_long",
        WARNING,
        (
            (
                SECOND,
                "dates  = [2027-01-15, 2027-02-12]",
                "dates  = [{}]".format(
                    ", ".join(
                        f"2027-0{month}-{day:02}"
                        for month in (1, 2, 3)
                        for day in (5, 6, 8, 11, 13, 14, 18, 20)
                    )
                ),
            ),
        ),
        SECOND,
    ),
    Planted("stop_not_served_for_weeks", WARNING, ((SECOND, "2027-01-15, ", ""),)),
    Planted(
        "week_without_pass",
        INFO,
        tuple(
            overlay(f"2027-02-{day}-nord-journee", 'action = "annule"\navis = "Stage."')
            for day in ("02", "03", "04")
        ),
    ),
    Planted(
        "tour_without_current_version",
        WARNING,
        (
            (
                "tournees/sud/2027-01-04.toml",
                ANEW,
                PARTNER.replace("2026-09-01", "2027-01-04")
                .replace("voisins", "sud")
                .replace('"jeudi"', '"samedi"'),
            ),
        ),
    ),
    Planted("tour_expired", WARNING, (), today=date(2027, 6, 1)),
    Planted("schedule_expires_soon", WARNING, (), today=date(2027, 3, 1)),
    Planted("schedule_expires_soon", ERROR, (), today=date(2027, 3, 15), label="at once"),
    Planted(
        "version_identical_to_previous",
        WARNING,
        (
            (
                "tournees/voisins/2026-09-01.toml",
                ANEW,
                PARTNER.replace('"jeudi"', '"samedi"').replace("fin = 2027-03-20\n", ""),
            ),
            (
                "tournees/voisins/2027-01-04.toml",
                ANEW,
                PARTNER.replace('"jeudi"', '"samedi"').replace("2026-09-01", "2027-01-04"),
            ),
        ),
    ),
    Planted(
        "stop_id_lost",
        WARNING,
        ((SECOND, "mardi-dun.arrets.dun]", "mardi-dun.arrets.dun-bourg]"),),
        SECOND,
    ),
    Planted(
        "duplicate_identifier",
        ERROR,
        (
            (
                FIRST,
                "[sorties.jeudi.arrets.souterraine]",
                EVENING + "[sorties.jeudi.arrets.souterraine]",
            ),
        ),
        label="one stop in two runs",
    ),
)

TEXT_FAULTS = (
    Planted(
        "all_caps_text",
        INFO,
        ((PLACES, '"Bonnat — champ de foire"', '"BONNAT CHAMP DE FOIRE"'),),
        PLACES,
    ),
    Planted(
        "personal_data_in_text",
        WARNING,
        ((DUN_OFF, "Le minibus est en panne", "Voir Martine 06 12 34 56 78"),),
        DUN_OFF,
    ),
    Planted(
        "personal_data_in_text",
        WARNING,
        ((DUN_OFF, "Le minibus est en panne", "martine@orange.fr"),),
        DUN_OFF,
        label="mailbox",
    ),
    Planted(
        "comment_contradicts_value",
        INFO,
        ((FIRST, 'semaines = "paires"  ', 'semaines = "paires" # semaines impaires'),),
        FIRST,
    ),
)

FILE_FAULTS = (
    Planted("file_unreadable", ERROR, ((FIRST, "2026-11-27", "2026-02-30"),), FIRST),
    Planted(
        "merge_markers_left",
        ERROR,
        ((FIRST, "[sorties.jeudi]", "<<<<<<< HEAD\n[sorties.jeudi]"),),
        FIRST,
    ),
    Planted("unknown_format_version", ERROR, ((FIRST, "tournee/1", "tournee/3"),), FIRST),
    Planted("unknown_key", WARNING, ((FIRST, "semaines =", "semaine ="),), FIRST),
    Planted("wrong_type", ERROR, ((PLACES, '"23075"', "23075"),), PLACES),
    Planted(
        "unexpected_value", ERROR, ((FIRST, 'semaines = "paires"', 'semaines = "pair"'),), FIRST
    ),
    Planted("invalid_time_span", ERROR, ((FIRST, '"09:30-12:00"', '"9h30-12h"'),), FIRST),
    Planted(
        "duplicate_identifier", ERROR, ((FIRST, "[sorties.mercredi]", "[sorties.jeudi]"),), FIRST
    ),
    Planted(
        "filename_mismatch",
        ERROR,
        ((FIRST, "effet    = 2026-09-01", "effet    = 2026-09-07"),),
        FIRST,
    ),
    Planted("foreign_key_violation", ERROR, ((FIRST, '"dun-mairie"', '"dun-marie"'),), FIRST),
    Planted(
        "overlay_replaces_unknown",
        ERROR,
        ((DUN_ADDED, "2026-11-24-nord-dun", "2026-11-24-nord-dune"),),
        DUN_ADDED,
    ),
)

LAYOUT_FAULTS = (
    Planted(
        "unknown_file",
        INFO,
        (("tournees/nord/copie.toml.bak", ANEW, "vieux"),),
        "tournees/nord/copie.toml.bak",
    ),
    Planted(
        "missing_required_key",
        ERROR,
        ((PLACES, 'nom     = "Bonnat — champ de foire"\n', ""),),
        PLACES,
    ),
    Planted("approximate_time", INFO, ((FIRST, '"09:30-12:00"\ntrajet = 25', '"matin"'),), FIRST),
    Planted(
        "invalid_identifier",
        ERROR,
        ((PLACES, "[lieux.gouzon]", '[lieux."Champ de foire"]'),),
        PLACES,
    ),
    Planted(
        "reserved_identifier",
        ERROR,
        ((FIRST, "[sorties.mercredi.arrets.jarnages]", "[sorties.mercredi.arrets.journee]"),),
        FIRST,
    ),
    Planted("non_canonical_layout", INFO, ((PLACES, "\n\n", "\r\n\r\n"),), PLACES),
    Planted(
        "leading_or_trailing_whitespace",
        WARNING,
        ((PLACES, '"Bonnat — champ de foire"', '"Bonnat — champ de foire "'),),
        PLACES,
    ),
    Planted(
        "suspicious_character",
        WARNING,
        ((PLACES, '"Bonnat — champ de foire"', '"Bonnat \ufffd champ de foire"'),),
        PLACES,
    ),
    Planted(
        "text_too_long", WARNING, ((DUN_OFF, "Le minibus", "Le minibus" + " et" * 100),), DUN_OFF
    ),
    Planted(
        "version_same_effect_date",
        ERROR,
        (
            (
                "tournees/nord/2027-01-05.toml",
                ANEW,
                PARTNER.replace("voisins", "nord").replace("2026-09-01", "2027-01-04"),
            ),
        ),
    ),
    Planted(
        "overlay_name_ambiguous",
        ERROR,
        (
            (
                "tournees/nord-dun/2026-09-01.toml",
                ANEW,
                PARTNER.replace("voisins", "nord-dun").replace(".jarnages", ".le-palestel"),
            ),
            (FIRST, "arrets.dun]", "arrets.dun-le-palestel]"),
            overlay("2026-11-24-nord-dun-le-palestel", 'action = "annule"\navis = "Panne."'),
        ),
        "surcharges/2026/2026-11-24-nord-dun-le-palestel.toml",
    ),
)

LABEL_FAULTS = (
    Planted(
        "weekly_days_below_label",
        WARNING,
        ((STRUCTURE, "jours_semaine_min  = 1", "jours_semaine_min  = 5"),),
        STRUCTURE,
    ),
    Planted(
        "weekly_days_below_label",
        INFO,
        (
            (STRUCTURE, "jours_semaine_min  = 1", "jours_semaine_min  = 5"),
            (STRUCTURE, "heures_semaine_min = 6", "heures_semaine_min = 24"),
        ),
        STRUCTURE,
        label="hours too",
    ),
)

RULE_FAULTS = (
    *TEXT_FAULTS,
    *PLACE_FAULTS,
    *DAY_FAULTS,
    *OVERLAY_FAULTS,
    *ROAD_FAULTS,
    *CREW_FAULTS,
    *SERVICE_FAULTS,
    *LABEL_FAULTS,
)
ALL_FAULTS = (*FILE_FAULTS, *LAYOUT_FAULTS, *RULE_FAULTS)
