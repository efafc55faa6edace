"""The rehearsal: simulated clients and advisors do the main job on real questions, over the public interface only.

`cast.py` brings the people in, `clients.py` and `advisors.py` play them, `history.py` writes down what they saw,
`check.py` recomputes loss, order and licence from that history and the register, `run.py` puts it together.
"""
