"""The answer to a list that was brought in: what came of it, and its errors in words, as JSON or as a CSV."""

from collections.abc import Sequence
from typing import Any, Literal, Protocol

import msgspec
from fastapi import Request, Response

from visavis.kernel import spreadsheet
from visavis.kernel.http import answer
from visavis.kernel.spreadsheet import RowError

Report = Literal["json", "csv"]


class Result(Protocol):
    """How an import ended: counts by name, and what was wrong."""

    @property
    def errors(self) -> Sequence[RowError]:
        """Empty where everything was, or would be, brought in."""


def answered(request: Request, language: str, result: Result, report: Report) -> Response:
    """The result with a sentence for each error; `csv`: the errors alone, in a file of which no cell can run."""
    text = request.app.state.catalogue.text
    sentences = {one: text(one.code, language, {"first": one.first}) for one in result.errors}
    if report == "csv":
        return Response(
            spreadsheet.report(result.errors, sentences),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="import-errors.csv"'},
        )
    shown: dict[str, Any] = msgspec.to_builtins(result)
    errors = [msgspec.to_builtins(one) | {"detail": sentences[one]} for one in result.errors]
    return answer(shown | {"errors": errors})
