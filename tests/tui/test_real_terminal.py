"""Type-ahead on a real pseudo-terminal: keys that arrive in one read, in a row."""

import os
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.end_to_end.terminal import Terminal

BURSTS = 30


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_thirty_bursts_of_seven_keys_in_one_write_are_thirty_right_visits(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    environment = {**os.environ, "PYTHONPATH": os.getcwd(), "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "tests.tui.burst_app", str(store)]
    with Terminal(command, environment) as terminal:
        terminal.wait_for("Luxé")
        for burst in range(BURSTS):
            terminal.send("nret\rr\r")
            terminal.wait_for(f"Visites ici · {burst + 1}")
        terminal.send("\x11")
        terminal.process.wait(10)
    connection = sqlite3.connect(store)
    rows = connection.execute("SELECT procedure FROM enquiry").fetchall()
    drafts = connection.execute("SELECT count(*) FROM draft").fetchone()
    connection.close()
    assert rows == [("retraite-dossier",)] * BURSTS
    assert drafts == (0,)
