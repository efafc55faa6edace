"""Administration of staff, licences, branches, issuers and origins, through HTTP."""

import io
import zlib
from datetime import timedelta

import httpx
import pytest
from PIL import Image

from tests.world import World
from visavis.archive import api as archive
from visavis.identity import api as identity
from visavis.kernel.auth import Role


@pytest.fixture
async def admin(world: World) -> httpx.AsyncClient:
    return await world.sign_in(await world.administrator())


async def test_an_administrator_adds_finds_changes_and_pages_staff(
    world: World, admin: httpx.AsyncClient
) -> None:
    branch = await world.branch("SZ01", "深圳南山营业部")
    body = {
        "login": "Su.Min", "name": "苏敏", "name_en": "Su Min", "roles": ["advisor"],
        "branch": str(branch.id), "code": "s9990424060047", "employee_no": "E7",
        "languages": ["zh-CN", "en"], "topics": ["fund", "margin"], "capacity": 6,
    }  # fmt: skip
    made = await admin.post("/api/staff", json=body)
    assert made.status_code == 201
    one = made.json()
    assert (one["login"], one["code"], one["branch"]["code"]) == (
        "su.min", "S9990424060047", "SZ01",
    )  # fmt: skip
    assert one["capabilities"] == []

    for n in range(5):
        await world.advisor(f"顾问{n}")
    found = (await admin.get("/api/staff", params={"q": "深圳"})).json()
    assert [item["name"] for item in found["items"]] == ["苏敏"]
    assert found["counts"] == {"total": 7, "active": 7, "suspended": 0, "left": 0, "locked": 0}
    first = (await admin.get("/api/staff", params={"limit": 4, "role": "advisor"})).json()
    rest = (
        await admin.get(
            "/api/staff", params={"limit": 4, "role": "advisor", "after": first["next"]}
        )
    ).json()
    names = [item["login"] for item in first["items"] + rest["items"]]
    assert len(names) == 6
    assert names == sorted(names)
    assert rest["next"] is None

    changed = await admin.patch(
        f"/api/staff/{one['id']}", json={"capacity": 2, "roles": ["advisor", "supervisor"]}
    )
    assert changed.json()["capacity"] == 2
    assert changed.json()["roles"] == ["advisor", "supervisor"]
    assert changed.json()["topics"] == ["fund", "margin"]
    async with world.tx() as tx:
        kinds = [record.kind for record in await archive.chain(tx, one["id"])]
    assert kinds == ["staff_added", "staff_changed"]


@pytest.mark.parametrize(
    ("change", "error", "field"),
    [
        ({"login": "Bad Login"}, "malformed", "login"),
        ({"code": "??"}, "malformed", "code"),
        ({"login": "staff2"}, "taken", "login"),
        ({"branch": "00000000-0000-7000-8000-000000000009"}, "malformed", "branch"),
        ({"roles": ["client"]}, "malformed", None),
        ({"surprise": 1}, "malformed", "surprise"),
    ],
)
async def test_what_cannot_be_kept_is_refused_by_name(
    world: World, admin: httpx.AsyncClient, change: dict, error: str, field: str | None
) -> None:
    await world.advisor()
    branch = await world.branch()
    body = {
        "login": "fresh",
        "name": "新人",
        "roles": ["editor"],
        "branch": str(branch.id),
    } | change
    answer = await admin.post("/api/staff", json=body)
    assert answer.json()["error"] == error
    if field:
        assert answer.json()["params"]["field"] == field


async def test_lock_unlock_suspend_and_leave_end_sessions_at_once(
    world: World, admin: httpx.AsyncClient
) -> None:
    advisor = await world.advisor()
    hints: list[object] = []
    world.database.live.subscribe(f"person.{advisor.id}", hints.append)
    for deed, undo in (("lock", "unlock"), ("suspend", "reinstate")):
        browser = await world.sign_in(advisor)
        assert (await browser.get("/api/me")).status_code == 200
        done = await admin.post(f"/api/staff/{advisor.id}/{deed}", json={"reason": "测试"})
        assert done.status_code == 200
        assert (await browser.get("/api/me")).status_code == 401
        assert hints.pop().payload == {"frame": "rights"}
        back = await admin.post(f"/api/staff/{advisor.id}/{undo}", json={"reason": "测试"})
        assert back.json()["status"] == "active"
        assert back.json()["locked_at"] is None
        hints.clear()
    async with world.tx() as tx:
        boss = await world.actor(await world.administrator())
        await identity.mark_left(tx, boss, advisor.id, "离职")
    again = await admin.post(f"/api/staff/{advisor.id}/invite")
    assert (again.status_code, again.json()["error"]) == (409, "has_left")


