"""Every way by which data leave the program: none is new without being looked at here."""

import re
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "fsmobile"
WRITES = re.compile(
    r"\b(?:give_file|write_durably|write_bytes|write_text)\(|\.open\(\"[xw]|create_workbook"
)
LOGGED = {
    "cli/export.py": "usecases/visit_exports.py",
    "cli/report.py": "usecases/report_exports.py",
    **dict.fromkeys(("cli/print.py", "usecases/papers.py"), "usecases/papers.py"),
    "cli/followup.py": "usecases/person_answers.py",
    "cli/registry_holdings.py": "cli/registry_holdings.py",
    "cli/review.py": "usecases/stop_review_exports.py",
}
"""What holds people's or visits' data: where it is written into a journal before it is given."""
HARMLESS = {
    **dict.fromkeys(("cli/files.py", "store/files.py"), "they write what the others give them"),
    **dict.fromkeys(
        ("cli/bundle.py", "cli/registry_import.py", "sync/second_copy.py"), "sealed to its reader"
    ),
    **dict.fromkeys(
        (
            *("cli/notice.py", "cli/schedule_export.py"),
            *("cli/schedule_git_merge.py", "cli/schedule_git_setup.py", "cli/schedule_trial.py"),
            *("tui/planning_trials.py", "usecases/schedule_checkouts.py"),
            *("registry/public/feeds.py", "registry/public/pages.py"),
            "usecases/commune_notices.py",
        ),
        "timetables, which are public, and letters about them",
    ),
    **dict.fromkeys(
        ("store/device_keys.py", "store/instance.py", "store/key_header.py"), "keys, wrapped"
    ),
    "store/unlock_tries.py": "a count",
    "usecases/agents.py": "display names of the agents, in the settings of this laptop",
    "cli/doctor.py": "findings without contents",
    "cli/journal.py": "the journal itself: no content of a visit",
    **dict.fromkeys(("cli/demo_world.py", "simulation/real_disks.py"), "invented data"),
}


def writing_modules() -> set[str]:
    return {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if WRITES.search(path.read_text(encoding="utf-8"))
    }


def test_each_module_that_writes_a_file_was_looked_at() -> None:
    found = writing_modules()
    assert found - LOGGED.keys() - HARMLESS.keys() == set(), "log it, mask it, list it here"
    assert (LOGGED.keys() | HARMLESS.keys()) - found == set(), "no longer written: take it out"


def test_what_holds_data_is_written_into_a_journal() -> None:
    for place in LOGGED.values():
        text = (PACKAGE / place).read_text(encoding="utf-8")
        assert re.search(r"journal\.note\(|note_event\(", text), place


def test_reports_are_masked_and_lines_leave_out_what_tells_of_a_person() -> None:
    masks = {"core/period_reports.py": "PERSONAL_DIMENSIONS",
             "usecases/visit_exports.py": "PERSONAL_COLUMNS",
             "usecases/stop_review_exports.py": "mask"}  # fmt: skip
    for place, word in masks.items():
        assert word in (PACKAGE / place).read_text(encoding="utf-8"), place
