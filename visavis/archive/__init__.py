"""The log of record: everything that is evidence is sealed here, in the transaction of what it proves.

Owns `record`, `record_head` and `wrapping_key`; publishes no event. Start reading in `api.py` (`append`), then
`seal.py`,
which fixes the bytes of an envelope for good: an index, tiles and proofs come on top and change none of them.
"""
