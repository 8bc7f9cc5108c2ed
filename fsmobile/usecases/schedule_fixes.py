"""Mending in a folder what has one remedy only; the rest is for a person."""

from datetime import date
from pathlib import Path

from fsmobile.formats.schedule_fixes import Fix, fix_files
from fsmobile.usecases.schedule_check import check_files
from fsmobile.usecases.schedule_checkouts import write_folder
from fsmobile.usecases.schedules import load_schedule_folders


def fix_folders(path: Path, today: date) -> list[tuple[Path, Fix]]:
    """Mend the files of one schedule, or of several; return what was changed where.

    Each file is replaced whole or not at all; one that is not UTF-8 is left.

    Raises:
        InvalidSchedule: there is no such folder, or no schedule in it.
        ChangedMeanwhile: somebody else wrote one of these files; it was left as it is.
    """
    done: list[tuple[Path, Fix]] = []
    for folder in load_schedule_folders(path):
        texts: dict[str, str] = {}
        for name, content in folder.files.items():
            try:
                texts[name] = content.decode()
            except UnicodeDecodeError:
                continue
        fixed = fix_files(texts, check_files(texts, today))
        before = {name: folder.files[name] for name in fixed.texts}
        write_folder(folder.path, before, fixed.texts)
        done += [(folder.path, fix) for fix in fixed.fixes]
    return done
