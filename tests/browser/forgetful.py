"""The demo under a law that asks for nothing to be kept: what is restricted may be destroyed at once."""

from dataclasses import replace

from visavis.__main__ import app
from visavis.custody.rules import retention

if __name__ == "__main__":
    retention.REGIMES = tuple(replace(one, months=0) for one in retention.REGIMES)
    app()
