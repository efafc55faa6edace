"""Settings: environment variables `VISAVIS_…`, each with a documented default; an unknown or wrong one stops
the start.
"""

import os
import re
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, Le
from pydantic import Field, ValidationError, model_validator
from pydantic_settings import SettingsConfigDict

from visavis.kernel.review_settings import ReviewSettings
from visavis.kernel.setting_kinds import (
    BusAddress,
    ClockTime,
    Count,
    DatabaseAddress,
    MasterKeys,
    Origin,
    Roles,
    Seconds,
    WebAddress,
    Zone,
)

PREFIX = "VISAVIS_"
# Read by the tools around the server, not by the server itself.
ELSEWHERE = frozenset({"VISAVIS_SKIP_WEB", "VISAVIS_PG_BIN", "VISAVIS_TEST_PG_BIN"})


# What is never repeated in an error: it may hold a password.
UNSAID = re.compile("SECRET|KEYS|DATABASE_URL|ARCHIVE_STORE")


def default_home() -> Path:
    """`/var/lib/visavis` for root (PostgreSQL must be able to enter it), else below the user's data directory."""
    if os.geteuid() == 0:
        return Path("/var/lib/visavis")
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local/share")) / "visavis"


class Settings(ReviewSettings):
    """Everything an operator may set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    home: Path = Field(
        default_factory=default_home, description="Folder of keys, files and the embedded database."
    )
    database_url: DatabaseAddress = Field(
        "",
        description="PostgreSQL 15 or newer; empty: the embedded server below the home.",
        repr=False,
    )
    database_connections: Annotated[int, Ge(2), Le(200)] = Field(
        12, description="Connections of one process."
    )
    roles: Roles = Field(
        "dispatch,web,work",
        description="What this process does, of web (pages, calls, sockets), dispatch (the dispatcher; a second one"
        " stands by) and work (jobs, notices, the archive's log).",
    )
    nats_url: BusAddress = Field(
        "",
        description="Core NATS that carries hints between processes, for example nats://127.0.0.1:4222;"
        " empty: one process.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: Annotated[int, Ge(0), Le(65535)] = Field(
        8420, description="Port to listen on; 0: any free one."
    )
    public_url: Origin = Field(
        "",
        description="Origin under which browsers reach the platform; empty: http://localhost:PORT.",
    )
    firm_name: str = Field("示例证券", description="Name of the firm in Chinese, shown to clients.")
    firm_name_en: str = Field("Example Securities", description="Name of the firm in English.")
    time_zone: Zone = Field(
        "Asia/Shanghai", description="Time zone of opening hours and calendars."
    )
    register_url: WebAddress = Field(
        "https://exam.sac.net.cn/pages/registration/sac-publicity-report.html",
        description="The association's public register, linked from the verification page.",
    )
    notice_version: str = Field(
        "2026-11", description="Version of the recording notice; a new one is acknowledged again."
    )

    staff_session_hours: Annotated[float, Ge(0.1), Le(24)] = Field(
        12, description="Longest staff session."
    )
    staff_idle_minutes: Annotated[float, Ge(1)] = Field(
        60, description="A staff session ends after so long without use."
    )
    client_session_hours: Annotated[float, Ge(0.1), Le(24)] = Field(
        2, description="Longest client session of one boot."
    )
    embed_token_seconds: Annotated[int, Ge(10), Le(300)] = Field(
        300, description="Longest life of an embedded identity token."
    )
    embed_audience: str = Field(
        "visavis-widget", description="The audience that identity tokens must name."
    )
    sign_in_attempts: Count = Field(
        10, description="Failed sign-ins per login in 15 minutes; ten times as many per address."
    )
    lock_after_failures: Count = Field(
        20, description="Failed attempts in a row that lock a staff account."
    )
    client_messages_per_minute: Count = Field(30, description="Messages of one client per minute.")
    client_requests_per_hour: Count = Field(
        12, description="Requests for a person by one client per hour."
    )
    embed_sessions_per_minute: Count = Field(
        60, description="Widget sessions from one address per minute."
    )
    oidc_issuer: WebAddress = Field("", description="OpenID Connect issuer for staff; empty: none.")
    oidc_client_id: str = Field("", description="Client id at that issuer.")
    oidc_client_secret: str = Field("", description="Client secret at that issuer.", repr=False)
    oidc_name: str = Field("", description="Name of the issuer on the sign-in page.")

    hr_secret: str = Field(
        "",
        description="Key of the personnel feed's HMAC-SHA256 signature; empty: no signed feed.",
        repr=False,
    )

    socket_frames_per_second: Count = Field(
        100, description="Frames that one live socket may send in a second, in the long run."
    )
    socket_frames_at_once: Count = Field(
        400, description="Frames that one live socket may send at once."
    )
    message_characters: Count = Field(8000, description="Longest text of one message.")
    attachment_bytes: Count = Field(10_000_000, description="Largest attachment.")
    image_pixels: Count = Field(
        40_000_000, description="Most pixels of an image; a larger one is refused unread."
    )
    pdf_pages: Count = Field(200, description="Most pages of a PDF.")
    client_files_per_hour: Count = Field(60, description="Uploads of one client per hour.")
    unsent_file_hours: Annotated[float, Ge(1)] = Field(
        24, description="How long an uploaded file that was never sent is kept."
    )
    edit_minutes: Annotated[float, Ge(0)] = Field(
        15, description="How long an own message may be edited or recalled."
    )
    touch_cap: Count = Field(2, description="Proactive contacts per client in the touch period.")
    touch_period_days: Count = Field(7, description="Length of the touch period.")
    quiet_from: ClockTime = Field("20:00", description="No proactive contact from this local time…")
    quiet_to: ClockTime = Field("08:30", description="…until this one.")

    handover_notice_days: Annotated[int, Ge(0), Le(90)] = Field(
        7, description="Days between telling clients of a hand-over and its taking effect."
    )
    handover_cap: Count = Field(
        2, description="How often a client may be handed over in the hand-over period."
    )
    handover_period_days: Count = Field(365, description="Length of the hand-over period.")
    client_looks_per_hour: Count = Field(
        50, description="Clients whom one member of staff may look at in an hour before an alarm."
    )

    offer_seconds: Annotated[float, Ge(5)] = Field(20, description="How long an offer stands.")
    offer_seconds_away: Annotated[float, Ge(5)] = Field(
        45, description="The same for an advisor whose device sleeps."
    )
    offer_count: Annotated[int, Ge(1), Le(5)] = Field(
        3, description="To how many advisors a request is offered at once."
    )
    own_offer_seconds: Annotated[float, Ge(5)] = Field(
        20, description="How long the own advisor is offered alone."
    )
    own_hold_seconds: Annotated[float, Ge(0), Le(15)] = Field(
        15, description="How long a request is held for a full own advisor."
    )
    pool_after_seconds: Seconds = Field(
        45, description="Waiting time after which a request may be grabbed."
    )
    first_word_seconds: Annotated[float, Ge(10)] = Field(
        90, description="Silence after accepting that moves the request on."
    )
    presence_seconds: Annotated[float, Ge(5)] = Field(
        45, description="An advisor not heard of for so long is offline."
    )
    missed_offers: Count = Field(
        2, description="Offers missed in a row that set an advisor to break."
    )
    ask_again_seconds: Annotated[float, Ge(10)] = Field(
        180,
        description="How long an advisor who missed, declined or dropped a request is passed over.",
    )
    stranded_seconds: Annotated[float, Ge(10)] = Field(
        90, description="Waiting without anybody to ask, after which those on call are told."
    )

    master_keys: MasterKeys = Field(
        "",
        description="Where the masters of the wrapping keys lie; empty: files of the data folder;"
        " `pkcs11:/path/to/library.so?token=NAME&label=KEY` or `vault:https://HOST/MOUNT/PATH`.",
    )
    master_keys_secret: str = Field(
        "", description="The token's PIN, or the Vault token.", repr=False
    )
    archive_origin: str = Field(
        "",
        description="Name of the log of record when it begins, host and path; empty: made from the public address.",
    )
    archive_store: Annotated[str, Field(pattern=r"^(s3://.+)?$")] = Field(
        "",
        description="Where the log lies; empty: a folder of the data folder; or"
        " `s3://BUCKET/PREFIX?endpoint=URL&lock_days=N`, a bucket made with Object Lock.",
    )
    archive_timestamps: WebAddress = Field(
        "", description="RFC 3161 authority that stamps the checkpoint once a day; empty: none."
    )
    archive_policy: Path | None = Field(
        None,
        description="Trust policy (C2SP tlog-policy) that names the witnesses to ask; empty: none.",
    )
    archive_entries: Literal["staff", "all"] = Field(
        "staff",
        description="Who may fetch the log's sealed entries; hashes and checkpoints are for all.",
    )

    webhook_url: WebAddress = Field(
        "", description="Where notices for the broker's app push or SMS go; empty: none."
    )
    webhook_secret: str = Field(
        "", description="Key of the webhook's HMAC-SHA256 signature.", repr=False
    )
    push_contact: str = Field(
        "mailto:operations@visavis.invalid", description="Contact in Web Push requests (RFC 8292)."
    )
    push: Literal["on", "off"] = Field(
        "on", description="Web Push to staff and clients who subscribed."
    )
    metrics: Literal["loopback", "all"] = Field(
        "loopback", description="Who may read /metrics; behind a proxy that shields it: all."
    )
    log_format: Literal["json", "text"] = Field("text", description="Format of log lines.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least level that is logged."
    )
    audit_at: ClockTime = Field(
        "02:30", description="Local time of the nightly comparison of all tables with the record."
    )

    capture_minutes: Annotated[float, Ge(0.5)] = Field(
        10, description="Without a place in the log for so long, staff lose the right to send."
    )
    backup_days: Count = Field(
        35, description="After so many days no backup holds destroyed rows; stated on certificates."
    )

    def has_role(self, role: str) -> bool:
        """Whether this process has the role."""
        return role in self.roles.split(",")

    @model_validator(mode="after")
    def _whole_provider(self) -> "Settings":
        if bool(self.oidc_issuer) != bool(self.oidc_client_id):
            raise ValueError("VISAVIS_OIDC_ISSUER and VISAVIS_OIDC_CLIENT_ID go together")
        return self


class WrongSettings(Exception):
    """The environment holds an unknown or wrong setting; the text names each and says what is allowed."""


def load(**overrides: object) -> Settings:
    """The settings from the environment, overridden by the command line; raises `WrongSettings`."""
    known = {PREFIX + name.upper() for name in Settings.model_fields} | ELSEWHERE
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise WrongSettings(
            "unknown setting "
            + ", ".join(unknown)
            + "; known are: "
            + ", ".join(sorted(known - ELSEWHERE))
        )
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        raise WrongSettings("; ".join(_explain(dict(one)) for one in error.errors())) from None


def _explain(error: dict[str, object]) -> str:
    place = error["loc"]
    if not place:
        return str(error["msg"]).removeprefix("Value error, ")
    name = (str(place[0]) if isinstance(place, tuple) else "?").upper().removeprefix(PREFIX)
    says = str(error["msg"]).removeprefix("Value error, ")
    found = "" if UNSAID.search(name) else f" (found {error.get('input')!r})"
    return f"{PREFIX}{name}: {says}{found}"
