"""The door of knowledge: what is in force is searched and read; the rest is written, approved by another, retired."""

from visavis.knowledge.api.editing import approve, create, retire, revise, send_back, submit
from visavis.knowledge.api.reading import SURE, entries, entry, search, steps, writers
from visavis.knowledge.store import ORIGINS

__all__ = [
    "ORIGINS",
    "SURE",
    "approve",
    "create",
    "entries",
    "entry",
    "retire",
    "revise",
    "search",
    "send_back",
    "steps",
    "submit",
    "writers",
]
