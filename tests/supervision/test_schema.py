"""Policy documents and their schema: one says what the other checks."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from visavis.supervision import judging
from visavis.supervision.rules import schema
from visavis.supervision.rules.pack import BrokenPack

FOLDER = Path(judging.__file__).parent / "policies"


def document(name: str = "zh.json") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / name).read_text("utf-8"))
    return found


def test_the_schema_that_ships_is_the_one_that_is_checked() -> None:
    shipped = json.loads((FOLDER / "policy.schema.json").read_text("utf-8"))
    assert shipped == schema.json_schema()


def test_the_documents_of_the_house_fit_and_name_it() -> None:
    for name in judging.DOCUMENTS:
        assert document(name)["$schema"] == "policy.schema.json"
        schema.check(document(name))


def test_every_rule_for_staff_names_its_source_and_an_alternative() -> None:
    source = {
        "zh-CN": re.compile("（[^（）]*(第.+条|办法|规则)）"),
        "en": re.compile(r"\([^()]*(art\.|Measures|rule)"),
    }
    for one in document()["policies"]:
        if set(one["actions"]) != {"client_to_staff"}:
            for language, words in one["words"].items():
                assert source[language].search(words["reason"]), (one["id"], language)
                assert words["alternative"], (one["id"], language)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"actions": {"staff_to_client": "explode"}}, "actions"),
        ({"actions": {}}, "actions"),
        ({"guards": ["luck"]}, "guards"),
        ({"effective": "soon"}, "effective"),
        ({"tests": {"hit": [], "miss": ["a"]}}, "tests.hit"),
        ({"colour": "red"}, "colour"),
        ({"version": 0}, "version"),
        ({"id": "No Good"}, "id"),
    ],
)
def test_a_document_that_does_not_fit_is_refused_with_its_place(
    change: dict[str, Any], said: str
) -> None:
    wrong = copy.deepcopy(document())
    wrong["policies"][2] |= change
    with pytest.raises(BrokenPack) as refused:
        schema.check(wrong)
    assert said in str(refused.value)
    assert "$.policies[2]" in str(refused.value)


def test_a_folder_with_a_document_that_does_not_fit_is_no_pack(tmp_path: Path) -> None:
    for name in judging.DOCUMENTS:
        (tmp_path / name).write_text(json.dumps(document(name) | {"language": "xx"}), "utf-8")
    with pytest.raises(BrokenPack, match=r"zh\.json.*language"):
        judging.pack_in(tmp_path)
