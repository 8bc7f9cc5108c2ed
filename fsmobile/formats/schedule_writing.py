"""Schedule values as TOML: tables of the right keys, in canonical order, aligned on `=`."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, time

import tomlkit

from fsmobile.core.agencies import Vehicle
from fsmobile.core.documents import KeyPath, Table, Value
from fsmobile.core.overrides import Override, OverrideAction
from fsmobile.core.places import Place, PlaceKind
from fsmobile.core.schedules import Closure
from fsmobile.core.spans import HalfDay, TimeSpan
from fsmobile.formats.schedule_values import WEEKDAYS
from fsmobile.formats.toml_editing import edit_toml, format_toml_value

_SELECTORS = ("jours", "semaines", "rang", "cycle", "saison", "vacances", "feries", "dates")
_VERSION_KEYS = (
    *("format", "tournee", "nom", "effet", "fin", "remplace", "motif"),
    *("vehicule", "equipage", "base", "feries", "vacances", "partenaire", "sorties"),
)
_RUN_KEYS = (*_SELECTORS, "vehicule", "equipage", "base", "depart", "retour", "arrets")
_STOP_KEYS = (
    *("lieu", *_SELECTORS, "ouvert", "trajet", "installation"),
    *("acces", "incertain", "note"),
)
_OVERRIDE_KEYS = (
    *("format", "action", "vers", "lieu", "ouvert", "trajet", "vehicule", "equipage"),
    *("remplace", "motif", "avis", "publie"),
)
_PLACE_KEYS = (
    *("nom", "type", "commune", "insee", "emplacement", "adresse", "lat", "lon", "pmr"),
    *("courant", "reseau", "indisponible", "repli", "autorisation_fin", "osm"),
)
_CLOSURE_KEYS = ("du", "au", "motif", "avis")
_VEHICLE_KEYS = ("nom", "type", "base", "controle", "indisponible")
_ROOT_KEYS: Mapping[str, tuple[str, ...]] = {
    "structure": (
        *("format", "id", "nom", "siret", "departement", "fuseau", "zone_scolaire", "feries"),
        *("feries_locaux", "telephone", "label", "limites"),
    ),
    "lieux": ("format", "lieux"),
    "vehicules": ("format", "vehicules", "agents"),
    "vacances": ("format", "horizon"),
    "fermetures": ("format", "fermetures"),
    "acquittements": ("format", "acquittements"),
}
"""By kind of file, the version of a tour and exceptions apart."""
_INLINE = frozenset({"cycle"})
"""Tables that stay on the line of their key."""


def override_path(override: Override) -> str:
    """Return where an exception is written: where it stands, or at its canonical name."""
    found = override.position.file
    return found or f"surcharges/{override.original_date.year:04d}/{override.override_id}.toml"


def override_id(day: date, tour_id: str, scope: str) -> str:
    """Name an exception: `2026-11-24-nord-dun`."""
    return f"{day.isoformat()}-{tour_id}-{scope}"


def override_table(override: Override) -> dict[str, Value]:
    """Return what the file of an exception holds."""
    table: dict[str, Value] = {
        "format": "surcharge/1",
        "action": override.action.value,
        "vers": override.moved_to if override.action is OverrideAction.MOVE else None,
        "lieu": override.place_id,
        "ouvert": openings_value(override.spans, override.half_day),
        "trajet": override.drive_minutes,
        "vehicule": override.vehicle_id,
        "equipage": None if override.crew is None else list(override.crew),
        "remplace": override.replaces,
        "motif": None if override.reason is None else override.reason.value,
        "avis": override.notice or None,
        "publie": override.published_on,
    }
    return without_absent(table)


def closure_table(closure: Closure) -> dict[str, Value]:
    """Return what `[fermetures.<id>]` holds."""
    return without_absent(
        {
            "du": closure.days.first,
            "au": closure.days.last,
            "motif": closure.reason or None,
            "avis": closure.notice or None,
        }
    )


def place_table(place: Place) -> dict[str, Value]:
    """Return what `[lieux.<id>]` holds of a new place."""
    return without_absent(
        {
            "nom": place.name,
            "type": None if place.kind is PlaceKind.STOP else place.kind.value,
            "commune": place.commune or None,
            "insee": place.insee_code,
            "lat": place.latitude,
            "lon": place.longitude,
        }
    )


def vehicle_table(vehicle: Vehicle) -> dict[str, Value]:
    """Return what `[vehicules.<id>]` holds of a new vehicle."""
    return without_absent(
        {
            "nom": vehicle.name,
            "type": vehicle.kind,
            "base": vehicle.base_id,
            "controle": vehicle.inspection_on,
        }
    )


def openings_value(spans: Sequence[TimeSpan], half_day: HalfDay | None) -> Value:
    """Return the value of `ouvert`: one span, a list of them, a half-day, or nothing."""
    if half_day is not None:
        return half_day.value
    texts = [f"{_clock(one.starts)}-{_clock(one.ends)}" for one in spans]
    return (texts[0] if len(texts) == 1 else texts) if texts else None


def _clock(moment: time) -> str:
    return f"{moment.hour:02d}:{moment.minute:02d}"


def without_absent(table: Mapping[str, Value]) -> dict[str, Value]:
    """Leave out the keys that have nothing to say."""
    return {key: value for key, value in table.items() if value is not None}


def format_document(table: Table) -> str:
    """Write a whole file: keys of a table aligned, one blank line between tables."""
    return "\n".join(_blocks(table, ()))


def edit_document(text: str, wanted: Table) -> str:
    """Return a file's text that says what is wanted; new keys and tables at canonical places."""
    current: Table = tomllib.loads(text)
    return edit_toml(text, wanted, format_document(_with_news(current, wanted, ())))


