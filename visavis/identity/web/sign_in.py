"""Routes of signing in, of the own session, and of clients' sessions from the broker's pages."""

from typing import Annotated

from annotated_types import Len
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from visavis.identity import api
from visavis.identity.types import SignedIn
from visavis.identity.web.present import (
    BearerOut,
    MeOut,
    SignedInOut,
    StepOut,
    bearer_out,
    clear_session_cookie,
    me_out,
    set_session_cookie,
    step_out,
)
from visavis.kernel.errors import Forbidden, Refusal
from visavis.kernel.http import Anyone, Edge, Signed, Unsigned, from_own_page

router = APIRouter(tags=["identity"])

Text = Annotated[str, Len(1, 300)]
Secret = Annotated[str, Len(1, 1000)]


class SignInIn(BaseModel):
    """Login and password."""

    login: Text
    password: Secret


class CodeIn(BaseModel):
    """A one-time or recovery code for a challenge."""

    challenge: Text
    code: Text


class InvitationIn(BaseModel):
    """An invitation's token and the new password."""

    token: Text
    password: Secret


class PasswordIn(BaseModel):
    """The present password and the new one."""

    current: Secret
    password: Secret


class MeIn(BaseModel):
    """What one may change about oneself."""

    language: str | None = None
    capacity: Annotated[int, Field(ge=1, le=20)] | None = None


class EmbedIn(BaseModel):
    """An identity token of the broker's site, and the origin of the page that embeds the widget."""

    token: Annotated[str, Len(1, 8192)]
    page_origin: Annotated[str, Len(0, 300)] | None = None


class VisitorIn(BaseModel):
    """The origin of the page that embeds the widget."""

    page_origin: Annotated[str, Len(0, 300)] | None = None


class TicketOut(BaseModel):
    """A ticket that opens one socket."""

    ticket: str
    expires_in: int


def own_origin(request: Request, edge: Edge) -> None:
    """Refuse what another site's page sends: these calls come from our own pages or from no page at all."""
    if not from_own_page(request, edge.settings):
        raise Forbidden(reason="origin")


def device_of(request: Request) -> str:
    """What the caller says it is."""
    return request.headers.get("user-agent", "")[:200]


@router.post("/api/sign-in")
async def sign_in(request: Request, edge: Unsigned, body: SignInIn) -> StepOut:
    """Begin to sign in with login and password; the answer to any failure is the same."""
    own_origin(request, edge)
    async with edge.transaction() as tx:
        attempt = await api.admit(tx, body.login, edge.address)
    if isinstance(attempt, Refusal):
        raise attempt
    right = await api.check_password(attempt, body.password)
    async with edge.transaction() as tx:
        step = await api.conclude(tx, attempt, right)
    if isinstance(step, Refusal):
        raise step
    return step_out(step)


@router.post("/api/sign-in/totp")
async def sign_in_totp(
    request: Request, response: Response, edge: Unsigned, body: CodeIn
) -> SignedInOut:
    """Finish signing in, or enrolling, with a one-time code."""
    own_origin(request, edge)
    async with edge.transaction() as tx:
        begun = await api.confirm_code(
            tx, body.challenge, body.code, edge.address, device_of(request)
        )
    return await _enter(request, response, edge, begun)


@router.post("/api/sign-in/recovery")
async def sign_in_recovery(
    request: Request, response: Response, edge: Unsigned, body: CodeIn
) -> SignedInOut:
    """Finish signing in with a recovery code, which is spent."""
    own_origin(request, edge)
    async with edge.transaction() as tx:
        begun = await api.use_recovery_code(
            tx, body.challenge, body.code, edge.address, device_of(request)
        )
    return await _enter(request, response, edge, begun)


