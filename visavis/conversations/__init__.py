"""Conversations: two gap-free streams each, one pipeline in, receipts, attachments, search, supervised reading.

Owns `conversation`, `participant`, `entry`, `posted`, `receipt`, `entry_words`, `attachment`, `notice_acknowledgement`,
`supervised_view`, `aside`, `product_card`, `client_group*` and `same_words*`; publishes `MessagePosted`,
`ConversationOpened`, `ConversationClosed`,
`ConversationRated`, `ConversationTransferred`, `ConversationSetAside` and `ConversationTakenUp`. Start reading in
`posting.py`: every word anybody writes goes through that page.
"""
