"""The real timetables that come with the program: in the wheel, or in the checkout."""

from importlib.resources import files
from pathlib import Path

from fsmobile.errors import NotFound

CHARENTE = "bus-charente"


def find_sample_schedule(name: str) -> Path:
    """Return the folder of a sample timetable.

    Raises:
        NotFound: this installation ships none of that name.
    """
    package = Path(str(files("fsmobile")))
    for folder in (package / "reference" / "schedules" / name, package.parent / "schedules" / name):
        if (folder / "structure.toml").is_file():
            return folder
    raise NotFound("sample_schedule", name)
