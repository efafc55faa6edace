"""What has run out is not kept: sessions, tokens and counters that are evidence of nothing."""

from datetime import timedelta

from tests.world import World


async def test_what_has_run_out_is_swept_away_after_a_day_and_a_used_token_after_a_month(
    world: World,
) -> None:
    client = await world.client()
    await client.http.post("/api/socket-ticket")
    await world.http().post("/api/sign-in", json={"login": "nobody", "password": "x"})

    async def left() -> list[int]:
        tables = ("login_session", "one_time_token", "used_token", "attempt")
        async with world.tx() as tx:
            return [int(await tx.fetchval(f"SELECT count(*) FROM {name}")) for name in tables]

    await world.app.state.runner.prepare()
    world.clock.move(timedelta(hours=23))
    await world.settle()
    assert min(await left()) > 0
    world.clock.move(timedelta(hours=4))
    await world.settle()
    assert await left() == [0, 0, 1, 0]
    world.clock.move(timedelta(days=30))
    await world.settle()
    assert await left() == [0, 0, 0, 0]
