"""A client library that speaks the public wire (docs/protocol.md, docs/contract.md) and imports nothing of the server.

Start reading in `live.py`: connect, resume, send until acknowledged. `streams.py` keeps what came without a gap,
`outbox.py` what has not been acknowledged, `http.py` the calls beside the socket.
"""
