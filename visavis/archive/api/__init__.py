"""The door of the archive: `append` puts facts on record in the caller's transaction; the log proves them."""

from visavis.archive.api.disclosing import data_key
from visavis.archive.api.keying import follow_rotation, keys_fit, rotate_masters
from visavis.archive.api.matching import database_level, unplaced
from visavis.archive.api.opening import install, open_log, own_key, source_of
from visavis.archive.api.proving import (
    batches,
    checkpoint,
    entries_file,
    entry,
    evidence,
    log_file,
    standing,
    tile_file,
    vkey,
)
from visavis.archive.api.reading import (
    by_ids,
    by_object,
    headless,
    heads,
)
from visavis.archive.api.recording import (
    append,
    append_one,
    chain,
    count,
    keep_secret,
    open_record,
    open_secret,
)
from visavis.archive.api.shredding import destroy_keys, masters_left
from visavis.archive.api.stamping import stamp_checkpoint, stamps

__all__ = [
    "append",
    "append_one",
    "batches",
    "by_ids",
    "by_object",
    "chain",
    "checkpoint",
    "count",
    "data_key",
    "database_level",
    "destroy_keys",
    "entries_file",
    "entry",
    "evidence",
    "follow_rotation",
    "headless",
    "heads",
    "install",
    "keep_secret",
    "keys_fit",
    "log_file",
    "masters_left",
    "open_log",
    "open_record",
    "open_secret",
    "own_key",
    "rotate_masters",
    "source_of",
    "stamp_checkpoint",
    "stamps",
    "standing",
    "tile_file",
    "unplaced",
    "vkey",
]
