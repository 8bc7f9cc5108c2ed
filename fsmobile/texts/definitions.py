"""What each figure of a report counts, and where it comes from; in one place, for all outputs."""

from collections.abc import Mapping

from fsmobile.core.reports import MASK_BELOW, Dimension
from fsmobile.core.visit_lines import Column, CoopColumn, PassageColumn
from fsmobile.texts.translation import _, mark

FIGURES: Mapping[str, tuple[str, str]] = {
    "visits": (
        mark("visites"),
        mark("accueils enregistrés et non annulés ; un couple reçu ensemble est une visite"),
    ),
    "people": (mark("personnes"), mark("personnes présentes à ces visites")),
    "enquiries": (
        mark("demandes"),
        mark("démarches et actes de ces visites ; une visite peut en avoir plusieurs"),
    ),
    "minutes": (mark("durée (minutes)"), mark("somme des durées des visites")),
    "minutes_median": (
        mark("durée médiane (minutes)"),
        mark("la moitié des visites ne dure pas plus"),
    ),
    "minutes_p90": (
        mark("durée, 9 visites sur 10 (minutes)"),
        mark("neuf visites sur dix ne durent pas plus"),
    ),
    "first_contacts": (
        mark("premiers contacts (visites)"),
        mark("visites de personnes venues pour la première fois, quand la question a été posée"),
    ),
    "uncovered": (
        mark("demandes non couvertes"),
        mark("demandes qu'aucun opérateur du bus ne couvre (acte « demande non couverte »)"),
    ),
    "sites_down": (
        mark("démarches arrêtées par un site en panne"),
        mark("demandes où le site de l'opérateur ne répondait pas ; la personne n'y est pour rien"),
    ),
    "planned": (
        mark("passages prévus"),
        mark("passages du planning publié, à leur jour définitif, annulés compris"),
    ),
    "done": (
        mark("passages réalisés"),
        mark("porte ouverte, ou visite enregistrée ; imprévus compris"),
    ),
    "cut_short": (mark("passages écourtés"), mark("réalisés, mais fermés tôt avec un motif")),
    "cancelled": (
        mark("passages annulés"),
        mark("par le planning ou par l'équipage, et où personne n'a été reçu"),
    ),
    "unplanned": (mark("arrêts imprévus"), mark("réalisés, sans être au planning")),
    "untold": (
        mark("passages sans nouvelles"),
        mark("prévus, passés, et dont rien n'a été dit"),
    ),
    "without_visit": (mark("passages sans visite"), mark("réalisés, et personne n'est venu")),
    "planned_minutes": (
        mark("ouverture prévue (minutes)"),
        mark("heures du planning, sans les passages qu'il annule ni les demi-journées sans heure"),
    ),
    "open_minutes": (
        mark("ouverture réalisée (minutes)"),
        mark(
            "de la première arrivée au dernier départ notés, par passage, sans la pause du planning"
        ),
    ),
    "weekly_minutes": (
        mark("ouverture par semaine (minutes)"),
        mark("ouverture réalisée ÷ jours écoulés × 7 ; le label demande 24 h (1 440 minutes)"),
    ),
    "unclosed": (
        mark("passages sans départ noté"),
        mark("réalisés, mais leurs heures manquent : elles ne sont pas comptées"),
    ),
    "met": (
        mark("venues au bus (compteur)"),
        mark("personnes comptées à la porte, avec ou sans visite enregistrée"),
    ),
    "sent_elsewhere": (
        mark("orientées ailleurs (compteur)"),
        mark("personnes comptées à la porte et orientées ailleurs"),
    ),
    "turned_away": (
        mark("non reçues (compteur)"),
        mark("personnes comptées à la porte et reparties sans être reçues"),
    ),
    "transport_needs": (
        mark("besoins de transport"),
        mark("rendez-vous tenus ou attendus dont la personne ne peut pas venir seule"),
    ),
}
"""Per code of a figure: its name, and what it counts."""

