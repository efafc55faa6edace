"""The gate: nothing shows a product that does not suit, whoever sends it and by whatever road."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.conversations.conftest import Wire, holding, wire
from tests.conversations.talk import Talk, begin
from tests.conversations.test_statements import counted
from tests.suitability.cast import assess, firm, product_card, timers
from tests.suitability.roads import ROADS, Road, sent
from tests.world import World
from visavis.conversations import api as conversations
from visavis.conversations.types import Kind, Outcome, Stream
from visavis.identity.types import LicenceType
from visavis.kernel.auth import Role
from visavis.sdk.errors import WireError

__all__ = ["holding", "wire"]


async def decisions(world: World, client_id: UUID) -> list[tuple[bool, str | None]]:
    async with world.tx() as tx:
        rows = await tx.fetch(
            "SELECT allowed, reason FROM match_decision WHERE client_id = $1 ORDER BY at, id",
            client_id,
        )
    return [(row["allowed"], row["reason"]) for row in rows]


async def shown(talk: Talk) -> list[str]:
    """The products that the client's stream shows."""
    entries = await talk.stream()
    gone = {one.of_id for one in entries if one.kind is Kind.RECALL}
    return [
        card["product"]
        for one in entries
        if one.id not in gone
        for card in one.body.get("cards", ())
        if card["kind"] == "product"
    ]


@pytest.mark.parametrize("road", ROADS)
async def test_suit_02_no_road_leads_around_the_gate(world: World, road: Road) -> None:
    """SUIT-02, AI-02: R4 to C2 is refused by every road: nothing is delivered, the refusal is on record."""
    talk = await begin(world)
    await assess(talk.client, "C2")
    key = await (await firm(world)).product(4)
    assert await road(talk, key) == "suitability_above_level"
    assert await shown(talk) == []
    assert (await decisions(world, talk.client.id)).count((False, "suitability_above_level")) == 1


async def test_suit_02_neither_does_a_live_socket(wire: Wire) -> None:
    """SUIT-02: the same by the desk's socket."""
    talk = await begin(wire.world)
    await assess(talk.client, "C2")
    key = await (await firm(wire.world)).product(4)
    desk = await wire.live(talk.advisor)
    with pytest.raises(WireError) as refused:
        await desk.send(str(talk.id), {"cards": [product_card(key)]})
    assert refused.value.code == "suitability_above_level"
    assert await shown(talk) == []


async def test_a_page_of_a_suitable_product_goes_as_it_is_and_the_client_may_send_any(
    world: World,
) -> None:
    """SUIT-02: the link is checked, not changed; what the client asks about is her own choice."""
    talk = await begin(world)
    await assess(talk.client, "C2")
    register = await firm(world)
    await register.product(2)
    await register.product(4)
    pages = [
        {
            "kind": "page",
            "title": "产品",
            "url": f"https://www.example-broker.test/products/P00{number}",
        }
        for number in (1, 2)
    ]
    sent = await talk.say(talk.him, "这是页面", body={"text": "这是页面", "cards": pages[:1]})
    assert sent.body["cards"] == pages[:1]
    asked = await talk.say(talk.her, body={"cards": pages[1:]})
    assert asked.body["cards"] == pages[1:]


async def test_a_suitable_card_goes_with_what_the_register_says(world: World) -> None:
    """REC-06: name, version, level and risk points come from the register, whatever the sender wrote."""
    talk = await begin(world)
    await assess(talk.client, "C2")
    key = await (await firm(world)).product(2)
    card = product_card(key, title="稳赚", risk="R1", excerpt="没有风险", view="适合您的期限")
    entry = await talk.say(talk.him, body={"cards": [card]})
    assert entry.body["cards"] == [
        {
            "kind": "product", "title": "稳健债券一号", "product": key, "version": 1, "risk": "R2",
            "excerpt": "利率上升时净值会下跌", "view": "适合您的期限",
        }
    ]  # fmt: skip
    assert await shown(talk) == [key]
    assert await decisions(world, talk.client.id) == [(True, None)]
    desk = await world.sign_in(talk.advisor)
    [line] = (await desk.get("/api/conversations")).json()["items"]
    header = (await desk.get(f"/api/conversations/{talk.id}")).json()
    assert (line["client"]["level"], header["client"]["level"]) == ("C2", "C2")
    own = (await talk.client.http.get(f"/api/conversations/{talk.id}")).json()
    assert own["client"]["level"] is None


