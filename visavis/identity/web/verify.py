"""The public page `/verify/{code}`: readable without scripts and without sign-in, in two languages."""

import html
import pathlib
from collections.abc import Callable
from datetime import UTC, datetime
from string import Template
from typing import Annotated
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from visavis.identity.web.public import VerificationOut, keep_report, look
from visavis.kernel import clock
from visavis.kernel.errors import Refusal
from visavis.kernel.http import Catalogue, Edge, Unsigned, language_of
from visavis.kernel.pages import document

router = APIRouter(include_in_schema=False)

FOLDER = pathlib.Path(__file__).parent
PAGE = Template((FOLDER / "verify.html").read_text())
STYLE = (FOLDER / "verify.css").read_text()
FRAME_TEXTS = (
    "title", "heading", "lead", "code", "placeholder", "button", "aside", "risk", "made",
)  # fmt: skip
SIGNS = {
    "go": '<path d="M12 3.5 19 6v5.5c0 4.3-2.9 7.4-7 9-4.1-1.6-7-4.7-7-9V6z"/>'
    '<path d="m8.8 12 2.3 2.3 4.2-4.6"/>',
    "bad": '<path d="m6 6 12 12M18 6 6 18"/>',
    "note": '<path d="M12 3.5 19 6v5.5c0 4.3-2.9 7.4-7 9-4.1-1.6-7-4.7-7-9V6zM12 8.3v4.2M12 15.6h.01"/>',
}

Text = Callable[..., str]


