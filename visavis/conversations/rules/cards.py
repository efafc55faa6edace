"""Product cards in a body: which products it shows, whether with a view of its sender, and how they are shown."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from visavis.conversations.types import Body
from visavis.products.types import ProductVersion

EXCERPT = 400
ADDRESS = re.compile(r"[\w.:-]+(?:/[\w.~%?&=#-]*)+", re.ASCII)
WORD = re.compile(r"[A-Za-z0-9._-]{2,32}")


def may_show(body: Body) -> bool:
    """Whether a tidied body can show a product at all: it has cards, or an address in its text."""
    return "cards" in body or "/" in str(body.get("text", ""))


def products_of(body: Body) -> list[UUID]:
    """The products that a tidied body shows, each once."""
    cards = body.get("cards", ())
    return list(dict.fromkeys(UUID(card["product"]) for card in cards if card["kind"] == "product"))


def pages_of(body: Body) -> set[str]:
    """Every word in address and title of the page cards, and in addresses inside the text: codes may be among them."""
    pages = [card for card in body.get("cards", ()) if card["kind"] == "page"]
    places = [f"{card.get('url', '')} {card['title']}" for card in pages]
    text = str(body.get("text", ""))
    if "/" in text:
        places += ADDRESS.findall(text)
    return {word for place in places for word in WORD.findall(place)}


def views(body: Body) -> bool:
    """Whether words or a view come with the products: that is advice, no mere passing on (notice 27 of 2010, art 7)."""
    said = str(body.get("text", "")).strip()
    return bool(said) or any(card.get("view", "").strip() for card in body.get("cards", ()))


def shown(body: Body, versions: Mapping[UUID, ProductVersion], language: str) -> Body:
    """The body with its product cards as the register has them: name, version, risk level and risk points."""
    cards = [
        _card(card, versions[UUID(card["product"])], language)
        if card["kind"] == "product"
        else card
        for card in body["cards"]
    ]
    return {**body, "cards": cards}


def _card(card: Mapping[str, Any], one: ProductVersion, language: str) -> Mapping[str, Any]:
    details = one.details
    points = details.risk_points.get(language) or details.risk_points["zh-CN"]
    name = details.names.get(language) or details.names["zh-CN"]
    made = {
        "kind": "product", "title": name, "product": card["product"], "version": one.version,
        "risk": details.risk.name, "excerpt": " ".join(points)[:EXCERPT],
    }  # fmt: skip
    return made | ({"view": card["view"]} if card.get("view", "").strip() else {})