@pytest.mark.parametrize(
    ("level", "reason"),
    [
        ("", "suitability_not_assessed"),
        ("C1L", "suitability_lowest_class"),
        ("C1", "suitability_above_level"),
    ],
)
async def test_suit_05_and_06_each_client_is_refused_for_his_own_reason(
    world: World, level: str, reason: str
) -> None:
    """SUIT-05, SUIT-06."""
    talk = await begin(world)
    if level:
        await assess(talk.client, level)
    key = await (await firm(world)).product(2)
    assert await talk.refused(sent(talk, talk.him, key)) == reason


async def test_suit_05_neither_means_nor_role_nor_road_lifts_the_lowest_class(world: World) -> None:
    """SUIT-05: recognised as professional before, and every sender by every road: always the same refusal."""
    register, advisor = await firm(world), await world.advisor()
    key = await register.product(2)
    wealth = {"financial": 9_000_000, "years": 9, "basis": "资产证明 2026-11"}
    for number, road in enumerate(ROADS):
        talk = await begin(world, advisor if number else None)
        url = f"/api/clients/{talk.client.id}/professional"
        assert (await register.checker.post(url, json=wealth)).status_code == 201
        await assess(talk.client, "C1L")
        assert await road(talk, key) == "suitability_lowest_class", road
        assert await shown(talk) == []
    # Nor does anybody become professional who is of that class.
    lowest = await world.client()
    await assess(lowest, "C1L")
    url = f"/api/clients/{lowest.id}/professional"
    refused = await register.checker.post(url, json=wealth)
    assert (refused.status_code, refused.json()["error"]) == (409, "professional_conditions")


async def test_suit_06_an_assessment_ends_after_24_months(world: World) -> None:
    """SUIT-06: the last second counts, the next does not; the client's cards are recalled by the timer."""
    talk = await begin(world)
    taken = await assess(talk.client, "C2")
    key = await (await firm(world)).product(2)
    days = (taken["expires_at"] - taken["taken_at"]) / 86_400_000
    assert 729 <= days <= 731
    await talk.say(talk.him, body={"cards": [product_card(key)]})
    async with world.tx() as tx:
        await tx.execute("UPDATE licence SET valid_to = '2030-01-01'")
    world.clock.move(timedelta(days=days, seconds=-1))
    assert isinstance((await talk.post(sent(talk, talk.him, key)))[0], Outcome)
    world.clock.move(timedelta(seconds=1))
    assert await talk.refused(sent(talk, talk.him, key)) == "suitability_assessment_expired"
    await timers(world)
    assert await shown(talk) == []


async def test_suit_09_goal_mismatch_is_refused_on_the_firms_initiative_alone(world: World) -> None:
    """SUIT-09: money that is needed within half a year, a lock-up of three."""
    talk = await begin(world)
    await assess(talk.client, "C1")
    key = await (await firm(world)).product(1, term_months=36)
    assert await talk.refused(sent(talk, talk.him, key)) == "goal_mismatch"
    seen = (await talk.client.http.get(f"/api/client/products/{key}")).json()
    assert seen["locked"] is None


