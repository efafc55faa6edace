"""Who has come by whom, and what may be paid for it: referral codes, the ledger of touches, settlement rules.

Owns `referral_code`, `attribution` and `settlement_rule`; publishes nothing. Start reading in `rules.py`: what may
never be paid. Partner staff see their own codes and how many came by them, and no client (PART-01, PART-02).
"""