DIMENSIONS: Mapping[Dimension, tuple[str, str]] = {
    Dimension.STOP: (mark("arrêt"), mark("arrêt de la tournée, ou lieu d'un arrêt imprévu")),
    Dimension.COMMUNE: (mark("commune"), mark("commune de l'arrêt, telle qu'elle était ce jour")),
    Dimension.OPERATOR: (mark("opérateur"), mark("opérateur de la demande")),
    Dimension.THEME: (mark("thème"), mark("thème de la démarche, selon le catalogue actuel")),
    Dimension.PROCEDURE: (mark("démarche"), mark("démarche ou acte de la demande")),
    Dimension.HELP: (mark("nature de l'aide"), mark("information, accompagnement, orientation")),
    Dimension.OUTCOME: (mark("issue"), mark("issue de la demande")),
    Dimension.OBSTACLE: (
        mark("blocage"),
        mark(
            "ce qui a empêché : le site de l'opérateur en panne n'est pas un échec de la personne"
        ),
    ),
    Dimension.AGE: (mark("tranche d'âge"), mark("tranche d'âge, si elle a été dite")),
    Dimension.RESIDENCE: (mark("résidence"), mark("commune de résidence, si elle a été dite")),
    Dimension.CONTACT: (mark("premier contact"), mark("première visite, ou déjà venu")),
    Dimension.CHANNEL: (mark("modalité"), mark("sans rendez-vous, sur rendez-vous, téléphone")),
    Dimension.HOUR: (mark("heure"), mark("heure du début, à la montre du lieu")),
    Dimension.MINUTES: (mark("durée"), mark("durée de la visite, en minutes")),
    Dimension.AGENT: (mark("agent"), mark("qui a reçu ; chacun ne voit que ses propres chiffres")),
    Dimension.DAY: (mark("jour"), mark("jour de la visite")),
    Dimension.PASSAGE: (mark("passage"), mark("passage du bus à un arrêt, un jour")),
}
"""Per dimension: its name, and what its lines are."""

