"""What can go wrong on the wire, as the caller sees it."""


class WireError(Exception):
    """The server said no: `code` is stable, `detail` is worded for people, `retry_after_s` is set where it helps."""

    def __init__(
        self, code: str, detail: str = "", status: int = 0, retry_after_s: float | None = None
    ) -> None:
        self.code = code
        self.detail = detail
        self.status = status
        self.retry_after_s = retry_after_s
        super().__init__(f"{code}: {detail}" if detail else code)


class Ended(WireError):
    """The connection is over for good: the session is, or it was stopped, or a function of the caller's has failed."""
