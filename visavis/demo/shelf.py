"""The fictional firm's products, and what its clients have answered; one of them has asked for an R5 product."""

import pathlib
from collections.abc import Mapping, Sequence

from visavis.demo.firm import Customer
from visavis.demo.site import Site
from visavis.demo.talk import Watch
from visavis.demo.wire import PATIENCE
from visavis.sdk.http import Http

LIST = pathlib.Path(__file__).parent / "products.csv"
# Chosen options by question, of the questionnaire that the platform comes with.
CAREFUL: Mapping[str, Sequence[str]] = {
    "age": ["over65"], "income": ["100to300k"], "share": ["tenth"], "debt": ["none"], "experience": ["funds"],
    "knowledge": ["moves"], "term": ["one_year"], "goal": ["income"], "kinds": ["safe"], "loss": ["little"],
}  # fmt: skip
ANSWERS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "lowest": {**CAREFUL, "loss": ["none"]},
    "careful": {**CAREFUL, "income": ["below100k"], "share": ["half"], "debt": ["consumer"]},
    "balanced": {
        **CAREFUL, "age": ["36to50"], "income": ["below100k"], "share": ["quarter"], "goal": ["growth"],
        "kinds": ["mixed"],
    },
    "daring": {
        "age": ["36to50"], "income": ["over1m"], "share": ["tenth"], "debt": ["none"], "experience": ["complex"],
        "knowledge": ["moves"], "term": ["longer"], "goal": ["growth", "speculation"], "kinds": ["all"],
        "loss": ["all"],
    },
}  # fmt: skip
# Who is shown on the site's sign-in page: 孟晓 and 顾海 have not been assessed.
OF = {"C100001": "careful", "C100004": "daring", "C100005": "lowest"}
REST = ("careful", "", "balanced", "", "daring")
R5 = "990411"
R5_ANSWERS = {"loss_all": ["all"], "exit": ["no"], "operated": ["no"]}
READING_S = 20


async def products(maker: Http, checker: Http) -> int:
    """Bring the firm's product list and approve it by another hand; how many products."""
    result = await maker.upload(
        "/api/products/import", "products.csv", LIST.read_bytes(), "text/csv"
    )
    if result["errors"]:
        raise RuntimeError(f"the demo's own product list is wrong: {result['errors'][:3]}")
    listed = await maker.get("/api/products", limit=200)
    refs = [{"id": one["id"], "version": 1} for one in listed["items"]]
    await checker.post("/api/products/approvals", {"products": refs})
    return len(refs)


async def assessments(base: str, site: Site, customers: Sequence[Customer], watch: Watch) -> int:
    """The clients' own answers; one of them asks for an R5 product and waits to be called back. How many answered."""
    answered = 0
    for index, customer in enumerate(customers):
        kind = OF.get(customer.client_no, "" if customer.kind else REST[index % len(REST)])
        if not kind:
            continue
        async with Http(base, language=customer.language, patience=PATIENCE) as client:
            await client.embed(site.token(site.clients[customer.client_no], customer.language))
            asked = await client.get("/api/client/questionnaire")
            body = {"version": asked["version"], "answers": ANSWERS[kind]}
            await client.post("/api/client/assessments", body)
            answered += 1
            if customer.client_no == "C100004":
                await _asks_for_r5(client, watch)
    return answered


async def _asks_for_r5(client: Http, watch: Watch) -> None:
    request = await client.post(f"/api/client/products/{R5}/requests", {"amount": 300_000})
    warning = await client.post(f"/api/client/product-requests/{request['id']}/warning")
    watch.skip(READING_S)
    body = {"typed": warning["sentence"], "scrolled": True, "answers": R5_ANSWERS}
    await client.post(f"/api/client/product-requests/{request['id']}/confirm", body)
