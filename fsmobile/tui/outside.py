"""What only the app around the shell can do; the tests write down what is asked of it."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from fsmobile.errors import FsmobileError
from fsmobile.usecases.desk import Desk

Found = TypeVar("Found")


class Outside(Protocol):
    """What only the app around the shell can do."""

    def open_note(self, text: str) -> None:
        """Show the text field."""
        ...

    def start_sync(self, why: str) -> None:
        """Run a sync in a thread."""
        ...

    def look_up(
        self, look: Callable[[Desk], Found], then: Callable[[Found | FsmobileError], None]
    ) -> None:
        """Look into the store beside the keys; only the newest question is answered."""
        ...

    def lock(self) -> bool:
        """Hide the screens behind the passphrase; False where there is none."""
        ...

    def leave(self) -> None:
        """End the program."""
        ...
