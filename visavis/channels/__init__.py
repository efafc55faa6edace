"""Reaching people who are not looking: greetings to clients never met, Web Push, the webhook to the broker's own app.

Owns `push_subscription`, `wake`, `notice` and `queued_greeting`; publishes no event. Start reading in `api/`, then
`courier.py`, which sends; `webpush.py` and `webhook.py` are the two ways out, each with a null twin. No notice carries
what was said.
"""
