"""Settings of a laptop: flag, then `FSMOBILE_*`, then `config.toml`, then the default.

Also the only place that knows where a laptop keeps its files.
"""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from fsmobile.errors import InvalidSettings, NotAllowed, Problem

OTHERS = 0o077
"""Rights of everybody but the owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What can be chosen on a laptop."""

    home: Path
    """Folder of all of this laptop's state. `--home`, `FSMOBILE_HOME`."""
    langue: str = "fr"
    """Language of the screens: `fr` or `en`. `FSMOBILE_LANGUE`."""
    glyphes: str = "unicode"
    """`ascii` for consoles whose font lacks ● ○ ✓. `FSMOBILE_GLYPHES`."""
    synchro: str = "auto"
    """`auto`: the open screens exchange by themselves when there is a network; `manuelle`:
    only when asked. `FSMOBILE_SYNCHRO`."""
    verrouillage: int = 10
    """Minutes without a key before the screens of an encrypted laptop ask for the passphrase;
    0: never. `FSMOBILE_VERROUILLAGE`."""
    silence: int = 30
    """Days without the registry after which names of people are shown no more, until the next
    exchange; 0: never. `FSMOBILE_SILENCE`."""
    copie: str = ""
    """Folder of the second copy of what has no receipt: another disk, a stick that stays in.
    Empty: beside the store, which saves it from a damaged store but from no theft.
    `FSMOBILE_COPIE`."""
    decalage_horloge: int = 0
    """Seconds added to the machine's clock; the demo lives at its own date.
    `FSMOBILE_DECALAGE_HORLOGE`."""
    noms: Mapping[str, str] = field(default_factory=dict)
    """Display names of the agents, by id; they never leave this laptop. Table `[noms]`."""
    formations: Mapping[str, date] = field(default_factory=dict)
    """Until when each agent's training is good, by id. Table `[formations]`."""

    @property
    def store_path(self) -> Path:
        """The laptop's database."""
        return self.home / "fsmobile.db"

    @property
    def key_path(self) -> Path:
        """The device's signing key, readable by its owner only."""
        return self.home / "device.key"

    @property
    def header_path(self) -> Path:
        """The key header: how the store is encrypted, if it is."""
        return self.home / "keys.json"

    @property
    def tries_path(self) -> Path:
        """Wrong passphrases, counted."""
        return self.home / "unlock.json"

    @property
    def instance_path(self) -> Path:
        """Tells a restored store from the one that was here."""
        return self.home / "instance"

    @property
    def screen_lock_path(self) -> Path:
        """Held by the one screen program of this home."""
        return self.home / "screen.lock"

    @property
    def sync_lock_path(self) -> Path:
        """Held while a sync runs."""
        return self.home / "sync.lock"

    @property
    def copy_path(self) -> Path:
        """Folder of the second copy."""
        return Path(self.copie).expanduser() if self.copie else self.home / "copie"

    @property
    def planning_path(self) -> Path:
        """The coordinator's working folder, unless another one is given."""
        return self.home / "planning"

    @property
    def log_path(self) -> Path:
        """Log of crashes, without anybody's data."""
        return self.home / "fsmobile.log"


_CHOICES = {
    "langue": ("fr", "en"),
    "glyphes": ("unicode", "ascii"),
    "synchro": ("auto", "manuelle"),
}
_TEXTS = ("copie",)
_CONFIG = "config.toml"
_FOLDERS = ("copie", "planning")
"""These, and the settings, may be links to elsewhere; nothing else may."""
_FILES = (
    *("fsmobile.db", "device.key", "keys.json", "unlock.json", "instance", "fsmobile.log"),
    *("screen.lock", "sync.lock", "keys.lock", _CONFIG),
)
_NUMBERS = {
    "verrouillage": "nombre entier de minutes, 0 pour jamais",
    "silence": "nombre entier de jours, 0 pour jamais",
    "decalage_horloge": "nombre entier de secondes",
}


def load_settings(home: Path | None, environment: Mapping[str, str]) -> Settings:
    """Read the settings of the laptop whose state is in `home` (or where the system says).

    Raises:
        InvalidSettings: unknown keys and wrong types, all of them together.
    """
    if home is None:
        home = Path(environment["FSMOBILE_HOME"]) if environment.get("FSMOBILE_HOME") else None
    home = _default_home() if home is None else home
    problems: list[Problem] = []
    values: dict[str, Any] = _read_file(home / _CONFIG, problems)
    for name in (*_CHOICES, *_NUMBERS, *_TEXTS):
        text = environment.get(f"FSMOBILE_{name.upper()}")
        if text:
            values[name] = _number(text) if name in _NUMBERS else text
    _check(values, problems)
    if problems:
        raise InvalidSettings("invalid_settings", problems, path=str(home / "config.toml"))
    return Settings(home=home.absolute(), **values)


