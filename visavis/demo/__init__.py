"""A fictional firm on this machine: an outsider that uses the platform only over the wire.

`firm.py` is the firm as data, `seed.py` brings it in through the HTTP interface, `site.py` is the broker's own web site
with the widget on its pages, `accounts.py` keeps the sign-ins of the demo's staff. Everybody here is invented.
"""
