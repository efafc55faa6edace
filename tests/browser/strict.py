"""The demo with a policy that holds: what invites a client elsewhere waits for a supervisor, not blocked."""

from tests.policies import holding
from visavis.__main__ import app
from visavis.supervision import api as supervision
from visavis.supervision import judging

if __name__ == "__main__":
    pack = holding()
    supervision.pack = judging.pack = lambda: pack  # type: ignore[assignment]
    app()
