"""Tables of suitability and all SQL that touches them."""