def make_home(settings: Settings) -> None:
    """Create the laptop's folder, closed to other people where the system allows it.

    Raises:
        NotAllowed: it or one of its files is a link, it belongs to somebody else, or it cannot be
        written.
    """
    home = settings.home
    if home.is_symlink():
        # Whoever can put a link there chooses where names are written, and with which rights.
        raise NotAllowed("home_is_a_link", home=str(home), target=str(home.resolve()))
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        _close_to_others(home)
        _refuse_planted(home)
    except OSError as error:
        raise NotAllowed("home_not_writable", home=str(home)) from error


def _close_to_others(home: Path) -> None:
    whoever_runs = getattr(os, "geteuid", None)
    if whoever_runs is None:
        return  # Windows has no such rights
    found = home.stat()
    if found.st_uid != whoever_runs() != 0:
        raise NotAllowed("home_of_another", home=str(home))
    if found.st_mode & OTHERS:
        home.chmod(found.st_mode & ~OTHERS)


def _refuse_planted(home: Path) -> None:
    """Refuse links, pipes and the like: they would be followed, waited for, or written to."""
    with os.scandir(home) as entries:
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            if entry.name in _FOLDERS:
                is_wrong = not entry.is_dir()
            elif entry.name in _FILES:
                is_wrong = not entry.is_file(follow_symlinks=entry.name == _CONFIG)
            else:
                is_wrong = not is_folder and not entry.is_file(follow_symlinks=False)
            if is_wrong:
                raise NotAllowed("planted_in_home", path=entry.path)


def with_name(text: str, agent_id: str, name: str) -> str | None:
    """Return the settings with one more agent's name; None if no line can be added to them."""
    entry = f"{agent_id} = {json.dumps(name, ensure_ascii=False)}\n"
    head = re.search(r"^\[noms\][^\n]*(\n|$)", text, re.MULTILINE)
    if head is None:
        longer = f"{text.rstrip()}\n\n[noms]\n{entry}".lstrip()
    else:
        longer = f"{text[: head.end()].rstrip()}\n{entry}{text[head.end() :]}"
    try:
        named = tomllib.loads(longer)["noms"]
    except tomllib.TOMLDecodeError:
        return None
    return longer if named.get(agent_id) == name else None


def _default_home() -> Path:
    # Deferred: when the home is given, the system's folders are not needed.
    from platformdirs import user_data_path

    return user_data_path("fsmobile", appauthor=False)


def _read_file(path: Path, problems: list[Problem]) -> dict[str, Any]:
    if not os.path.exists(path):
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        at = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        problems.append(
            Problem(
                code="file_unreadable",
                file=path.name,
                line=None if at is None else int(at[1]),
                column=None if at is None else int(at[2]),
                params={"detail": str(error)},
            )
        )
        return {}


def _number(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text


def _check(values: dict[str, Any], problems: list[Problem]) -> None:
    known = [*_CHOICES, *_NUMBERS, *_TEXTS, "noms", "formations"]

    def refuse(code: str, name: str, **params: str) -> None:
        problems.append(Problem(code=code, file="config.toml", field=name, params=params))

    for name, value in values.items():
        if name not in known:
            near = get_close_matches(name, known, n=1)
            refuse("unknown_key", name, value=name, nearest="".join(near))
        elif name in _CHOICES and value not in _CHOICES[name]:
            refuse("unexpected_value", name, value=str(value), expected=", ".join(_CHOICES[name]))
        elif name in _TEXTS and not isinstance(value, str):
            refuse("wrong_type", name, value=str(value), expected='"/dossier"')
        elif name in _NUMBERS and type(value) is not int:
            refuse("wrong_type", name, value=str(value), expected=_NUMBERS[name])
        elif name == "formations" and not (
            isinstance(value, dict) and all(type(one) is date for one in value.values())
        ):
            refuse("wrong_type", name, value=str(value), expected="agent-a = 2027-03-01")
        elif name == "noms" and not (
            isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
        ):
            refuse("wrong_type", name, value=str(value), expected='agent = "Nom"')
