"""The door of suitability, gathered from the modules beside this one."""

from visavis.custody.api import watermark
from visavis.suitability.api import configuring, professional, proofs, requesting
from visavis.suitability.api.assessing import (
    alerts,
    answer,
    expire,
    mine,
    questionnaire,
    withdraw,
)
from visavis.suitability.api.calling import call_back, named, names_of, ripen, to_call
from visavis.suitability.api.ending import revoke
from visavis.suitability.api.gating import (
    above,
    admitted,
    foreseen,
    gate,
    refusal_of,
    still_suits,
)
from visavis.suitability.api.looking import look, order, shelf
from visavis.suitability.api.professional import (
    applications,
    apply,
    recognise,
    step_down,
)
from visavis.suitability.api.proving import Dossier, Replayed, dossier, replay, replay_all
from visavis.suitability.api.requesting import (
    ask_for,
    confirm,
    request,
    show_warning,
)
from visavis.suitability.api.standing import levels, of_client, standings
from visavis.suitability.store.erasing import ERASURES, HOLDINGS
from visavis.suitability.store.origins import ORIGINS
from visavis.suitability.terms import follow as follow_calendar

__all__ = [
    "ERASURES",
    "HOLDINGS",
    "ORIGINS",
    "Dossier",
    "Replayed",
    "above",
    "admitted",
    "alerts",
    "answer",
    "applications",
    "apply",
    "ask_for",
    "call_back",
    "configuring",
    "confirm",
    "dossier",
    "expire",
    "follow_calendar",
    "foreseen",
    "gate",
    "levels",
    "look",
    "mine",
    "named",
    "names_of",
    "of_client",
    "order",
    "professional",
    "proofs",
    "questionnaire",
    "recognise",
    "refusal_of",
    "replay",
    "replay_all",
    "request",
    "requesting",
    "revoke",
    "ripen",
    "shelf",
    "show_warning",
    "standings",
    "step_down",
    "still_suits",
    "to_call",
    "watermark",
    "withdraw",
]
