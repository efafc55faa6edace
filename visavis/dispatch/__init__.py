"""Dispatch: a client's request for a person finds the right licensed advisor of any branch.

Tables: request, offer, claim, decision, advisor_load, opening_hours, calendar_day. Events: see `types`. Start reading
in `rules/ladder.py` (what is decided), then `engine.py` (when), `claiming.py` (who wins) and `api.py` (the door).
"""