async def test_the_last_administrator_cannot_be_shut_out(
    world: World, admin: httpx.AsyncClient
) -> None:
    me = (await admin.get("/api/me")).json()["id"]
    for path, body in (
        ("lock", None), ("suspend", {"reason": "x"}),
    ):  # fmt: skip
        answer = await admin.post(f"/api/staff/{me}/{path}", json=body)
        assert (answer.status_code, answer.json()["error"]) == (409, "last_administrator")
    answer = await admin.patch(f"/api/staff/{me}", json={"roles": ["editor"]})
    assert answer.json()["error"] == "last_administrator"
    await world.administrator()
    assert (await admin.patch(f"/api/staff/{me}", json={"roles": ["editor"]})).status_code == 200
    assert (await admin.get("/api/staff")).status_code == 403


async def test_a_licence_counts_from_the_moment_it_is_changed(
    world: World, admin: httpx.AsyncClient
) -> None:
    advisor = await world.advisor(licences=[])
    browser = await world.sign_in(advisor)
    today = identity.today()

    async def able() -> list[str]:
        return (await browser.get("/api/me")).json()["capabilities"]

    assert await able() == []
    body = {
        "type": "advisory", "number": "S1", "valid_from": str(today),
        "valid_to": str(today), "source": "协会登记",
    }  # fmt: skip
    made = await admin.post(f"/api/staff/{advisor.id}/licences", json=body)
    assert made.status_code == 201
    assert "advise" in await able()
    licence = made.json()["id"]
    await admin.patch(f"/api/licences/{licence}", json={"status": "suspended"})
    assert await able() == []
    await admin.patch(f"/api/licences/{licence}", json={"status": "active"})
    assert "advise" in await able()
    own = (await browser.get(f"/api/staff/{advisor.id}/licences")).json()["items"]
    assert [one["number"] for one in own] == ["S1"]
    # 10:00 in Shanghai: the licence ends with the local day, fourteen hours later.
    world.clock.move(timedelta(hours=13, minutes=59, seconds=59))
    later = await world.sign_in(advisor)
    assert "advise" in (await later.get("/api/me")).json()["capabilities"]
    world.clock.move(timedelta(seconds=1))
    assert (await later.get("/api/me")).json()["capabilities"] == []


async def test_a_second_contract_as_broker_agent_is_refused(
    world: World, admin: httpx.AsyncClient
) -> None:
    agent = await world.agent()
    body = {"type": "agent", "number": "2", "valid_from": "2026-01-01", "valid_to": "2027-01-01"}
    answer = await admin.post(f"/api/staff/{agent.id}/licences", json=body)
    assert (answer.status_code, answer.json()["error"]) == (409, "taken")
    backwards = body | {"type": "fund", "valid_to": "2025-01-01"}
    answer = await admin.post(f"/api/staff/{agent.id}/licences", json=backwards)
    assert answer.json()["params"]["field"] == "valid_to"


HEAD = "login,name,roles,branch,code,topics,capacity,licences\n"
GOOD = HEAD + (
    "li,李一,advisor,SH01,S1110000001,fund;margin,5,advisory:S1110000001:2025-01-01:2027-01-01\n"
    "wang,王二,client_manager;editor,SH01,,,,securities:A2:2025-01-01:2027-01-01\n"
)


