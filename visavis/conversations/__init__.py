"""Conversations: two gap-free streams each, one pipeline in, receipts, attachments, search, supervised reading.

Owns `conversation`, `participant`, `entry`, `posted`, `receipt`, `entry_words`, `later_words`, `attachment`,
`notice_acknowledgement`, `supervised_view`, `aside`, `scheduled_message`, `product_card`, `client_group*` and
`same_words*`; publishes the events of `types/events.py`. Start reading in `posting.py`: every word anybody writes goes
through that page.
"""