@router.post("/api/invitations/accept")
async def accept_invitation(request: Request, edge: Unsigned, body: InvitationIn) -> StepOut:
    """Set the first or a new password by invitation; the second factor comes next."""
    own_origin(request, edge)
    async with edge.transaction() as tx:
        refusal = await api.admit_address(tx, edge.address)
    if refusal is not None:
        raise refusal
    password_hash = await api.hash_new_password(body.password)
    async with edge.transaction() as tx:
        step = await api.accept_invitation(tx, body.token, body.password, password_hash)
    if isinstance(step, Refusal):
        raise step
    return step_out(step)


@router.post("/api/sign-out", status_code=204)
async def sign_out(request: Request, response: Response, edge: Anyone) -> None:
    """End the own session; without one, nothing happens."""
    if edge.actor is not None:
        async with edge.transaction() as tx:
            await api.sign_out(tx, edge.actor)
    clear_session_cookie(request, response, edge)


@router.get("/api/me")
async def read_me(edge: Signed) -> MeOut:
    """The signed-in person."""
    async with edge.transaction() as tx:
        return me_out(await api.me(tx, edge.who))


@router.patch("/api/me")
async def change_me(edge: Signed, body: MeIn) -> MeOut:
    """Change the own language or capacity."""
    async with edge.transaction() as tx:
        me = await api.change_me(tx, edge.who, language=body.language, capacity=body.capacity)
        return me_out(me)


@router.post("/api/me/password")
async def change_password(
    request: Request, response: Response, edge: Signed, body: PasswordIn
) -> SignedInOut:
    """Change the own password; every session ends, and this browser gets a new one."""
    async with edge.transaction() as tx:
        attempt = await api.admit_change(tx, edge.who, edge.address)
    if isinstance(attempt, Refusal):
        raise attempt
    right = await api.check_password(attempt, body.current)
    fresh = await api.hash_new_password(body.password)
    async with edge.transaction() as tx:
        begun = await api.change_password(
            tx, edge.who, attempt, right, body.password, fresh, device_of(request)
        )
    return await _enter(request, response, edge, begun)


@router.post("/api/socket-ticket")
async def socket_ticket(edge: Signed) -> TicketOut:
    """A single-use ticket for the live protocol."""
    async with (
        edge.database.aside() as tx
    ):  # a crowd that comes back takes turns, and leaves room for others
        return TicketOut(ticket=await api.issue_ticket(tx, edge.who), expires_in=30)


@router.post("/api/embed/session")
async def embed_session(request: Request, edge: Unsigned, body: EmbedIn) -> BearerOut:
    """A client's session for a signed identity token of the broker's site; the token is spent."""
    await _admit_embedding(request, edge)
    async with edge.transaction() as tx:
        await api.check_page_origin(tx, body.page_origin)
        begun = await api.begin_client_session(
            tx, body.token, edge.settings, edge.address, device_of(request)
        )
        return await bearer_out(tx, begun)


@router.post("/api/embed/visitor")
async def embed_visitor(request: Request, edge: Unsigned, body: VisitorIn) -> BearerOut:
    """A session for somebody who is not signed in at the broker's: education only."""
    await _admit_embedding(request, edge)
    async with edge.transaction() as tx:
        await api.check_page_origin(tx, body.page_origin)
        begun = await api.begin_visitor_session(tx, edge.language, device_of(request))
        return await bearer_out(tx, begun)


async def _admit_embedding(request: Request, edge: Edge) -> None:
    own_origin(request, edge)
    async with edge.transaction() as tx:
        refusal = await api.allow_embedding(tx, edge.address, edge.settings)
    if refusal is not None:
        raise refusal


async def _enter(
    request: Request, response: Response, edge: Edge, begun: SignedIn | Refusal
) -> SignedInOut:
    if isinstance(begun, Refusal):
        raise begun
    set_session_cookie(request, response, edge, begun)
    async with edge.transaction() as tx:
        me = me_out(await api.me(tx, begun.actor))
    return SignedInOut(
        me=me, recovery_codes=list(begun.recovery_codes), recovery_left=begun.recovery_left
    )
