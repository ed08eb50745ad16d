"""Decoding never gives up on text, and positions are those that editors show."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmfa_lint.source.text import LineIndex, NotText, decode, lines

CODE = "Connect-PartnerCenter -Credential $c\r\n# für Müller\r\n"
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (b"", "utf-8"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
        (b"", "cp1252"),
    ],
)
def test_every_encoding_of_the_ladder(mark: bytes, encoding: str) -> None:
    decoded = decode(mark + CODE.encode(encoding))
    assert (decoded.text, decoded.encoding, decoded.had_bom) == (CODE, encoding, bool(mark))


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF16_LE])
def test_utf16_with_a_cut_off_last_byte_is_still_read(mark: bytes) -> None:
    decoded = decode(mark + CODE.encode("utf-16-le") + b"x")
    assert decoded.text.rstrip("\ufffd") == CODE


def test_bytes_that_cp1252_leaves_undefined_are_replaced() -> None:
    assert decode(b"caf\xe9 \x81").text == "café \ufffd"


def test_one_stray_nul_does_not_make_a_text_binary() -> None:
    assert decode(b"a = 1\n" * 50 + b"\0").text.endswith("\n ")


@pytest.mark.parametrize("data", [b"\x7fELF" + bytes(60), b"PK\3\4\0\0\0\0\0\0ab" * 9])
def test_binary_files_are_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(NotText, match=r"^This is a binary file.*\.$"):
        decode(data)


@given(st.binary())
def test_decoding_any_bytes_gives_text_or_not_text(data: bytes) -> None:
    try:
        text = decode(data).text
    except NotText:
        return
    text.encode("utf-8")  # no lone surrogates: later stages may always encode


@given(TEXT)
def test_utf8_comes_back_as_it_was(text: str) -> None:
    data = text.encode("utf-8")
    if b"\0" not in data and not data.startswith(codecs.BOM_UTF8):
        assert decode(data).text == text


def test_lines_end_where_editors_end_them() -> None:
    assert lines("a\r\nb\rc\nd\x0ce\u2028f\n") == ("a", "b", "c", "d\x0ce\u2028f", "")


@given(st.text(st.sampled_from("ab\r\n\t\x0cé€\U0001f600\u2028")), st.data())
def test_positions_round_trip(text: str, data: st.DataObject) -> None:
    index, rows = LineIndex(text), lines(text)
    offset = data.draw(st.integers(0, len(text)))
    line, col = index.at(offset)
    assert index.offset(line, col) == offset
    if offset < len(text) and text[offset] not in "\r\n":
        assert rows[line - 1][col - 1] == text[offset]


def test_spans_count_code_points() -> None:
    text = "é = 1\n\U0001f600 = 'ü'"
    span = LineIndex(text).span(text.index("'"), len(text))
    assert (span.line, span.col, span.end_line, span.end_col) == (2, 5, 2, 8)
    assert LineIndex(text).offset(9, 1) == len(text)
