"""Conversations: two gap-free streams each, one pipeline in, receipts, attachments, search, supervised reading.

Owns `conversation`, `participant`, `entry`, `posted`, `receipt`, `entry_words`, `attachment`, `notice_acknowledgement`,
`supervised_view` and `product_card`; publishes `MessagePosted`, `ConversationOpened`, `ConversationClosed`,
`ConversationRated` and `ConversationTransferred`. Start reading in `posting.py`: every word anybody writes goes through
that page.
"""
