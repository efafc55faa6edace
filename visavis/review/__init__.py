"""What people look at after the machine: review queue, sampling, cases, protected tickets, pre-approval, nudges.

Owns `review_*`, `disposition`, `taught_ranker`, `sampling_window`, `advice`, `ticket*`, `breach*`, `nudge_outcome` and
`broadcast*`; publishes the events of `types/`. Start reading in `api/judging.py`, then `rules/`.
"""
