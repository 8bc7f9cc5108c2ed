"""What an answer of the registry changed on this laptop."""

from msgspec import Struct


class Applied(Struct, frozen=True, kw_only=True):
    """What an answer changed here."""

    received_kinds: list[str]
    """The kind of each own op that this receipt covers and the previous one did not."""
    pulled_kinds: list[str]
    """The kind of each op that was new here."""
    refused: list[tuple[str, str]]
    """(op_id, code) of own ops that the registry stored but refused."""
    published: bool
    """A schedule sent by this laptop was published."""
