"""The agenda as the pages of the format define it, day by day, from the words of the files."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from dateutil.easter import easter

Table = dict[str, Any]
"""What `tomllib` reads: nothing here knows the program."""
DAYS = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
EVERYWHERE = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
ABOLITION = {
    "mayotte": (4, 27),
    "martinique": (5, 22),
    "guadeloupe": (5, 27),
    "saint-martin": (5, 28),
    "guyane": (6, 10),
    "saint-barthelemy": (10, 9),
    "la-reunion": (12, 20),
}
WIDTHS = ["journee", "matin", "apres-midi"]
FAR = timedelta(days=40)
"""No overlay of these tests moves a passage farther."""


class Opening(NamedTuple):
    """One opening of the agenda, as its JSON would say it."""

    day: date
    hours: str
    stop: str
    original: date
    place: str
    vehicle: str
    status: str
    reason: str


def openings_between(files: dict[str, Table], first: date, last: date) -> list[Opening]:
    """List what the agenda must hold, by what is seen."""
    found: list[Opening] = []
    original = first - FAR
    while original <= last + FAR:
        found += openings_of_day(files, original)
        original += timedelta(days=1)
    return sorted(one for one in found if first <= one.day <= last)


def openings_of_day(files: dict[str, Table], day: date) -> list[Opening]:
    version = version_on(files, day)
    planned = list(planned_openings(files, version, day)) if version else []
    overlays = overlays_of(files, day)
    for scope, overlay in overlays:
        if overlay["action"] != "ajoute":
            planned = apply(planned, scope, overlay, files)
    kept = [one for one in planned if one.status != "perdu"]
    for scope, overlay in overlays:
        if overlay["action"] == "ajoute":
            kept += [
                Opening(
                    day=day,
                    hours=hours,
                    stop=scope,
                    original=day,
                    place=overlay["lieu"],
                    vehicle=overlay.get("vehicule", usual_vehicle(files, scope, version)),
                    status="ajoute",
                    reason=overlay.get("motif", ""),
                )
                for hours in as_list(overlay["ouvert"])
            ]
    return kept


def usual_vehicle(files: dict[str, Table], stop: str, in_force: Table | None) -> str:
    """Return the vehicle of the first run that serves a stop: in force, or else the latest."""
    versions = [files[name] for name in sorted(files, reverse=True) if name.startswith("tournees/")]
    for version in [in_force, *versions] if in_force else versions:
        for run in version["sorties"].values():
            if stop in run["arrets"]:
                return str(run.get("vehicule", version["vehicule"]))
    raise LookupError(stop)


def version_on(files: dict[str, Table], day: date) -> Table | None:
    versions = [one for name, one in files.items() if name.startswith("tournees/")]
    begun = [one for one in versions if one["effet"] <= day]
    latest = max(begun, key=lambda one: one["effet"], default=None)
    return None if latest is None or latest.get("fin", day) < day else latest


def planned_openings(files: dict[str, Table], version: Table, day: date) -> Iterator[Opening]:
    for run in version["sorties"].values():
        keys = {"feries": version.get("feries", "sauf"), **run}
        keys["vacances"] = run.get("vacances", version.get("vacances", "avec"))
        is_lost = is_public_holiday(files, day) and keys["feries"] == "sauf"
        is_lost = is_lost and day not in run.get("dates", [])
        if not is_run_day(files, {**keys, "feries": "avec"} if is_lost else keys, day):
            continue
        for stop, call in run["arrets"].items():
            if not passes(files, call, run, day):
                continue
            vehicle = run.get("vehicule", version["vehicule"])
            status, reason = why_not(files, vehicle, day, is_lost)
            for hours in sorted(as_list(call["ouvert"])):
                yield Opening(day, hours, stop, day, call["lieu"], vehicle, status, reason)


def why_not(files: dict[str, Table], vehicle: str, day: date, is_lost: bool) -> tuple[str, str]:
    if is_lost:
        return "perdu", "ferie"
    for closure in files["calendriers/fermetures.toml"].get("fermetures", {}).values():
        if closure["du"] <= day <= closure["au"]:
            return "annule", closure.get("motif", "fermeture")
    return ("annule", "vehicule") if is_off_the_road(files, vehicle, day) else ("prevu", "")


def is_off_the_road(files: dict[str, Table], vehicle: str, day: date) -> bool:
    spans = files["vehicules.toml"]["vehicules"][vehicle].get("indisponible", [])
    return any(text[:10] <= day.isoformat() <= text[12:] for text in spans)


def is_run_day(files: dict[str, Table], keys: Table, day: date) -> bool:
    if day in keys.get("dates", []):
        return True
    if "jours" not in keys or not passes(files, keys, keys, day):
        return False
    wanted = {"avec": {True, False}, "sans": {False}, "seulement": {True}}[keys["vacances"]]
    if is_school_holiday(files, day) not in wanted:
        return False
    return keys["feries"] == "avec" or not is_public_holiday(files, day)


def passes(files: dict[str, Table], keys: Table, run: Table, day: date) -> bool:
    """Tell whether a day passes `jours`, `semaines`, `rang`, `cycle` and `saison`."""
    if "jours" in keys and DAYS[day.weekday()] not in as_list(keys["jours"]):
        return False
    if not is_week_of(keys, day):
        return False
    if "rang" in keys:
        from_end = -((monthrange(day.year, day.month)[1] - day.day) // 7 + 1)
        if not {(day.day - 1) // 7 + 1, from_end} & set(keys["rang"]):
            return False
    if "cycle" in keys and not is_in_cycle(files, keys, run, day):
        return False
    seasons = as_list(keys.get("saison", "01-01..12-31"))
    return any(is_in_season(f"{day:%m-%d}", season) for season in seasons)


def is_week_of(keys: Table, day: date) -> bool:
    week, weeks = day.isocalendar().week, keys.get("semaines", "toutes")
    if isinstance(weeks, list):
        return week in weeks
    return weeks == "toutes" or week % 2 == (0 if weeks == "paires" else 1)


def is_in_season(day: str, season: str) -> bool:
    first, last = season.split("..")
    return first <= day <= last if first <= last else day >= first or day <= last


def is_in_cycle(files: dict[str, Table], keys: Table, run: Table, day: date) -> bool:
    cycle = keys["cycle"]
    monday = day - timedelta(days=day.weekday())
    week = cycle["debut"] - timedelta(days=cycle["debut"].weekday())
    counted = 0
    while week <= monday:
        counts = cycle.get("compte") != "hors-vacances" or (
            is_week_of(keys, week)
            and is_week_of(run, week)
            and not is_school_holiday(files, week + timedelta(days=2))
        )
        if week == monday:
            return counts and counted % cycle["longueur"] + 1 in as_list(cycle.get("rang", 1))
        counted += counts
        week += timedelta(days=7)
    return False


def is_public_holiday(files: dict[str, Table], day: date) -> bool:
    structure, sunday = files["structure.toml"], easter(day.year)
    from_easter, territory = (day - sunday).days, structure["feries"]
    if (day.month, day.day) in EVERYWHERE or from_easter in (1, 39, 50):
        return True
    if territory == "alsace-moselle" and (from_easter == -2 or f"{day:%m-%d}" == "12-26"):
        return True
    if (day.month, day.day) == ABOLITION.get(territory):
        return True
    return any(
        text == f"{day:%m-%d}" or text == f"paques{from_easter:+d}"
        for text in structure.get("feries_locaux", [])
    )


def is_school_holiday(files: dict[str, Table], day: date) -> bool:
    zone = files["structure.toml"]["zone_scolaire"]
    periods = files["calendriers/vacances.toml"].get(zone, {})
    return any(one["du"] <= day <= one["au"] for one in periods.values())


def overlays_of(files: dict[str, Table], day: date) -> list[tuple[str, Table]]:
    """List the overlays of a day with what they aim at, the widest first."""
    found = []
    for name, overlay in files.items():
        stem = name.rpartition("/")[2].removesuffix(".toml")
        if name.startswith("surcharges/") and stem.startswith(f"{day}-nord-"):
            found.append((stem.removeprefix(f"{day}-nord-"), overlay))
    order = {"journee": 0, "matin": 1, "apres-midi": 1}
    return sorted(found, key=lambda pair: (order.get(pair[0], 2), pair[0]))


def apply(
    planned: list[Opening], scope: str, overlay: Table, files: dict[str, Table]
) -> list[Opening]:
    aimed_at = [one for one in planned if scope in ("journee", half_day_of(one), one.stop)]
    others = [one for one in planned if one not in aimed_at]
    if "ouvert" in overlay and overlay["action"] != "annule":
        models = {one.stop: one for one in reversed(aimed_at)}
        aimed_at = [
            one._replace(hours=hours)
            for one in models.values()
            for hours in as_list(overlay["ouvert"])
        ]
    return others + [change(one, overlay, files) for one in aimed_at]


def change(one: Opening, overlay: Table, files: dict[str, Table]) -> Opening:
    action, motive = overlay["action"], overlay.get("motif")
    if action == "annule":
        before = one.reason if one.status == "annule" else ""
        return one._replace(status="annule", reason=motive or before)
    moved = one._replace(
        place=overlay.get("lieu", one.place), vehicle=overlay.get("vehicule", one.vehicle)
    )
    status = moved.status
    if action == "deplace":
        status = "deplace"
        moved = moved._replace(day=overlay["vers"])
    elif action == "maintient":
        status = "prevu"
    elif status == "perdu":
        return moved
    elif (status, one.reason) == ("annule", "vehicule") and not is_off_the_road(
        files, moved.vehicle, one.original
    ):
        status = "prevu"
    before = moved.reason if status == one.status else ""
    return moved._replace(status=status, reason=motive or before)


def half_day_of(one: Opening) -> str:
    if one.hours in WIDTHS:
        return one.hours
    return "matin" if one.hours < "12:00" else "apres-midi"


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
