"""What an operator may set about the review of messages: clocks, conflicts, chance."""

from typing import Annotated, Literal

from annotated_types import Ge, Le
from pydantic import Field
from pydantic_settings import BaseSettings

from visavis.kernel.setting_kinds import Command


class ReviewSettings(BaseSettings):
    """Terms of review; hours are working hours of the firm."""

    review_hours_low: Annotated[float, Ge(0.1)] = Field(
        40, description="Working hours in which a sample is looked at."
    )
    review_hours_medium: Annotated[float, Ge(0.1)] = Field(
        16, description="The same for an ignored nudge or contradictory advice."
    )
    review_hours_high: Annotated[float, Ge(0.1)] = Field(
        8, description="The same for what was held or blocked."
    )
    review_hours_critical: Annotated[float, Ge(0.1)] = Field(
        2,
        description="The same for insider information, private transfers, manipulation, evasion.",
    )
    review_claim_minutes: Annotated[float, Ge(1)] = Field(
        15, description="How long a reviewer has an item in hand before others get it."
    )
    review_same_branch: Literal["barred", "second", "free"] = Field(
        "barred",
        description="Whether reviewers judge their own branch: never; only with a second from another branch; freely.",
    )
    review_second_sees: Literal["nothing", "first"] = Field(
        "nothing",
        description="What a second reviewer sees before his verdict: nothing or the first one's.",
    )
    review_chiefs: str = Field(
        "",
        description="Employee numbers of the chief reviewers, separated by commas; empty: any supervisor who has not"
        " judged the item.",
    )
    held_minutes: Annotated[float, Ge(1)] = Field(120, description="Deadline of a held message.")
    held_at_deadline: Literal["refuse", "wait"] = Field(
        "refuse",
        description="What becomes of a held message at its deadline: refused, or held on and the chief alerted.",
    )
    review_over_hours: Annotated[float, Ge(0)] = Field(
        24,
        description="Hours after which reviewers are told again of a held message that its deadline refused before"
        " anybody judged it; 0: they are told once.",
    )
    sample_rate: Annotated[float, Ge(0), Le(1)] = Field(
        0.05,
        description="Share of unflagged messages per branch, advisor and channel that are reviewed.",
    )
    code_places: str = Field(
        "",
        description="Hosts, or host/path, to which a QR code in a file of staff may lead, by commas; one that leads"
        " elsewhere is held. The platform's own host is always among them.",
    )
    hold_pictures: bool = Field(
        False,
        description="Hold every message of staff with a picture, whatever is read in it.",
    )
    picture_reader: Command = Field(
        "",
        description="Command that reads the words of pictures in files of staff: a PNG on its standard input, text on"
        " its standard output, for example `tesseract stdin stdout -l chi_sim+eng`; no shell. Empty: no machine"
        " reads them.",
    )
    picture_reader_seconds: Annotated[float, Ge(0.1), Le(300)] = Field(
        20,
        description="How long that command may take with the pictures of one file; then the file counts as unread.",
    )
    file_sample_rate: Annotated[float, Ge(0), Le(1)] = Field(
        0.25,
        description="The same share of those with a file, as not every word in a picture is read by a machine.",
    )
    sample_seed: str = Field(
        "",
        description="Secret that makes the sampling repeatable; empty: a fresh one each time.",
        repr=False,
    )
    ticket_hours: Annotated[float, Ge(0.1)] = Field(
        8, description="Working hours in which a protected ticket is answered."
    )
    breach_hours: Annotated[float, Ge(0.1)] = Field(
        72,
        description="Hours from learning of a breach of personal information until those affected must know.",
    )
    contradiction_days: Annotated[int, Ge(0)] = Field(
        5, description="Opposite advice on one instrument within so many days is alerted; 0: never."
    )
    review_minutes: Annotated[float, Ge(0.1)] = Field(
        2,
        description="Minutes that a reviewer needs for one alert; back-tests of policies reckon with it.",
    )
    same_words_clients: Annotated[int, Ge(0)] = Field(
        25,
        description="Clients whom the same words of staff may reach without approval; 0: any number.",
    )
    same_words_days: Annotated[int, Ge(1)] = Field(
        30, description="For how long such clients count."
    )
    reward_contracts: str = Field(
        "",
        description="Types of partner contract for which compliance has enabled a reward by account.",
    )
