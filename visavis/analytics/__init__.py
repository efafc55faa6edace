"""Analytics: the live board, the connection funnel, and facts that figures are sums over.

Owns `fact` and `rehearsal`; publishes no event. Start reading in `api.py`; simulated and test people count in no figure
of the real firm, and are shown only where somebody asks for the simulated world.
"""
