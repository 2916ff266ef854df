"""Keep what people send in memory: uploads never touch the disk, and there is a bound to them (invariant 1)."""

from __future__ import annotations

import io
from typing import IO

from flask import Request

SMALL = 64 << 10
"""Bytes of a request that carries no files."""
FILES = 10 << 20
"""Bytes of all files of one form request together; the mail's own limit may be lower."""
MOST_FILES = 5
FIELDS = 128 << 10
"""Bytes of the form's own fields."""


def upload_bytes(message_bytes: int) -> int:
    """Tell how many bytes of files fit into a mail of `message_bytes`: base64 makes 78 of 57."""
    return max(0, min(FILES, (message_bytes - (256 << 10)) * 57 // 78))


class InMemoryRequest(Request):
    """Put every uploaded file into memory. Werkzeug's own request writes those over 500 kB to the disk.

    The memory is bounded: `max_content_length` ends a request that is larger before its body is read.
    """

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return io.BytesIO()
