"""The client's assistant and the advisor's copilot: both extractive, both citing approved knowledge, both machines.

Owns `assistant_answer`; reacts to `MessagePosted` and publishes no event. Start reading in
`api/answering.py`; what is declined stands in `rules/intent.py`.
"""
