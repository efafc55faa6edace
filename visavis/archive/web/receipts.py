"""The public page that checks a receipt: in the browser, with WebCrypto alone, without asking anybody once loaded."""

import base64
import hashlib
import html
import json
from pathlib import Path
from string import Template

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from visavis.archive import api
from visavis.kernel.http import Catalogue, Unsigned
from visavis.kernel.pages import PLAIN_STYLE

router = APIRouter(tags=["archive"])

HERE = Path(__file__).parent
SCRIPT = (HERE / "receipt.js").read_text("utf-8")
PAGE = Template((HERE / "receipt.html").read_text("utf-8"))
SHOWN = ("holds", "fails", "read", "signed", "included", "opened", "says")
WORDS = ("title", "text", "file", "vkey", "vkey_hint")


@router.get("/receipt", include_in_schema=False, response_class=HTMLResponse)
def receipt_page(request: Request, edge: Unsigned) -> HTMLResponse:
    """The page, with this log's public key filled in; whoever has it from elsewhere pastes that."""
    catalogue: Catalogue = request.app.state.catalogue
    texts = {f"receipt_{one}": catalogue.text(f"receipt_{one}", edge.language) for one in SHOWN}
    words = {
        f"receipt_{one}": html.escape(catalogue.text(f"receipt_{one}", edge.language))
        for one in WORDS
    }
    english = edge.language == "en"
    page = PAGE.substitute(
        words,
        lang=edge.language,
        other="zh-CN" if english else "en",
        other_name="中文" if english else "English",
        firm=html.escape(edge.settings.firm_name_en if english else edge.settings.firm_name),
        vkey=html.escape(api.vkey()),
        texts=json.dumps(texts, ensure_ascii=False).replace("<", "\\u003c"),
        script=SCRIPT,
        style=PLAIN_STYLE,
    )
    style = page.partition("<style>")[2].partition("</style>")[0]
    response = HTMLResponse(page)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src '{_hash(SCRIPT)}'; style-src '{_hash(style)}';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return response


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
