"""The door of the assistant: it answers clients, classifies and sums up for a hand-over, and
suggests to staff.
"""

from visavis.assistant.api.answering import answer
from visavis.assistant.api.copilot import standard_answers, suggest
from visavis.assistant.api.handover import answers, classify, classify_conversation, summary
from visavis.assistant.store import ERASURES, ORIGINS

__all__ = [
    "ERASURES",
    "ORIGINS",
    "answer",
    "answers",
    "classify",
    "classify_conversation",
    "standard_answers",
    "suggest",
    "summary",
]