async def _import(admin: httpx.AsyncClient, text: str | bytes, *, dry: bool = False) -> dict:
    data = text.encode() if isinstance(text, str) else text
    answer = await admin.post(
        "/api/staff/import", params={"dry_run": dry}, files={"file": ("staff.csv", data)}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_import_is_tried_first_and_then_applied_wholly(
    world: World, admin: httpx.AsyncClient
) -> None:
    await world.branch()
    assert await _import(admin, GOOD, dry=True) == {"rows": 2, "errors": [], "applied": False}
    assert (await admin.get("/api/staff", params={"q": "李一"})).json()["items"] == []
    gb = GOOD.encode("gb18030")
    assert await _import(admin, gb) == {"rows": 2, "errors": [], "applied": True}
    one = (await admin.get("/api/staff", params={"q": "李一"})).json()["items"][0]
    assert (one["topics"], one["capacity"]) == (["fund", "margin"], 5)
    assert "advise" in one["capabilities"]


async def test_an_import_with_one_bad_row_changes_nothing_and_names_every_error(
    world: World, admin: httpx.AsyncClient
) -> None:
    await world.branch()
    bad = GOOD + (
        "li,李三,advisor,SH01,,,,\n"
        "zhao,赵四,wizard,SH01,,,,\n"
        "qian,钱五,editor,XX,,,,\n"
        "sun,孙六,editor,SH01,,,many,\n"
        "zhou,周七,advisor,SH01,,,,advisory:1:2027-01-01:2026-01-01\n"
        "wu,吴八,advisor,SH01,,gardening,,\n"
        "zheng,郑九\n"
    )
    result = await _import(admin, bad)
    assert not result["applied"]
    assert [(one["row"], one["column"], one["code"]) for one in result["errors"]] == [
        (4, "login", "taken"),
        (5, "roles", "unknown"),
        (6, "branch", "unknown"),
        (7, "capacity", "number"),
        (8, "licences", "form"),
        (9, "topics", "malformed"),
        (10, "", "cells"),
    ]
    assert (await admin.get("/api/staff", params={"q": "李一"})).json()["items"] == []
    missing = await _import(admin, "login,name\nx,y\n")
    assert {one["column"] for one in missing["errors"]} == {"roles", "branch"}
    assert (await _import(admin, HEAD.replace("topics", "hobbies")))["errors"][0]["code"] == (
        "unknown_column"
    )
    for text, code in (
        (b"\xff\xff\xff", "encoding"),
        (HEAD + 'a,"b\n', "csv"),
        (HEAD + "a,,advisor,SH01,,,,\n", "missing"),
        (HEAD + "a,b,client,SH01,,,,\n", "unknown"),
        (HEAD + "a,b,advisor,SH01,,,,advisory\n", "form"),
        (HEAD + "a,b,advisor,SH01,,,,advisory:1:soon:later\n", "form"),
        (HEAD.replace("code", "environment") + "a,b,editor,SH01,mars,,,\n", "unknown"),
    ):
        assert (await _import(admin, text))["errors"][0]["code"] == code, text


async def test_a_file_with_more_rows_than_any_firm_has_staff_is_refused(
    world: World, admin: httpx.AsyncClient
) -> None:
    await world.branch()
    many = HEAD + "".join(f"u{n},b,editor,SH01,,,,\n" for n in range(20_001))
    result = await _import(admin, many, dry=True)
    assert [one["code"] for one in result["errors"]] == ["too_many_rows"]


def _picture(size: tuple[int, int], kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (20, 90, 160)).save(out, kind)
    return out.getvalue()


def _claiming(width: int, height: int) -> bytes:
    """A small PNG whose header claims to be large."""
    small = _picture((200, 200))
    header = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + small[24:29]
    return small[:12] + header + zlib.crc32(header).to_bytes(4, "big") + small[33:]


async def test_a_photo_is_served_encoded_anew_and_for_ever_under_its_digest(
    world: World, admin: httpx.AsyncClient
) -> None:
    advisor = await world.advisor()
    own = await world.sign_in(advisor)
    url = f"/api/staff/{advisor.id}/photo"
    original = _picture((800, 600)) + b"<script>trailing</script>"
    done = await own.put(url, files={"file": ("me.png", original)})
    address = done.json()["photo"]
    served = await world.http().get(address)
    assert served.headers["content-type"] == "image/jpeg"
    assert "immutable" in served.headers["cache-control"]
    assert b"trailing" not in served.content
    assert Image.open(io.BytesIO(served.content)).size == (512, 512)
    for data in (b"GIF89a nonsense", _picture((20, 20)), _picture((90, 4000)), b""):
        answer = await own.put(url, files={"file": ("x", data)})
        assert (answer.status_code, answer.json()["params"]["field"]) == (422, "photo")
    other = await world.sign_in(await world.advisor())
    assert (await other.put(url, files={"file": ("me.png", original)})).status_code == 403
    assert (await admin.delete(url)).json()["photo"] is None
    assert (await world.http().get(address)).status_code == 404


async def test_a_pixel_bomb_is_refused_before_it_is_decoded(world: World) -> None:
    own_advisor = await world.advisor()
    own = await world.sign_in(own_advisor)
    for side in (7_000, 12_000, 40_000):
        bomb = _claiming(side, side)
        answer = await own.put(
            f"/api/staff/{own_advisor.id}/photo", files={"file": ("b.png", bomb)}
        )
        assert answer.status_code == 422
        assert answer.json()["params"]["reason"] == "too_many_pixels 40000000"
    heavy = await own.put(
        f"/api/staff/{own_advisor.id}/photo", files={"file": ("b.png", bytes(5_000_001))}
    )
    assert heavy.json()["params"]["reason"] == "too_many_bytes 5000000"


async def test_branches_are_added_once_and_changed(world: World, admin: httpx.AsyncClient) -> None:
    body = {"code": "CD01", "name": "成都高新营业部", "name_en": "Chengdu Gaoxin", "region": "四川"}
    made = await admin.post("/api/branches", json=body)
    assert made.status_code == 201
    assert (await admin.post("/api/branches", json=body)).json()["error"] == "taken"
    url = f"/api/branches/{made.json()['id']}"
    assert (await admin.patch(url, json={"region": "成都"})).json()["region"] == "成都"
    names = [one["code"] for one in (await admin.get("/api/branches")).json()["items"]]
    assert names == ["CD01", "SH01"]
    nowhere = await admin.patch(
        "/api/branches/00000000-0000-7000-8000-000000000009", json={"region": "x"}
    )
    assert nowhere.status_code == 404


async def test_issuers_and_origins_are_managed_and_secrets_never_shown(
    world: World, admin: httpx.AsyncClient
) -> None:
    secret = "A" * 43 + "="
    body = {"issuer": "https://b.example", "key_id": "h", "algorithm": "HS256", "key": secret}
    made = await admin.post("/api/issuers", json=body)
    assert made.status_code == 201
    assert made.json()["public_key"] is None
    assert (await admin.post("/api/issuers", json=body)).json()["error"] == "taken"
    listed = (await admin.get("/api/issuers")).json()["items"]
    assert {one["algorithm"] for one in listed} == {"EdDSA", "HS256"}
    assert secret not in (await admin.get("/api/issuers")).text
    wrong = [
        body | {"key_id": "2", "key": "c2hvcnQ="},
        body | {"key_id": "2", "key": "not base64 at all"},
        body | {"key_id": "2", "algorithm": "RS256", "key": secret},
        body | {"key_id": "2", "algorithm": "ES256",
                "key": world.key.as_pem(private=False).decode()},
        body | {"key_id": "2", "algorithm": "EdDSA",
                "key": world.key.as_pem(private=True).decode()},
    ]  # fmt: skip
    for one in wrong:
        answer = await admin.post("/api/issuers", json=one)
        assert (answer.status_code, answer.json()["params"]["field"]) == (422, "key")
    off = {"issuer": "https://b.example", "key_id": "h", "active": False}
    assert (await admin.patch("/api/issuers", json=off)).status_code == 204
    assert (await admin.patch("/api/issuers", json=off | {"key_id": "?"})).status_code == 404

    for origin in ("https://shop.example:8443", "http://127.0.0.1:9000"):
        assert (await admin.post("/api/origins", json={"origin": origin})).status_code == 201
    for origin in (
        "http://shop.example",
        "https://*.example",
        "https://a.b/path",
        "javascript:1",
        "https://u@a.b",
        "null",
    ):
        answer = await admin.post("/api/origins", json={"origin": origin})
        assert answer.json()["error"] == "origin_unusable", origin
    gone = await admin.delete("/api/origins", params={"origin": "https://shop.example:8443"})
    assert gone.status_code == 204
    assert "https://shop.example:8443" not in (await admin.get("/api/origins")).json()["items"]
    gone = await admin.delete("/api/origins", params={"origin": "https://shop.example:8443"})
    assert gone.status_code == 404


async def test_a_change_of_role_and_licence_is_told_to_whom_it_concerns(
    world: World, admin: httpx.AsyncClient
) -> None:
    advisor = await world.advisor()
    hints: list[object] = []
    world.database.live.subscribe(f"person.{advisor.id}", hints.append)
    await admin.patch(f"/api/staff/{advisor.id}", json={"roles": [Role.CLIENT_MANAGER.value]})
    assert [hint.payload for hint in hints] == [{"frame": "rights"}]
