"""Input that no page sends: answered as malformed, never as an error of the server."""

import httpx
import pytest

from tests.world import World


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/sign-in", {"login": "a\0b", "password": "c"}),
        ("GET", "/api/board/list?kind=abandoned&topic=a%00b", None),
        ("GET", "/api/staff?q=a%00b", None),
    ],
)
async def test_a_character_that_no_text_can_hold_is_named(
    world: World, method: str, path: str, body: dict[str, str] | None
) -> None:
    boss = await world.sign_in(await world.operator())
    answer = await boss.request(method, path, json=body)
    assert (answer.status_code, answer.json()["error"]) == (422, "malformed")


@pytest.mark.parametrize("at", [-1, -(10**27), 10**27])
async def test_a_moment_beyond_all_calendars_is_refused(world: World, at: int) -> None:
    client = await world.client()
    path = "/api/client/requests/b1e066f7-8f1b-24fd-84bc-264c686178d0/slot"
    answer: httpx.Response = await client.http.post(path, json={"starts_at": at})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("body", "chinese", "english"),
    [
        ({}, "words 缺失。", "words is missing."),
        ({"words": 7}, "words 应为文本。", "words must be text."),
        ({"words": "x" * 5000}, "words 超过 4000 个字符。", "words has more than 4000 characters."),
    ],
)
async def test_what_is_wrong_with_a_field_is_told_in_the_readers_language(
    world: World, body: dict[str, object], chinese: str, english: str
) -> None:
    client = await world.client()
    for language, told in (("zh-CN", chinese), ("en", english)):
        answer: httpx.Response = await client.http.post(
            "/api/complaints", json=body, headers={"Accept-Language": language}
        )
        assert answer.status_code == 422
        assert answer.json()["detail"].endswith(told)
