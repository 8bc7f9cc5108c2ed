"""What only the app around the shell can do; the tests write down what is asked of it."""

from typing import Protocol


class Outside(Protocol):
    """What only the app around the shell can do."""

    def open_note(self, text: str) -> None:
        """Show the text field."""
        ...

    def start_sync(self, why: str) -> None:
        """Run a sync in a thread."""
        ...

    def lock(self) -> bool:
        """Hide the screens behind the passphrase; False where there is none."""
        ...

    def leave(self) -> None:
        """End the program."""
        ...
