"""What a well-formed message may still not hold, because no database could take it.

Looked for before any SQL: PostgreSQL takes no NUL in a text, and no database of ours takes
a number beyond 63 bits.
"""

from fsmobile.protocol.messages import EnrolRequest, SyncRequest, WriterBlock

NUMBER_MAX = (1 << 63) - 1
TEXT_MAX = 200
WRITER_SIZE = 16
DEVICE_SIZE = 16
HASH_SIZE = 32


def fault_of_sync(request: SyncRequest) -> str | None:
    """Name what cannot be taken in a request, or return None."""
    if not _is_text(request.app):
        return "app"
    if len(request.device_id) != DEVICE_SIZE:
        return "device"
    if not _are_numbers(request.counter):
        return "counter out of range"
    return _fault_of_block(request.writer)


def fault_of_enrolment(request: EnrolRequest) -> str | None:
    """Name what cannot be taken in a request to be known, or return None."""
    if not (_is_text(request.app) and _is_text(request.name)):
        return "name"
    return None


def _fault_of_block(block: WriterBlock) -> str | None:
    parent = block.parent
    if len(block.writer) != WRITER_SIZE or (parent and len(parent.writer) != WRITER_SIZE):
        return "writer"
    if not _are_numbers(block.first_seq + len(block.ops), block.last_seq):
        return "sequence out of range"
    if parent is not None and not _are_numbers(parent.seq):
        return "sequence out of range"
    return None


def _is_text(text: str) -> bool:
    return 0 < len(text) <= TEXT_MAX and text.isprintable()


def _are_numbers(*numbers: int) -> bool:
    return all(0 <= number <= NUMBER_MAX for number in numbers)