async def test_lic_01_a_registration_that_ended_a_moment_ago_sends_no_advice(world: World) -> None:
    """LIC-01: advice in the last second of its last day goes, a second later it does not; passing on still does."""
    advisor = await world.advisor(valid_to=world_day(world))
    async with world.tx() as tx:
        await tx.execute(
            "UPDATE licence SET valid_to = '2030-01-01' WHERE staff_id = $1 AND type = $2",
            advisor.id, LicenceType.SECURITIES.value,
        )  # fmt: skip
    talk = await begin(world, advisor)
    await assess(talk.client, "C2")
    key = await (await firm(world)).product(2)
    advice = {"text": "这只适合您", "cards": [product_card(key)]}
    world.clock.move(timedelta(hours=13, minutes=59, seconds=59))
    await talk.say(talk.him, body=advice)
    world.clock.move(timedelta(seconds=1))
    assert await talk.refused(talk.draft(talk.him, body=advice)) == "advice_needs_registration"
    await talk.say(talk.him, body={"cards": [product_card(key)]})


def world_day(world: World) -> Any:
    from visavis.identity import api as identity  # noqa: PLC0415

    return identity.today()


async def test_part_01_and_clients_send_no_product_cards(world: World) -> None:
    """PART-01: partners have no place in a conversation at all; a client asks about a product instead."""
    talk = await begin(world)
    await assess(talk.client, "C2")
    key = await (await firm(world)).product(1)
    assert await talk.refused(sent(talk, talk.her, key)) == "product_card_not_yours"
    partner = await world.staff(Role.PARTNER_STAFF)
    assert await talk.refused(sent(talk, await world.actor(partner), key)) == "not_handler"
    desk = await world.sign_in(partner)
    for url in ("/api/clients", "/api/pool", "/api/offers"):
        assert (await desk.get(url)).status_code == 403


async def test_product_cards_are_for_the_client_and_name_a_product(world: World) -> None:
    talk = await begin(world)
    await assess(talk.client, "C2")
    key = await (await firm(world)).product(1)
    note = sent(talk, talk.him, key, stream=Stream.INTERNAL, kind=Kind.NOTE)
    assert await talk.refused(note) == "malformed"
    for card in (
        {"kind": "product", "title": "x"},
        {"kind": "page", "title": "x", "url": "https://a", "view": "x"},
    ):
        assert await talk.refused(talk.draft(talk.him, body={"cards": [card]})) == "malformed"
    assert await talk.refused(sent(talk, talk.him, str(uuid4()))) == "product_not_in_force"


async def test_suit_08_another_risk_level_recalls_open_cards_and_tells_the_client(
    world: World,
) -> None:
    """SUIT-08: R2 becomes R4; the C3 client's card is withdrawn and he is told, the C5 client's stays."""
    register, advisor = await firm(world), await world.advisor()
    key = await register.product(2)
    talks = [await begin(world, advisor) for _ in range(2)]
    for talk, level in zip(talks, ("C3", "C5"), strict=True):
        await assess(talk.client, level)
        await talk.say(talk.him, body={"cards": [product_card(key)]})
    await register.revise(key, risk=4)
    await world.settle()
    assert [await shown(talk) for talk in talks] == [[], [key]]
    told = [one for one in await talks[0].stream() if one.body.get("code") == "card_recalled"]
    assert [one.body["params"]["risk"] for one in told] == ["R4"]
    assert (await talks[0].stream())[-2].kind is Kind.RECALL
    await register.revise(key, risk=5)
    await world.settle()
    assert len([one for one in await talks[0].stream() if one.kind is Kind.RECALL]) == 1


