"""The door of the archive: `append` puts facts on record in the caller's transaction."""

from visavis.archive.api.recording import (
    append,
    append_one,
    chain,
    count,
    keep_secret,
    open_record,
    open_secret,
)

__all__ = [
    "append",
    "append_one",
    "chain",
    "count",
    "keep_secret",
    "open_record",
    "open_secret",
]
