"""zstd bodies with the shared dictionary, bounded on both sides."""

import zstandard

LAPTOP_LEVEL = 9
REGISTRY_LEVEL = 3
DICTIONARY_HEADER = "Zstd-Dict"
PLAIN_MAX = 16 * 1024 * 1024
"""No message is longer than this once decompressed; a longer one is refused unread."""


class BadCompression(ValueError):
    """The bytes are not zstd, need another dictionary, or would be too long."""


class Codec:
    """Compresses and decompresses message bodies; one for each thread."""

    def __init__(self, level: int, dictionary: bytes | None = None) -> None:
        """Prepare a level and, if given, a trained dictionary."""
        shared = None if dictionary is None else zstandard.ZstdCompressionDict(dictionary)
        parameters = zstandard.ZstdCompressionParameters.from_level(
            level, write_content_size=True, write_checksum=False, write_dict_id=False
        )
        self._compressor = zstandard.ZstdCompressor(dict_data=shared, compression_params=parameters)
        self._decompressor = zstandard.ZstdDecompressor(dict_data=shared, max_window_size=PLAIN_MAX)

    def compress(self, plain: bytes) -> bytes:
        """Compress a whole message."""
        return self._compressor.compress(plain)

    def decompress(self, packed: bytes) -> bytes:
        """Decompress a whole message.

        Raises:
            BadCompression: the bytes cannot be read; no more than `PLAIN_MAX` was allocated.
        """
        try:
            size = zstandard.frame_content_size(packed)
            if not 0 <= size <= PLAIN_MAX:
                raise BadCompression(f"content size {size}")
            return self._decompressor.decompress(packed, max_output_size=PLAIN_MAX)
        except zstandard.ZstdError as error:
            raise BadCompression(str(error)) from error
