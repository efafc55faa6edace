"""The product register: what the firm may offer, in versions written by one person and approved by another.

Owns `product`, `product_version` and `product_import`; publishes `ProductChanged`. Start reading in `rules.py`
(which version is in force, who may write and approve), then `api.py`; `csvlist.py` reads the firm's product list.
"""