async def test_suit_08_a_lower_level_a_withdrawal_and_a_new_matrix_recall_too(world: World) -> None:
    """SUIT-08: whatever changes, open cards are matched anew."""
    register = await firm(world)
    key = await register.product(3)
    talk = await begin(world)
    await assess(talk.client, "C3")
    await talk.say(talk.him, body={"cards": [product_card(key)]})
    await assess(talk.client, "C2")
    await world.settle()
    assert await shown(talk) == []

    low = await register.product(2)
    await talk.say(talk.him, body={"cards": [product_card(low)]})
    assert (await talk.client.http.delete("/api/client/assessments")).status_code == 204
    await world.settle()
    assert await shown(talk) == []

    other = await begin(world)
    await assess(other.client, "C3")
    await other.say(other.him, body={"cards": [product_card(key)]})
    rows = {
        "C1L": [1],
        "C1": [1],
        "C2": [1],
        "C3": [1, 2],
        "C4": [1, 2, 3],
        "C5": [1, 2, 3, 4, 5],
        "P": [1, 2, 3, 4, 5],
    }
    url = "/api/suitability/documents/matrix"
    made = await register.maker.post(
        url, json={"content": {"allowed": rows}, "effective_from": "2026-11-24"}
    )
    assert made.status_code == 201, made.text
    await register.checker.post(f"{url}/2/decision", json={"approved": True})
    await world.settle()
    assert await shown(other) == [key]
    world.clock.move(timedelta(days=1))
    await timers(world)
    assert await shown(other) == []


async def test_suit_08_a_card_that_was_edited_away_is_left_alone(world: World) -> None:
    register = await firm(world)
    key = await register.product(2)
    talk = await begin(world)
    await assess(talk.client, "C2")
    said = await talk.say(talk.him, body={"cards": [product_card(key)]})
    await talk.say(talk.him, "已更正", kind=Kind.EDIT, of_id=said.id)
    await register.revise(key, risk=4)
    await world.settle()
    assert not [one for one in await talk.stream() if one.kind is Kind.RECALL]


async def test_suit_08_a_message_with_two_products_is_recalled_once(world: World) -> None:
    register = await firm(world)
    keys = [await register.product(2), await register.product(2)]
    talk = await begin(world)
    await assess(talk.client, "C2")
    await talk.say(talk.him, body={"cards": [product_card(key) for key in keys]})
    assert (await talk.client.http.delete("/api/client/assessments")).status_code == 204
    await world.settle()
    found = await talk.stream()
    assert [one.kind for one in found].count(Kind.RECALL) == 1
    assert [one.body.get("code") for one in found].count("card_recalled") == 1


async def test_suit_02_a_supervisors_release_is_no_way_around(world: World, holding: str) -> None:
    """SUIT-02: there is no override role; a held card that no longer suits is not released."""
    register = await firm(world)
    keys = [await register.product(2), await register.product(2)]
    talk = await begin(world)
    await assess(talk.client, "C2")
    held = [
        await talk.say(talk.him, body={"text": holding, "cards": [product_card(key)]})
        for key in keys
    ]
    await register.revise(keys[0], risk=4)
    answers = [
        await register.checker.post(
            f"/api/supervision/held/{one.id}/release", json={"note": "无妨"}
        )
        for one in held
    ]
    assert [one.status_code for one in answers] == [403, 200], [one.text for one in answers]
    assert answers[0].json()["error"] == "suitability_above_level"
    assert await shown(talk) == [keys[1]]
    await register.revise(keys[1], risk=4)
    await world.settle()
    assert await shown(talk) == []


async def test_a_batch_of_cards_costs_the_same_whatever_its_size(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = await firm(world)
    keys = [await register.product(1) for _ in range(3)]
    talks = [await begin(world) for _ in range(3)]
    for talk in talks:
        await assess(talk.client, "C2")
        await talk.say(talk.him, body={"cards": [product_card(keys[0])]})
    costs = []
    for many in (talks[:1], talks):
        drafts = [
            talk.draft(talk.him, body={"cards": [product_card(key) for key in keys[: len(many)]]})
            for talk in many
            for _ in range(len(many))
        ]
        async with world.tx() as tx:
            with counted(monkeypatch) as statements:
                answers = await conversations.post(tx, drafts)
        assert all(isinstance(one, Outcome) for one in answers), answers
        costs.append(len(statements))
    assert costs[0] == costs[1], costs
