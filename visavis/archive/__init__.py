"""The log of record: everything that is evidence is sealed here, in the transaction of what it proves.

Owns `record`, `record_head`, `wrapping_key`, `log_place`, `log_mark`, `log_batch`, `log_halt` and `log_timestamp`;
publishes no event. Start reading in `api/recording.py` (`append`), then `seal.py`, which fixes the bytes of an envelope
for good; `sequencer.py` takes records into the log, and changes no byte of them.
"""
