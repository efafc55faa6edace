"""Routes of groups: made and filled by staff, read and left by clients."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from visavis.conversations.api import finding, groups
from visavis.conversations.types import Group
from visavis.kernel import clock
from visavis.kernel.http import Signed, answer

router = APIRouter(prefix="/api", tags=["groups"])


class GroupIn(BaseModel):
    """A group's name; `admits` is the product risk level that every member must be fit for, where there is one."""

    name: Annotated[str, Field(max_length=60)]
    admits: Annotated[int, Field(ge=1, le=5)] | None = None


class MembersIn(BaseModel):
    """Own clients."""

    clients: Annotated[list[UUID], Field(max_length=500)]


@router.get("/groups")
async def list_groups(edge: Signed) -> Response:
    """The caller's own groups, or those that the client is in."""
    async with edge.transaction() as tx:
        found = await groups.mine(tx, edge.who)
    return answer({"items": [_out(one) for one in found], "next": None})


@router.post("/groups", status_code=201)
async def create_group(group: GroupIn, edge: Signed) -> Response:
    """A new group, nobody in it yet."""
    async with edge.transaction() as tx:
        one = await groups.create(tx, edge.who, group.name, group.admits)
    return answer(_out(one), 201)


@router.get("/groups/{group}")
async def read_group(group: UUID, edge: Signed) -> Response:
    """An own group with its members."""
    async with edge.transaction() as tx:
        one, members = await groups.own(tx, edge.who, group)
        people = await finding.names(tx, set(members))
    return answer(_out(one) | {"clients": [people[each] for each in members]})


@router.post("/groups/{group}/members", status_code=204)
async def join_group(group: UUID, members: MembersIn, edge: Signed) -> None:
    """Take own clients into a group; one that admits by level refuses whoever stands below it."""
    async with edge.transaction() as tx:
        await groups.join(tx, edge.who, group, members.clients)


@router.delete("/groups/{group}/members/{client}", status_code=204)
async def leave_group(group: UUID, client: UUID, edge: Signed) -> None:
    """Take a client out of a group; a client may leave by himself."""
    async with edge.transaction() as tx:
        await groups.leave(tx, edge.who, group, client)


@router.get("/client/groups/{group}")
async def open_group(group: UUID, edge: Signed, request: Request) -> Response:
    """What was told to a group that I am in; what does not suit me at this moment holds nothing but the reason."""
    async with edge.transaction() as tx:
        one, posts = await groups.opened(tx, edge.who, group)
        people = await finding.names(tx, {each.post.author_id for each in posts})
    text = request.app.state.catalogue.text
    items = [
        {
            "id": each.post.id,
            "at": clock.to_ms(each.post.at),
            "author": people.get(each.post.author_id),
            "body": None if each.locked else each.post.body,
            "locked": {
                "reason": each.locked.code,
                "detail": text(each.locked.code, edge.language, each.locked.params),
            } if each.locked else None,
        }
        for each in posts
    ]  # fmt: skip
    return answer({"group": _out(one), "items": items, "next": None})


def _out(one: Group) -> dict[str, Any]:
    return {
        "id": one.id, "name": one.name, "admits": one.admits, "members": one.members,
        "created_at": clock.to_ms(one.created_at),
    }  # fmt: skip
