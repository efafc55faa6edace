"""What people look at after the machine: review queue, sampling, cases, protected tickets, pre-approval, nudges.

Owns `review_*`, `disposition`, `sampling_window`, `ticket*`, `nudge_outcome`, `broadcast*`; publishes `ItemJudged`,
`ItemOverdue`, `TicketOpened`, `TicketOverdue`, `NudgeCounted`. Start reading in `api/judging.py`, then `rules/`.
"""
