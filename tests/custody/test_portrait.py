"""What the firm holds about a client, shown to her and taken home (PIPL art 45, DATA-04); consents (DATA-01)."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.conversations.talk import begin
from tests.suitability.cast import assess, firm, product_card
from tests.world import World
from visavis.conversations.types import Kind, Stream
from visavis.origins import HOLDINGS

FORMATS = ("json", "html", "pdf")
# Tables that name a client and are no part of what she takes home, each with its reason.
NOT_HELD = {
    "advice": "supervision of the firm's staff",
    "same_words": "counts recipients of the staff's words; what was sent is among the messages",
    "same_words_recipient": "counts recipients of the staff's words; what was sent is among the messages",
    "breach_person": "she is told by a message, which is among the messages",
    "broadcast_recipient": "what was sent is among the messages, and a touch",
    "review_item": "supervision of the firm's staff",
    "review_case_step": "supervision of the firm's staff",
    "ticket": "a protected inquiry (COMM-08); her own words are among the messages",
    "archive_look": "supervision of the firm's staff",
    "audit_run": "the firm's own",
    "client_copy": "held",
    "client_look": "supervision of the firm's staff",
    "consent": "held",
    "destruction": "after the client has gone",
    "export_job": "supervision of the firm's staff",
    "fact": "counts for the firm's figures, of what is held elsewhere",
    "handover_client": "a plan of the firm's, told by announcement; what comes of it is a connection",
    "legal_hold": "telling would defeat it",
    "queued_greeting": "a plan of the staff's until it is said; what was said is among the messages",
    "scheduled_message": "a draft of the staff's until it is sent; what was sent is among the messages",
    "suitability_client": "a lock, no data",
    "wrapping_key": "keys",
}


async def parts(http: httpx.AsyncClient) -> dict[str, Any]:
    answer = await http.get("/api/client/portrait")
    assert answer.status_code == 200, answer.text
    found = answer.json()["items"]
    for part in ("name", "title"):
        assert len({one[part] for one in found}) == len(found), part
    return {one["name"]: one for one in found}


async def test_data_04_the_client_sees_what_is_held_of_her_and_where_it_comes_from(
    world: World,
) -> None:
    """DATA-04: given, observed, made by the firm, derived; derived tags with what they rest on."""
    talk, other = await begin(world), await begin(world)
    await assess(talk.client, "C2")
    key = await (await firm(world)).product(2)
    await talk.say(talk.her, "我想了解债券")
    await talk.say(talk.him, "这一只", body={"text": "这一只", "cards": [product_card(key)]})
    gone = await talk.say(talk.him, "打错了")
    await talk.say(talk.him, kind=Kind.RECALL, of_id=gone.id, body={})
    await other.say(other.her, "别人的秘密")
    await talk.say(talk.him, "内部备注", stream=Stream.INTERNAL, kind=Kind.NOTE)
    await world.settle()
    held = await parts(talk.client.http)
    assert held["levels"]["rows"][0]["level"] == "C2"
    assert (held["levels"]["source"], held["levels"]["rests_on"]) == ("derived", "assessments")
    assert "问卷" in held["levels"]["explanation"]
    assert held["assessments"]["rows"][0]["answers"]
    assert [one["reason"] for one in held["match_decisions"]["rows"]] == [None]
    assert held["connections"]["rows"][0]["name"] == talk.advisor.name
    said = [one["body"].get("text") for one in held["messages"]["rows"] if one["kind"] == "message"]
    assert said == ["我想了解债券", "这一只", None]
    everything = json.dumps(held, ensure_ascii=False)
    for foreign in (
        "别人的秘密", "内部备注", "打错了", other.client.person.external_ref, talk.advisor.login,
        talk.advisor.employee_no,
    ):  # fmt: skip
        assert str(foreign) not in everything


async def test_data_04_copies_come_in_three_forms_are_recorded_and_limited(world: World) -> None:
    """DATA-04: the export includes derived tags; each copy is a record; five a day."""
    talk = await begin(world)
    await assess(talk.client, "C3")
    await talk.say(talk.her, "<script>alert(1)</script> 您好")
    browser = talk.client.http
    content = {}
    for form in FORMATS:
        answer = await browser.post("/api/client/copies", json={"format": form})
        assert answer.status_code == 200, answer.text
        assert f'filename="my-data.{form}"' in answer.headers["content-disposition"]
        content[form] = answer.content
    machine = json.loads(content["json"])
    level = next(one for one in machine["parts"] if one["name"] == "levels")
    assert level["rows"][0]["level"] == "C3"
    page = content["html"].decode()
    assert "<script>" not in page
    assert "您的风险等级" in page
    assert content["pdf"].startswith(b"%PDF")
    english = await browser.post(
        "/api/client/copies", json={"format": "html"}, headers={"Accept-Language": "en"}
    )
    assert "Your risk level" in english.text
    assert "held_" not in english.text + page  # every part, source and column has its words
    assert (await browser.post("/api/client/copies", json={"format": "json"})).status_code == 200
    sixth = await browser.post("/api/client/copies", json={"format": "json"})
    assert (sixth.status_code, sixth.json()["error"]) == (429, "too_many")
    # The first of the five counts for a day, and the clock of the tests has stood still.
    assert sixth.headers["Retry-After"] == "86400"
    world.clock.move(timedelta(minutes=10))
    later = await browser.post("/api/client/copies", json={"format": "json"})
    assert (later.status_code, later.headers["Retry-After"]) == (429, "85800")
    assert (await parts(browser))["copies"]["total"] == 5
    async with world.tx() as tx:
        kinds = await tx.fetchval("SELECT count(*) FROM record WHERE kind = 'client_copy'")
    assert kinds == 5
    desk = await world.sign_in(talk.advisor)
    assert (await desk.get("/api/client/portrait")).status_code == 403
    assert (await desk.post("/api/client/copies", json={"format": "json"})).status_code == 403


async def test_data_04_every_table_that_names_a_client_is_held_or_says_why_not(
    world: World,
) -> None:
    """DATA-04: a new table with a client in it is shown to her, or names its reason here."""
    async with world.tx() as tx:
        rows = await tx.fetch(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'client_id'"
            " AND table_schema = 'public'"
        )
    shown = " ".join(one.sql for one in HOLDINGS)
    missing = {row["table_name"] for row in rows if f"FROM {row['table_name']}" not in shown}
    assert missing <= set(NOT_HELD), missing - set(NOT_HELD)


async def test_data_01_giving_and_withdrawing_are_the_same_step_and_count_at_once(
    world: World,
) -> None:
    """DATA-01: per purpose, on record with the words that were seen; recording rests on notice, not on this."""
    talk = await begin(world)
    browser = talk.client.http
    listed = (await browser.get("/api/client/consents")).json()["items"]
    assert [(one["purpose"], one["given"]) for one in listed] == [
        ("profiling", None), ("sensitive", None), ("marketing", None),
    ]  # fmt: skip
    versions = {one["purpose"]: one["version"] for one in listed}
    for purpose, version in versions.items():
        for given in (True, False, False, True):
            said = await browser.put(
                f"/api/client/consents/{purpose}", json={"given": given, "version": version}
            )
            assert (said.status_code, said.json()["given"]) == (200, given)
            world.clock.move(timedelta(seconds=1))
    async with world.tx() as tx:
        kept = await tx.fetch("SELECT purpose, given FROM consent ORDER BY at")
        records = await tx.fetchval("SELECT count(*) FROM record WHERE kind = 'consent'")
    assert len(kept) == records == 9  # a repetition is no change
    other = await browser.put(
        "/api/client/consents/profiling", json={"given": True, "version": "2020-01"}
    )
    assert (other.status_code, other.json()["error"]) == (409, "consent_text_changed")
    stale_no = await browser.put(
        "/api/client/consents/profiling", json={"given": False, "version": "2020-01"}
    )
    assert stale_no.json()["given"] is False
    async with world.tx() as tx:
        await tx.execute("UPDATE consent SET version = '2020-01' WHERE purpose = 'marketing'")
    again = (await browser.get("/api/client/consents")).json()["items"]
    assert again[2]["given"] is None  # a yes to other words is none
    desk = await world.sign_in(talk.advisor)
    assert (await desk.get("/api/client/consents")).status_code == 403


async def withdraw(browser: httpx.AsyncClient, purpose: str) -> None:
    answer = await browser.put(
        f"/api/client/consents/{purpose}", json={"given": False, "version": "x"}
    )
    assert answer.status_code == 200, answer.text


async def test_data_01_after_a_withdrawal_nothing_of_it_is_used(world: World) -> None:
    """DATA-01, DISP-01: marketing ends unasked contact, sensitive data hides the level, profiling is not read."""
    talk = await begin(world)
    await assess(talk.client, "C2")
    browser, desk = talk.client.http, await world.sign_in(talk.advisor)
    (line,) = (await desk.get("/api/conversations")).json()["items"]
    assert line["client"]["level"] == "C2"
    await withdraw(browser, "sensitive")
    (line,) = (await desk.get("/api/conversations")).json()["items"]
    assert line["client"]["level"] is None
    path = f"/api/clients/{talk.client.id}/suitability"
    assert (await desk.get(path)).json()["level"] is None
    watch = await world.sign_in(await world.supervisor())
    assert (await watch.get(path)).json()["level"] == "C2"
    key = await (await firm(world)).product(4)
    card = talk.draft(talk.him, body={"cards": [product_card(key)]})
    assert await talk.refused(card) == "suitability_above_level"  # the legal duty goes on

    await withdraw(browser, "marketing")
    greeted = await desk.post(
        f"/api/clients/{talk.client.id}/greet", json={"template": "anti-fraud"}
    )
    assert greeted.json()["error"] == "greetings_refused"

    await withdraw(browser, "profiling")
    asked = await browser.post("/api/client/requests", json={"conversation": str(talk.id)})
    assert asked.status_code < 300, asked.text
    async with world.tx() as tx:
        row = await tx.fetchrow("SELECT own_advisor_id, branch_id FROM request")
    assert row is not None
    assert (row["own_advisor_id"], row["branch_id"]) == (None, None)


@pytest.mark.parametrize("form", FORMATS)
async def test_a_client_of_whom_nothing_is_kept_gets_an_empty_copy(world: World, form: str) -> None:
    client = await world.client()
    answer = await client.http.post("/api/client/copies", json={"format": form})
    assert answer.status_code == 200
    assert len(answer.content) > 500
