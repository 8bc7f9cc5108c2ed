"""What commands write: in whole words on a terminal, untouched in a pipe."""

import fcntl
import os
import pty
import struct
import sys
import termios
from collections.abc import Callable
from contextlib import suppress

import pytest

from fsmobile.cli.output import complain, say, say_table, say_text, wrap

ADVICE = (
    "Ce poste n'est pas encore inscrit : il n'appartient à aucun bus. Demandez un code à la"
    " personne qui coordonne, puis « fsmobile enrol URL »."
)


def write_to_terminal(
    monkeypatch: pytest.MonkeyPatch, name: str, write: Callable[[], None], columns: int = 40
) -> list[str]:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with os.fdopen(slave, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, name, terminal)
        write()
    monkeypatch.undo()
    written = b""
    # What a closed terminal was given can be read, and then nothing more.
    with suppress(OSError):
        while chunk := os.read(master, 65536):
            written += chunk
    os.close(master)
    return written.decode().replace("\r\n", "\n").splitlines()


@pytest.mark.parametrize(("name", "write"), [("stdout", say), ("stderr", complain)])
def test_a_terminal_gets_rows_of_whole_words(
    monkeypatch: pytest.MonkeyPatch, name: str, write: Callable[[str], None]
) -> None:
    rows = write_to_terminal(monkeypatch, name, lambda: write(ADVICE))
    assert len(rows) > 1
    assert max(map(len, rows)) <= 40
    assert " ".join(rows) == ADVICE


def test_a_pipe_gets_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    say(ADVICE)
    complain(ADVICE)
    written = capsys.readouterr()
    assert written.out == written.err == f"{ADVICE}\n"


def test_a_terminal_whose_size_nobody_knows_gets_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert write_to_terminal(monkeypatch, "stdout", lambda: say(ADVICE), columns=0) == [ADVICE]


def test_the_content_of_a_file_keeps_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    content = f'note = "{ADVICE}"\nautre = 1'
    rows = write_to_terminal(monkeypatch, "stdout", lambda: say_text(content))
    assert rows == content.splitlines()


def test_the_rest_of_a_wide_row_stands_apart_from_the_next_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = [["Luxé — place de la mairie", "tournée du mardi"], ["Aunac", "nord"]]
    rows = write_to_terminal(monkeypatch, "stdout", lambda: say_table(["lieu", "tournée"], table))
    assert rows[1:] == [
        "Luxé — place de la mairie  tournée du",
        "    mardi",
        "Aunac" + " " * 22 + "nord",
    ]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("un deux trois", ["un deux", "trois"]),
        ("  - un deux trois", ["  - un", "    deux", "    trois"]),
        ("a  b", ["a  b"]),
        ("/un/chemin/long puis", ["/un/chemin/long", "puis"]),
        ("dire : « oui »", ["dire :", "« oui »"]),
        ("un deux\ntrois", ["un deux", "trois"]),
        ("", [""]),
    ],
)
def test_rows_end_at_a_blank(text: str, rows: list[str]) -> None:
    assert wrap(text, 8).split("\n") == rows
