"""The tables of review, and all SQL that touches them."""
