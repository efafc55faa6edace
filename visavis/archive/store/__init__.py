"""All SQL of the archive: `records` keeps them, `sequence` gives them their places in the log."""
