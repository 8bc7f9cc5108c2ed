"""`essai.toml`, which makes of a folder a trial, and the one file that hands a trial over."""

from datetime import date

import msgspec
from msgspec import Struct

from fsmobile.errors import InvalidInput
from fsmobile.formats.schedule_toml import SIDE_FILES, TRIAL_FILE, is_schedule_file
from fsmobile.formats.schedule_writing import format_document, without_absent
from fsmobile.formats.toml_files import FILE_CHARACTERS_MAX, parse_toml_file

HANDED_FORMAT = "essai-confie/1"
HANDED_BYTES_MAX = 32 * 1024 * 1024
FILES_MAX = 20_000


class TrialHead(Struct, frozen=True, kw_only=True):
    """What is told of a trial."""

    name: str
    note: str = ""
    """What is tried, in the author's words."""
    author: str = ""
    """An agent's id."""
    made_on: date


class HandedTrial(Struct, frozen=True, kw_only=True):
    """A trial on its way to a colleague: all that is needed to compare it and to keep it."""

    format: str
    agency: str
    head: TrialHead
    base: dict[str, str]
    """The files it was made from."""
    files: dict[str, str]


_decode = msgspec.json.Decoder(HandedTrial).decode


def write_trial_head(head: TrialHead) -> str:
    """Write `essai.toml`."""
    return format_document(
        without_absent(
            {
                "format": "essai/1",
                "nom": head.name,
                "note": head.note or None,
                "auteur": head.author or None,
                "cree": head.made_on,
            }
        )
    )


def read_trial_head(text: str) -> TrialHead | None:
    """Read `essai.toml`; None when it is none."""
    file, _problems = parse_toml_file(TRIAL_FILE, text)
    data = {} if file is None else file.data
    name, made_on = data.get("nom"), data.get("cree")
    if not isinstance(name, str) or not isinstance(made_on, date):
        return None
    return TrialHead(
        name=name,
        note=str(data.get("note", "")),
        author=str(data.get("auteur", "")),
        made_on=made_on,
    )


def write_handed_trial(trial: HandedTrial) -> bytes:
    """Write a trial as one file."""
    return msgspec.json.format(msgspec.json.encode(trial), indent=1)


def read_handed_trial(content: bytes) -> HandedTrial:
    """Read a trial that somebody handed over.

    Raises:
        InvalidInput: it is none, or one of its paths leads out of a folder.
    """
    try:
        if len(content) > HANDED_BYTES_MAX:
            raise ValueError("too large")
        trial = _decode(content)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("trial_file_unreadable") from error
    texts = {**trial.base, **trial.files}
    is_sound = (
        trial.format == HANDED_FORMAT
        and len(texts) <= FILES_MAX
        and all(is_schedule_file(path) or path in SIDE_FILES for path in texts)
        and all(len(text) <= FILE_CHARACTERS_MAX for text in texts.values())
    )
    if not is_sound:
        raise InvalidInput("trial_file_unreadable")
    return trial