def _with_news(current: Table, wanted: Table, path: KeyPath) -> dict[str, Value]:
    """Return the current document with what is new in it, each key and table at its place.

    What changes keeps its old value here: only its value is to be rewritten, not its comment.
    """
    laid_out: dict[str, Value] = {}
    for key, value in current.items():
        new = wanted.get(key)
        if isinstance(value, Mapping) and isinstance(new, Mapping) and key not in _INLINE:
            laid_out[key] = _with_news(value, new, (*path, key))
        else:
            laid_out[key] = value
    for key in wanted:
        if key not in current:
            laid_out = _inserted(laid_out, key, wanted[key], path)
    return laid_out


def _inserted(table: Table, key: str, value: Value, path: KeyPath) -> dict[str, Value]:
    """Put a key after the last one that canonical order has before it."""
    order = order_of(path, table)
    rank = rank_of(path, order, key, value)
    place = 0
    for index, (other, other_value) in enumerate(table.items()):
        if rank_of(path, order, other, other_value) <= rank:
            place = index + 1
    items = list(table.items())
    return dict([*items[:place], (key, value), *items[place:]])


def rank_of(path: KeyPath, order: Sequence[str], key: str, value: Value) -> tuple[int, str, str]:
    """Return what sorts the keys of a table, the runs of a version, the stops of a run."""
    is_run = len(path) == 1 and path[0] == "sorties"
    is_stop = len(path) == 3 and path[2] == "arrets"
    if (is_run or is_stop) and isinstance(value, Mapping):
        return (_first_weekday(value) if is_run else 0, _first_opening(value), key)
    return (order.index(key) if key in order else len(order), "", "")


def order_of(path: KeyPath, table: Table) -> tuple[str, ...]:
    """Return the canonical order of a table; of one that has none, every key is last."""
    match path:
        case ():
            kind = str(table.get("format")).partition("/")[0]
            return _OVERRIDE_KEYS if "action" in table else _ROOT_KEYS.get(kind, _VERSION_KEYS)
        case ("vehicules", _):
            return _VEHICLE_KEYS
        case ("sorties", _):
            return _RUN_KEYS
        case ("sorties", _, "arrets", _):
            return _STOP_KEYS
        case ("lieux", _):
            return _PLACE_KEYS
        case ("fermetures", _):
            return _CLOSURE_KEYS
    return ()


def _first_weekday(run: Table) -> int:
    days = run.get("jours")
    named = [days] if isinstance(days, str) else days if isinstance(days, list) else []
    return min((WEEKDAYS.index(day) for day in named if day in WEEKDAYS), default=7)


def _first_opening(value: Table) -> str:
    """Return when a stop opens, or the first stop of a run, as text that sorts by hour."""
    if isinstance(stops := value.get("arrets"), Mapping):
        return min((_first_opening(one) for one in stops.values()), default="")
    opens = value.get("ouvert")
    texts = opens if isinstance(opens, list) else [opens]
    words = {HalfDay.MORNING.value: "08:00", HalfDay.AFTERNOON.value: "14:00"}
    return min((words.get(str(one), str(one)) for one in texts), default="")


def _blocks(table: Table, path: KeyPath) -> list[str]:
    """Write the keys of a table, then its tables, a block each."""
    own = {key: value for key, value in table.items() if not _is_table(key, value)}
    inner = {key: value for key, value in table.items() if key not in own}
    lines: list[str] = []
    if path and (own or not inner):
        lines.append(f"[{'.'.join(tomlkit.key(one).as_string() for one in path)}]")
    width = max((len(key) for key in own), default=0)
    for key, value in own.items():
        name = tomlkit.key(key).as_string()
        lines.append(f"{name:<{width}} = {format_toml_value(value)}")
    blocks = ["\n".join(lines) + "\n"] if lines else []
    for key, value in inner.items():
        if isinstance(value, Mapping):
            blocks += _blocks(value, (*path, key))
    return blocks


def _is_table(key: str, value: Value) -> bool:
    return isinstance(value, Mapping) and key not in _INLINE
