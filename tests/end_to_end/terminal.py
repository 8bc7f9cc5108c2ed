"""A real terminal for tests: a pseudo-terminal, a process in it, its screen as text."""

import codecs
import contextlib
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from select import select
from types import TracebackType
from typing import Self

import pyte

ESCAPE = "\x1b"
ENTER = "\r"
F3, F5, F8, F9 = "\x1bOR", "\x1b[15~", "\x1b[19~", "\x1b[20~"
LEFT, RIGHT = "\x1b[D", "\x1b[C"
WAIT_SECONDS = 30.0
QUIET_SECONDS = 0.15

# Sequences of newer terminals that pyte takes for text or for another command.
_FOREIGN = re.compile(r"\x1b\[[<=>?][0-9;]*[uqcmptn]|\x1b\[[?0-9;]*\$[a-z]|\x1b[P_^][^\x1b]*\x1b\\")
_UNFINISHED = re.compile(r"\x1b(?:\[[<=>?0-9;$ ]*|[P_^\]][^\x1b\x07]*)?$")


class Terminal:
    """A program in a terminal of its own; it dies with the `with` block."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        columns: int = 80,
        rows: int = 24,
    ) -> None:
        """Start the program."""
        self.written = ""
        """All that the program wrote, raw."""
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._pending = ""
        self._master, slave = pty.openpty()
        self._set_size(columns, rows)
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            list(command),
            env=_terminal_environment(environment),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def text(self) -> str:
        """What is on the screen, its lines without trailing spaces."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def send(self, *keys: str) -> None:
        """Type keys, all of them in one write."""
        os.write(self._master, "".join(keys).encode())

    def seconds_to_draw(self, *keys: str, quiet: float = 0.06) -> float:
        """Type keys; return the seconds until the last byte of what they drew has come.

        The screen is made of the bytes afterwards: this program's own work is not counted.
        """
        chunks: list[bytes] = []
        start = last = time.perf_counter()
        self.send(*keys)
        while select([self._master], [], [], quiet if chunks else WAIT_SECONDS)[0]:
            chunks.append(os.read(self._master, 65536))
            last = time.perf_counter()
        assert chunks, f"{keys} drew nothing"
        self._take(b"".join(chunks))
        return last - start

    def wait_for(self, wanted: str | re.Pattern[str], seconds: float = WAIT_SECONDS) -> str:
        """Return the screen once it shows a text."""
        found = re.compile(re.escape(wanted)) if isinstance(wanted, str) else wanted
        deadline = time.monotonic() + seconds
        while not found.search(self.text):
            if not self._read(deadline - time.monotonic()):
                if found.search(self.text):
                    break
                raise AssertionError(f"{found.pattern!r} never came; the screen:\n{self.text}")
        return self.text

    def wait_until_quiet(self, seconds: float = WAIT_SECONDS) -> str:
        """Return the screen once nothing has been written for a moment."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._read(QUIET_SECONDS):
            pass
        return self.text

    def wait_for_end(self, seconds: float = WAIT_SECONDS) -> int:
        """Return the exit code, once the program has ended by itself."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            if time.monotonic() > deadline:
                raise AssertionError(f"the program did not end; the screen:\n{self.text}")
            self._read(0.05)
        while self._read(0.05):
            pass
        return self.process.returncode

    def kill(self) -> None:
        """Kill the program with -9: no clean-up, no last word."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size and tell the program."""
        self._screen.resize(rows, columns)
        self._set_size(columns, rows)
        self.process.send_signal(signal.SIGWINCH)

    def close(self) -> None:
        """End the program, and what it started, if they still run."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def _read(self, seconds: float) -> bool:
        """Take what the program wrote; False when nothing came or nothing will."""
        ready, _, _ = select([self._master], [], [], max(0.0, seconds))
        if not ready:
            return False
        try:
            received = os.read(self._master, 65536)
        except OSError:
            return False  # the other side is closed
        self._take(received)
        return bool(received)

    def _take(self, received: bytes) -> None:
        """Draw what came."""
        text = self._decoder.decode(received)
        self.written += text
        text = _FOREIGN.sub("", self._pending + text)
        unfinished = _UNFINISHED.search(text)
        self._pending = unfinished.group() if unfinished else ""
        self._stream.feed(text[: len(text) - len(self._pending)])

    def _set_size(self, columns: int, rows: int) -> None:
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, size)


def _terminal_environment(environment: Mapping[str, str]) -> dict[str, str]:
    # These two would hide the real size of the window from the program.
    kept = {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES")}
    return {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
