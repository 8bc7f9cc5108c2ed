"""Visits and passages as the lines of a table: the columns."""

from enum import StrEnum


class Column(StrEnum):
    """Columns of visits, a line for each enquiry; French, as all keys of files."""

    VISIT = "visite"
    ENQUIRY = "demande"
    DAY = "date"
    STARTS = "heure"
    MINUTES = "duree_minutes"
    PEOPLE = "personnes"
    WHERE = "ou"
    PASSAGE = "passage"
    TOUR = "tournee"
    COMMUNE = "commune"
    CHANNEL = "modalite"
    PROCEDURE = "demarche"
    LABEL = "intitule"
    OPERATOR = "operateur"
    HELP = "aide"
    OUTCOME = "issue"
    REFERRED_TO = "oriente_vers"
    REFERRED_BY = "canal_orientation"
    OBSTACLE = "blocage"
    FIRST_CONTACT = "premier_contact"
    AGE = "age"
    RESIDENCE = "residence"
    MANDATE = "mandat"
    REFERENCE = "reference"
    NOTE = "note"
    FROM_PAPER = "papier"


class PassageColumn(StrEnum):
    """Columns of passages, a line for each."""

    PASSAGE = "passage"
    DAY = "date"
    STOP = "arret"
    STATUS = "etat"
    REASON = "motif"
    OPENED = "ouverture"
    CLOSED = "fermeture"
    PLANNED = "minutes_prevues"
    VISITS = "visites"
    MET = "venues"
    ELSEWHERE = "orientees_ailleurs"
    TURNED_AWAY = "non_recues"
