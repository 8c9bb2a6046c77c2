import html as stdlib_html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxresearch.conclude.charts.figure import plot
from cxresearch.conclude.escape import html, markdown, plain, slug
from cxresearch.conclude.show import PAGE, mimebundle
from cxresearch.conclude.verdict import conclude
from tests.conclude import samples

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "![x](http://evil.example/a.png)",
    "$\\frac{1}{0}$ _a_ $x",
    "a\x00b\x1b[31mred",
    "</svg><script>1</script>",
    "]]>",
    "--><b>",
    "\u202egnp.exe",
    "# h1\n* li",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_html_leaves_no_tag_and_no_open_quote(text):
    safe = html(text)
    assert not set("<>\"'") & set(safe)
    assert stdlib_html.unescape(safe) == plain(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_escapes_every_mark(text):
    safe = markdown(text)
    for letter in "<>[]()*_`#!|$":
        assert safe.count(letter) == safe.count("\\" + letter)
    assert "javascript:" not in safe


@given(st.text())
def test_plain_is_one_line_without_control_characters(text):
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in plain(text))
    assert plain(plain(text)) == plain(text)


@given(st.text())
def test_slug_is_safe_in_an_id(text):
    assert slug(text).replace("-", "").isalnum() and slug(text).isascii()


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "make",
    [
        lambda t: samples.measure([t, t + "2"]),
        lambda t: samples.drivers([t, "b"]),
        lambda t: samples.compare(t, "b"),
        lambda t: samples.retention([t, "b"]),
        lambda t: samples.effect(outcome_label=t, exposure_label=t, contrast_words=t),
    ],
)
def test_no_noun_lets_a_tag_from_data_through(make, text):
    relation = make(text)
    for noun in (relation, conclude(relation), plot(relation)):
        fragment = mimebundle(noun)[PAGE]
        assert (
            "<script" not in fragment
            and "<img" not in fragment
            and "<a " not in fragment
            and "\x00" not in fragment
            and "\x1b" not in fragment
        )
