"""HTTP status of each answer: one table, because a client reacts to the category."""

from fsmobile.protocol.hand_in import HandedIn, HandInAnswer
from fsmobile.protocol.messages import (
    Busy,
    ChunkTooLarge,
    CodeExpired,
    CodeUnknown,
    CodeUsed,
    EnrolAnswer,
    Enrolled,
    Fork,
    Gap,
    LostHistory,
    Malformed,
    Replay,
    Revoked,
    StaleCursor,
    SyncAnswer,
    SyncReply,
    UnknownDevice,
    UnknownDictionary,
    UpgradeNeeded,
)

STATUS: dict[type[SyncAnswer] | type[EnrolAnswer] | type[HandInAnswer], int] = {
    SyncReply: 200,
    Enrolled: 200,
    HandedIn: 200,
    Malformed: 400,
    UnknownDevice: 401,
    Revoked: 403,
    CodeUnknown: 404,
    Gap: 409,
    Fork: 409,
    Replay: 409,
    LostHistory: 409,
    CodeUsed: 409,
    StaleCursor: 410,
    CodeExpired: 410,
    ChunkTooLarge: 413,
    UnknownDictionary: 415,
    UpgradeNeeded: 426,
    Busy: 503,
}
TOO_MANY = 429
"""`Busy` at the door; a registry that cannot reach its database is busy with 503."""


def status_of(answer: SyncAnswer | EnrolAnswer | HandInAnswer) -> int:
    """Return the HTTP status of an answer."""
    return STATUS[type(answer)]
