"""A small valid schedule as files, for tests that change one thing at a time."""

STRUCTURE = """
format        = "structure/1"
id            = "essai"
nom           = "Bus d'essai"
departement   = "23"
fuseau        = "Europe/Paris"
zone_scolaire = "A"
feries        = "metropole"
"""
PLACES = """
format = "lieux/1"

[lieux.dun-mairie]
nom = "Dun — mairie"

[lieux.dun-salle]
nom = "Dun — salle"

[lieux.bonnat]
nom = "Bonnat"
"""
VEHICLES = """
format = "vehicules/1"

[vehicules.bus-1]
nom = "Bus 1"

[vehicules.bus-2]
nom = "Bus 2"

[agents.agent-a]
permis = true

[agents.agent-b]
permis = true

[agents.agent-c]
"""
TOUR = """
format   = "tournee/1"
tournee  = "nord"
nom      = "Nord"
effet    = 2026-09-01
vehicule = "bus-1"
equipage = ["agent-a", "agent-b"]

[sorties.mardi]
jours = "mardi"

[sorties.mardi.arrets.dun]
lieu   = "dun-mairie"
ouvert = ["09:30-12:00", "13:30-16:00"]

[sorties.mardi.arrets.bonnat]
lieu   = "bonnat"
ouvert = "16:30-18:00"

[sorties.vendredi]
jours = "vendredi"

[sorties.vendredi.arrets.bonnat]
lieu   = "bonnat"
ouvert = "matin"
"""


def schedule_files(*changes: dict[str, str]) -> dict[str, str]:
    """Return the files of the small schedule, with others added or put in their place."""
    files = {
        "structure.toml": STRUCTURE,
        "lieux.toml": PLACES,
        "vehicules.toml": VEHICLES,
        "tournees/nord/2026-09-01.toml": TOUR,
    }
    for change in changes:
        files.update(change)
    return files


def override_file(name: str, body: str) -> dict[str, str]:
    """Return one overlay as a file, by its name."""
    return {f"surcharges/{name[:4]}/{name}.toml": f'format = "surcharge/1"\n{body}\n'}
