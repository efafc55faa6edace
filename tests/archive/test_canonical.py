"""RFC 8785 for values without floats: the RFC's own vectors, and what has no canonical form."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visavis.archive.canonical import SAFE, _write, canonical

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-SAFE, SAFE)
    | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=("Cs",)), max_size=6), inner, max_size=4
        )
    ),
    max_leaves=12,
)


def test_the_rfcs_sorting_vector() -> None:
    # RFC 8785 §3.2.3: keys are sorted by UTF-16 code units, so the emoji comes before U+FB33.
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    expected = [
        "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
        "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh",
    ]  # fmt: skip
    assert list(json.loads(canonical(value)).values()) == expected


def test_the_rfcs_string_vector() -> None:
    # RFC 8785 §3.2.2.2: only what must be escaped is escaped, in its shortest form.
    text = '\u20ac$\u000f\nA\'B"\\\\"/'
    assert canonical({"string": text}) == '{"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'.encode()
    assert canonical("\b\t\n\f\r\x00\x1f\x7f") == b'"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f"'


def test_the_rfcs_literals_and_nesting() -> None:
    assert canonical({"literals": [None, True, False]}) == b'{"literals":[null,true,false]}'
    value = {"b": [1, {"z": -0, "a": {}}], "": {}, "a": []}
    assert canonical(value) == b'{"":{},"a":[],"b":[1,{"a":{},"z":0}]}'


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), SAFE + 1, -SAFE - 1, {1: "a"}, b"x", {"a": [0.5]}, {None: 1}, object()],
)
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"canonical|strings"):
        canonical(value)


def test_a_lone_surrogate_is_not_text() -> None:
    with pytest.raises(UnicodeEncodeError):
        canonical("\ud800")
    with pytest.raises(UnicodeEncodeError):
        canonical({"\ud800": 1})


@given(VALUES)
def test_one_value_one_form(value: object) -> None:
    data = canonical(value)
    assert json.loads(data) == value
    assert canonical(json.loads(data)) == data
    # The short way and the long way agree to the byte.
    assert _write(value).encode() == data
