"""BackgroundSearch: looks into the store beside the keys; the newest question alone is answered."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from fsmobile.errors import FsmobileError
from fsmobile.usecases.desk import Desk

Found = TypeVar("Found")
Asked = tuple[int, Callable[[Desk], Any], Callable[[Any], None]]
"""Its number, what looks into the store, what takes the answer."""
END_SECONDS = 2.0
"""The store waits so long at the end for a question that is still being answered."""


class BackgroundSearch:
    """One thread, with a connection of its own from the first question to the end."""

    def __init__(
        self,
        desk: Desk,
        open_beside: Callable[[Desk], Desk] | None,
        finish: Callable[[Callable[[], None]], None],
    ) -> None:
        """Take what opens a desk's store again, and what runs the end of an answer among the keys.

        A store in memory cannot be opened twice: without the former, answers come at once.
        """
        self._desk = desk
        self._open_beside = open_beside
        self._finish = finish
        self._questions: SimpleQueue[Asked | None] = SimpleQueue()
        self._newest = 0
        """Number of the question that will be answered."""
        self._thread: Thread | None = None
        self._beside: Desk | None = None

    def ask(
        self, look: Callable[[Desk], Found], then: Callable[[Found | FsmobileError], None]
    ) -> None:
        """Look something up; what was asked before and is not answered yet never will be."""
        if self._open_beside is None:
            self._try(lambda desk: desk, look, then)()
            return
        self._newest += 1
        if self._beside is not None:
            self._beside.replica.interrupt()
        self._questions.put((self._newest, look, then))
        if self._thread is None:
            self._thread = Thread(
                target=self._run, args=(self._open_beside,), name="search", daemon=True
            )
            self._thread.start()

    def close(self) -> None:
        """End the thread; nothing is answered any more."""
        self._newest += 1
        if self._thread is not None:
            self._questions.put(None)
            self._thread.join(END_SECONDS)

    def _run(self, open_beside: Callable[[Desk], Desk]) -> None:
        for number, look, then in iter(self._questions.get, None):
            if number == self._newest:
                end = self._try(open_beside, look, then)
                self._finish(partial(self._end, number, end))
        if self._beside is not None:
            self._beside.replica.close()

    def _try(
        self,
        open_beside: Callable[[Desk], Desk],
        look: Callable[[Desk], Any],
        then: Callable[[Any], None],
    ) -> Callable[[], None]:
        try:
            self._beside = self._beside or open_beside(self._desk)
            # The timetable and the names as they are now, not as they were then.
            return partial(then, look(replace(self._desk, replica=self._beside.replica)))
        except FsmobileError as error:
            return partial(then, error)
        except Exception as error:  # noqa: BLE001  # a defect ends the program where it is asked
            return partial(_raise, error)

    def _end(self, number: int, end: Callable[[], None]) -> None:
        if number == self._newest:
            end()


def _raise(error: Exception) -> None:
    raise error