VISIT_COLUMNS: Mapping[Column, str] = {
    Column.VISIT: mark("identifiant de la visite ; ses lignes se suivent"),
    Column.ENQUIRY: mark("numéro de la demande dans la visite, de 1 à 20"),
    Column.DAY: mark("jour de la visite, AAAA-MM-JJ ; JJ/MM/AAAA se lit aussi"),
    Column.STARTS: mark("heure du début, à la montre du lieu"),
    Column.MINUTES: mark(
        "durée de la visite, sur sa première ligne seulement : les sommes tombent juste"
    ),
    Column.PEOPLE: mark("personnes présentes, sur la première ligne de la visite seulement"),
    Column.WHERE: mark("au passage du bus, sur la route ou à la base"),
    Column.PASSAGE: mark("nom du passage : structure/tournée/arrêt/jour"),
    Column.TOUR: mark("tournée du jour, pour une visite sur la route"),
    Column.COMMUNE: mark("code INSEE de la commune de l'arrêt"),
    Column.CHANNEL: mark("sans rendez-vous, sur rendez-vous, par téléphone, en visioconférence"),
    Column.PROCEDURE: mark("code de la démarche ou de l'acte, ou intitulé du catalogue"),
    Column.LABEL: mark("intitulé de la démarche, pour l'œil : il n'est pas lu"),
    Column.OPERATOR: mark("code de l'opérateur"),
    Column.HELP: mark("information, accompagnement, orientation"),
    Column.OUTCOME: mark("issue de la demande"),
    Column.REFERRED_TO: mark("vers qui la personne est réorientée"),
    Column.REFERRED_BY: mark("par quelle voie"),
    Column.OBSTACLE: mark("ce qui a empêché, s'il y a lieu"),
    Column.FIRST_CONTACT: mark("première visite, ou déjà venu ; seulement avec --complete"),
    Column.AGE: mark("tranche d'âge ; seulement avec --complete"),
    Column.RESIDENCE: mark("code INSEE de la commune de résidence ; seulement avec --complete"),
    Column.MANDATE: mark("au nom de qui l'agent a agi ; seulement avec --complete"),
    Column.REFERENCE: mark("numéro de dossier chez l'autre ; seulement avec --complete"),
    Column.NOTE: mark("note, sur la première ligne de la visite ; seulement avec --complete"),
    Column.FROM_PAPER: mark("« oui » si la feuille a été tenue à la main"),
}
"""Per column of exported visits: what it says."""
PASSAGE_COLUMNS: Mapping[PassageColumn, str] = {
    PassageColumn.PASSAGE: mark("nom du passage : structure/tournée/arrêt/jour d'origine"),
    PassageColumn.DAY: mark("jour où le bus vient, après un déplacement"),
    PassageColumn.STOP: mark("nom de l'arrêt, pour l'œil : il n'est pas lu"),
    PassageColumn.STATUS: mark("ce que le bord en a dit : attendu, ouvert, fermé, écourté, annulé"),
    PassageColumn.REASON: mark("pourquoi il est annulé ou écourté"),
    PassageColumn.OPENED: mark("première ouverture, à la montre du lieu"),
    PassageColumn.CLOSED: mark("dernière fermeture"),
    PassageColumn.PLANNED: mark("ouverture prévue par le planning ; n'est pas lue"),
    PassageColumn.VISITS: mark("visites enregistrées à ce passage ; n'est pas lu"),
    PassageColumn.MET: mark("personnes venues au bus (compteur)"),
    PassageColumn.ELSEWHERE: mark("personnes orientées ailleurs (compteur)"),
    PassageColumn.TURNED_AWAY: mark("personnes non reçues (compteur)"),
}
"""Per column of exported passages: what it says."""
COOP_COLUMNS: Mapping[CoopColumn, str] = {
    CoopColumn.DAY: mark("jour de la visite, JJ/MM/AAAA ; la Coop ne garde pas l'heure"),
    CoopColumn.TYPE: mark("« Accompagnement individuel » : le bus ne tient pas d'atelier"),
    CoopColumn.PEOPLE: mark("personnes présentes à la visite"),
    CoopColumn.BENEFICIARY: mark("« Bénéficiaire anonyme » : une visite ne nomme personne"),
    CoopColumn.CHANNEL: mark(
        "« À distance » au téléphone ou en visio, « Lieu d’activité » à la base, « Autre lieu » au"
        " passage ou sur la route : un arrêt du bus n'est pas un lieu déclaré à la Coop"
    ),
    CoopColumn.PLACE: mark("code postal et commune de l'arrêt"),
    CoopColumn.MINUTES: mark("durée de la visite ; « 1 h 30 » se lit aussi"),
    CoopColumn.WORKSHOP: mark("vide : le bus ne tient pas d'atelier"),
    CoopColumn.EQUIPMENT: mark("vide : cela n'est pas demandé au bus"),
    CoopColumn.THEMES: mark(
        "une par ligne : « Aide aux démarches administratives » et la rubrique du thème, ou ce que"
        " l'acte veut dire ; le rattachement est de ce programme, pas de la Coop"
    ),
    CoopColumn.PROCEDURE: mark("intitulés des démarches au catalogue, un par ligne"),
    CoopColumn.AUTONOMY: mark("vide : cela n'est pas demandé au bus"),
    CoopColumn.LEVEL: mark("vide : le bus ne tient pas d'atelier"),
    CoopColumn.SENT_ON: mark("« Oui » si une demande est réorientée"),
    CoopColumn.SENT_TO: mark(
        "« Opérateur ou organisme en charge… » pour un opérateur du catalogue, sinon « Autre » :"
        " la Coop n'a qu'une liste, et une seule place"
    ),
    CoopColumn.RESIDENCE: mark("code postal et commune ; seulement avec --complete"),
    CoopColumn.GENDER: mark("vide : cela n'est jamais demandé"),
    CoopColumn.AGE: mark("tranche d'âge, les mêmes que les nôtres ; seulement avec --complete"),
    CoopColumn.STATUS: mark("vide : cela n'est jamais demandé"),
    CoopColumn.NOTES: mark("note de la visite, jamais relue ; seulement avec --complete"),
}
"""Per column of the Coop's sheet: where it comes from, or why nothing can stand there."""

MASKING = mark(
    "Hors du poste, une ligne de moins de {n} visites par âge, résidence ou premier contact"
    " est masquée ; s'il n'y en a qu'une, la suivante l'est aussi."
)
ASKED = mark("Par opérateur, thème, démarche, aide ou issue, seules les demandes sont comptées.")
COMPARED = mark("Une période est comparée avec celle, entière, qui la précède.")


def figure_name(code: str) -> str:
    """Return the name of a figure."""
    return _(FIGURES[code][0])


def define_figure(code: str) -> str:
    """Return what a figure counts."""
    return _(FIGURES[code][1])


def dimension_name(dimension: Dimension) -> str:
    """Return the name of a dimension."""
    return _(DIMENSIONS[dimension][0])


def visit_column(column: Column) -> str:
    """Return what a column of exported visits says."""
    return _(VISIT_COLUMNS[column])


def passage_column(column: PassageColumn) -> str:
    """Return what a column of exported passages says."""
    return _(PASSAGE_COLUMNS[column])


def coop_column(column: CoopColumn) -> str:
    """Return where a column of the Coop's sheet comes from."""
    return _(COOP_COLUMNS[column])


def general_definitions() -> list[str]:
    """Return what holds for every figure."""
    return [_(ASKED), _(MASKING).format(n=MASK_BELOW), _(COMPARED)]
