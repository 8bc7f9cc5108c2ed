"""Rows of the national schema « lieux de médiation numérique » (v1.0.2), one for each stop."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping

from fsmobile.core.agencies import LabelThresholds
from fsmobile.core.publications import Publication
from fsmobile.core.tours import Access
from fsmobile.formats.served_stops import ServedStop

COLUMNS = (
    "id", "pivot", "nom", "commune", "code_postal", "code_insee", "adresse", "complement_adresse",
    "latitude", "longitude", "typologie", "telephone", "courriels", "site_web", "horaires",
    "presentation_resume", "presentation_detail", "source", "itinerance", "structure_parente",
    "date_maj", "services", "publics_specifiquement_adresses", "prise_en_charge_specifique",
    "frais_a_charge", "dispositif_programmes_nationaux", "formations_labels",
    "autres_formations_labels", "modalites_acces", "modalites_accompagnement",
    "fiche_acces_libre", "prise_rdv",
)  # fmt: skip
NO_SIRET = "00000000000000"
"""What the national cartography itself writes for a place whose number nobody gives."""
PHONE = re.compile(r"\+(33|590|594|262|596|269|687|689|508|681)\d{6,9}")
"""The phone numbers that the schema takes."""
_ACCESS = {
    Access.FREE: "Se présenter",
    Access.APPOINTMENT: "Téléphoner",
    Access.ON_REQUEST: "Téléphoner",
}
_FRANCE_SERVICES = {
    "services": "Aide aux démarches administratives",
    "frais_a_charge": "Gratuit",
    "dispositif_programmes_nationaux": "France Services",
}
"""What holds for every bus that answers for the label; of another one nothing is known."""


def write_mediation_csv(
    publication: Publication, stops: Iterable[ServedStop], postcode_of: Callable[[str], str]
) -> str:
    """Write the rows; a private stop, or one without commune or postcode, has no place there.

    `postcode_of` gives the postcode of an INSEE code, or nothing.
    """
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for one in stops:
        postcode = postcode_of(one.place.insee_code or "")
        if one.access is not Access.PRIVATE and one.place.commune and postcode:
            writer.writerow(_row(publication, one, postcode))
    return written.getvalue()


def _row(publication: Publication, one: ServedStop, postcode: str) -> Mapping[str, str]:
    agency, place = publication.tree.agency, one.place
    phone = agency.phone or ""
    return {
        "id": f"{agency.agency_id}-{one.tour_id}-{one.stop_id}",
        "pivot": agency.siret or NO_SIRET,
        "nom": agency.name,
        "commune": place.commune,
        "code_postal": postcode,
        "code_insee": place.insee_code or "",
        "adresse": place.address or place.spot or place.name,
        "complement_adresse": place.spot if place.address else "",
        "latitude": "" if place.latitude is None else f"{place.latitude}",
        "longitude": "" if place.longitude is None else f"{place.longitude}",
        "telephone": phone if PHONE.fullmatch(phone) else "",
        "site_web": publication.page_of("commune", place.insee_code or ""),
        "horaires": one.hours,
        "itinerance": "Itinérant",
        "structure_parente": agency.name,
        "date_maj": f"{publication.state.revised_at:%Y-%m-%d}",
        "source": agency.name,
        "modalites_acces": _ACCESS[one.access],
        "modalites_accompagnement": "Accompagnement individuel",
        **(_FRANCE_SERVICES if _has_label(agency.label) else {}),
    }


def _has_label(label: LabelThresholds) -> bool:
    asked = (label.hours_per_week_min, label.days_per_week_min, label.agents_min)
    return any(one is not None for one in asked)