@router.get("/verify", response_class=HTMLResponse)
async def verify_form(
    request: Request, edge: Unsigned, code: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """The empty form; with a code, the way to its page."""
    if code.strip():
        query = urlencode({"lang": edge.language})
        return RedirectResponse(f"/verify/{quote(code.strip(), safe='')}?{query}", 303)
    return _page(request, edge, "", "", _tips(_texts(request, edge)))


@router.get("/verify/{code}", response_class=HTMLResponse)
async def verify_page(
    request: Request,
    edge: Unsigned,
    code: Annotated[str, Path(max_length=40)],
    reported: bool = False,
) -> Response:
    """What the firm says about a registration code."""
    text = _texts(request, edge)
    try:
        found = await look(edge, code)
    except Refusal as refusal:
        said = _stamp("note", text(refusal.code, **refusal.params), "")
        return _page(
            request, edge, code, f'<section class="card">{said}</section>', "", refusal.status
        )
    if found.found:
        return _page(request, edge, found.code, _known(edge, found, text), _tips(text))
    result = _unknown(edge, found, text, reported=reported)
    return _page(request, edge, found.code, result, _hurry(text))


@router.post("/verify/{code}", response_class=RedirectResponse)
async def report_on_page(
    edge: Unsigned,
    code: Annotated[str, Path(max_length=40)],
    text: Annotated[str, Form(min_length=1, max_length=2000)],
) -> Response:
    """Take a report from the page's form, and show the page again with thanks."""
    await keep_report(edge, code, text)
    query = urlencode({"lang": edge.language, "reported": "1"})
    return RedirectResponse(f"/verify/{quote(code, safe='')}?{query}", 303)


def _known(edge: Edge, found: VerificationOut, text: Text) -> str:
    chinese = edge.language == "zh-CN"
    role = text(f"verify_role_{found.role}")
    name = found.name if chinese else found.name_en or found.name
    branch = found.branch if chinese else found.branch_en
    kind = (
        "go"
        if found.status == "valid"
        else "note"
        if found.status in ("simulated", "test")
        else "bad"
    )
    stamp = _stamp(kind, text(f"verify_is_{found.status}", role=role), _asked(edge, text))
    photo = (
        f'<img src="{html.escape(found.photo)}" alt="{text("verify_photo")}" width="104" height="104">'
        if found.photo
        else f'<span class="drawn" aria-hidden="true">{html.escape(name[:1])}</span>'
    )
    until = str(found.valid_to or found.left_on or "")
    state = text(f"verify_status_{found.status}", until=until)
    facts = [
        (text("verify_code"), f'<span class="code">{html.escape(found.code)}</span>'),
        (text("verify_firm"), html.escape(found.firm.name if chinese else found.firm.name_en)),
        (text("verify_status"), f'<span class="{"go" if kind == "go" else "stop"}">{state}</span>'),
    ]
    if found.capabilities:
        shown = [one for one in ("advise", "serve", "relay") if one in found.capabilities][:2]
        able = text("verify_joint").join(text(f"verify_may_{one}") for one in shown)
        facts.append((text("verify_may"), able))
    facts.append((text("verify_never"), text("verify_never_what")))
    facts.append((text("verify_register"), _register(edge, text)))
    rows = "".join(f"<div><dt>{label}</dt><dd>{value}</dd></div>" for label, value in facts)
    who = f"<div><h2>{html.escape(name)}</h2><p>{role} · {html.escape(branch)}</p></div>"
    return (
        f'<section class="card">{stamp}<div class="who">{photo}{who}</div>'
        f'<dl class="facts">{rows}</dl></section>'
    )


def _unknown(edge: Edge, found: VerificationOut, text: Text, *, reported: bool) -> str:
    stamp = _stamp("bad", text("verify_is_unknown"), _asked(edge, text))
    stop = "".join(f"<li>{text(f'verify_stop_{n}')}</li>" for n in (1, 2, 3))
    check = f"<li>{text('verify_check_1')}</li><li>{_register(edge, text)}</li>"
    if reported:
        form = f'<div class="report" role="status"><h2>{text("verify_reported")}</h2></div>'
    else:
        action = f"/verify/{quote(found.code, safe='')}?{urlencode({'lang': edge.language})}"
        form = (
            f'<form class="report" method="post" action="{html.escape(action)}">'
            f'<h2><label for="text">{text("verify_report")}</label></h2><p>{text("verify_report_hint")}</p>'
            f'<textarea id="text" name="text" required maxlength="2000" placeholder="'
            f'{text("verify_report_what")}"></textarea><button type="submit">{text("verify_send")}</button></form>'
        )
    return (
        f'<section class="card">{stamp}<div class="two"><div><b>{text("verify_stop")}</b><ul>{stop}</ul></div>'
        f"<div><b>{text('verify_check')}</b><ul>{check}</ul></div></div>{form}</section>"
    )


def _stamp(kind: str, title: str, hint: str) -> str:
    sign = (
        f'<span class="sign" aria-hidden="true"><svg viewBox="0 0 24 24">{SIGNS[kind]}</svg></span>'
    )
    return f'<div class="stamp {kind}">{sign}<div><b>{title}</b><span>{hint}</span></div></div>'


def _tips(text: Text) -> str:
    points = "".join(f"<li>{text(f'verify_compare_{n}')}</li>" for n in (1, 2, 3))
    return (
        f'<section class="card"><h2>{text("verify_compare")}</h2><ol>{points}</ol></section>'
        f'<section class="card"><h2>{text("verify_missing")}</h2><p>{text("verify_missing_what")}</p></section>'
    )


def _hurry(text: Text) -> str:
    return (
        f'<section class="card"><h2>{text("verify_paid")}</h2><p>{text("verify_paid_what")}</p></section>'
        f'<section class="card"><h2>{text("verify_maybe")}</h2><p>{text("verify_maybe_what")}</p></section>'
    )


def _register(edge: Edge, text: Text) -> str:
    url = html.escape(edge.settings.register_url)
    return f'<a href="{url}" rel="noopener noreferrer">{text("verify_register_link")}</a>'


def _asked(edge: Edge, text: Text) -> str:
    now: datetime = clock.now().replace(tzinfo=UTC).astimezone(ZoneInfo(edge.settings.time_zone))
    return text("verify_asked", at=f"{now:%Y-%m-%d %H:%M:%S}")


def _texts(request: Request, edge: Edge) -> Text:
    catalogue: Catalogue = request.app.state.catalogue
    language = edge.language
    return lambda code, **params: html.escape(catalogue.text(code, language, params))


def _page(
    request: Request, edge: Edge, code: str, result: str, aside: str, status: int = 200
) -> Response:
    text = _texts(request, edge)
    language = language_of(request)
    other = "en" if language == "zh-CN" else "zh-CN"
    firm = edge.settings.firm_name if language == "zh-CN" else edge.settings.firm_name_en
    place = f"/verify/{quote(code, safe='')}" if code else "/verify"
    page = PAGE.substitute(
        {f"verify_{name}": text(f"verify_{name}") for name in FRAME_TEXTS},
        lang=language,
        other=other,
        other_name={"en": "English", "zh-CN": "中文"}[other],
        other_href=html.escape(f"{place}?lang={other}"),
        firm=html.escape(firm),
        initial=html.escape(firm[:1]),
        code=html.escape(code),
        result=result,
        aside=aside,
        style="$style",
    )
    return document(page, STYLE, status)
