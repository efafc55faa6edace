"""Dispatch: a client's request for a person finds the right licensed advisor of any branch.

Owns `request`, `slot`, `offer`, `claim`, `decision`, `advisor_load`, `opening_hours` and `calendar_day`; publishes the
events of `types/`. Start reading in `rules/ladder.py` (what is decided), then `engine.py` (when), `claiming.py` (who
wins) and `api/` (the door).
"""
