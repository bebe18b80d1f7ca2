"""What every kind of source is read as, and that none can break what reads it."""

from contextlib import suppress
from datetime import UTC, datetime
import socket
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from hearthd.library.document import Document, Kind, UnreadableError
from hearthd.library.parse import parse

from .files import CSV, GOOD, HTML, ICS, MAIL, MARKDOWN, PDF, TEXT, pdf_of

KINDS = pytest.mark.parametrize("kind", list(Kind))


def sections(document: Document) -> list[tuple[tuple[str, ...], str]]:
    """Return each section's headings and its text without blanks at its edges."""
    return [(part.headings, document.text[part.start : part.end].strip()) for part in document.sections]


def check(document: Document) -> None:
    """See that a document is what everything after it relies on."""
    assert document.text.strip()
    ends = [0, *(part.end for part in document.sections)]
    assert [part.start for part in document.sections] == ends[:-1]
    assert ends[-1] == len(document.text)
    assert not set(document.text) & {"\x00", "\r", "\ufeff", "\u202e"}
    document.text.encode("utf-8")
    assert document.title is None or ("\n" not in document.title and document.title.strip())
    assert all("\n" not in heading for part in document.sections for heading in part.headings)


def test_text_keeps_its_lines() -> None:
    """Paragraphs are one blank line apart, whatever the file's line ends are."""
    document = parse(Kind.TEXT, TEXT)
    assert document.text == "Dear diary,\nthe boiler hums.\n\nGrüße"
    assert document.title is None


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Grüße".encode(), "Grüße"),
        (b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe", "Grüße"),
        ("Grüße €".encode("cp1252"), "Grüße €"),
        ("Grüße".encode("utf-16"), "Grüße"),
        ("Grüße und mehr".encode("utf-16-le"), "Grüße und mehr"),
        ("Grüße und mehr".encode("utf-16-be"), "Grüße und mehr"),
        ("Grüße".encode("utf-32"), "Grüße"),
        (
            "Viele Grüße aus Köln, schöne Tage, süße Träume, ü".encode()[:-1],
            "Viele Grüße aus Köln, schöne Tage, süße Träume, \ufffd",
        ),
        (b"a\x07b\xe2\x80\xaec", "abc"),
    ],
)
def test_characters_are_found_out(data: bytes, text: str) -> None:
    """By the mark, or by what the bytes can and cannot be; what nobody sees goes."""
    assert parse(Kind.TEXT, data).text == text


def test_markdown_keeps_its_headings_lists_and_tables() -> None:
    """Rows say what their columns are called, links where they lead."""
    document = parse(Kind.MARKDOWN, MARKDOWN)
    assert document.title == "The boiler"
    assert sections(document) == [
        ((), "title: The boiler\ntags: [heating]"),
        (("Boiler",), "Boiler\n\nIt hums quietly. The manual (https://example.org/boiler) is in the cellar."),
        (
            ("Boiler", "Settings"),
            (
                "Settings\n1. Open the lid\n2. Turn the wheel\n  - to the right\n  - never to the left\n"
                "Season: Winter; Degrees: 55\nSeason: Summer; Degrees: 45\n\na line of code\n\nand HTML"
            ),
        ),
    ]


def test_headings_without_text_stand_with_what_follows() -> None:
    """A passage of a title alone would be found for every question that names it, and say nothing."""
    document = parse(Kind.MARKDOWN, b"# House\n\n## Boiler\n\nhums\n\n## Roof\n\nleaks")
    assert sections(document) == [
        (("House", "Boiler"), "House\n\nBoiler\n\nhums"),
        (("House", "Roof"), "Roof\n\nleaks"),
    ]


def test_a_note_is_called_as_its_first_heading() -> None:
    """Unless it names itself, or has none."""
    assert parse(Kind.MARKDOWN, b"# Bees\n\ntext").title == "Bees"
    assert parse(Kind.MARKDOWN, b"just text").title is None


def test_html_is_read_as_it_is_seen() -> None:
    """Scripts, styles, menus and what is hidden stay out; a table that is for the looks is only text."""
    document = parse(Kind.HTML, HTML)
    assert document.title == 'The "boiler"'
    assert sections(document) == [
        (("Boiler",), "Boiler\n\nIt hums quietly.\nAlways."),
        (
            ("Boiler", "Settings"),
            (
                "Settings\n1. Open the lid\n2. Turn the wheel\n  - to the right\nSeason: Winter; Degrees: 55\n"
                "For the looks\n\nonly\n\na  b\nc\n\nGrüße"
            ),
        ),
    ]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ('<meta charset="iso-8859-1"><p>Grüße'.encode("latin-1"), "Grüße"),
        (b"<p>one<p>two", "one\n\ntwo"),
        (b"<ul><li>a<li>b</ul>c", "- a\n- b\n\nc"),
        (b"a<div hidden>secret<div>deep</div></div>b", "ab"),
        (b"<table><tr><td>Rosa<td>0151</table>", "Rosa | 0151"),
        (b"<p>an <img src='http://example.org/x.png' alt='old'> house", "an old house"),
        (b"&lt;b&gt; &amp; &unknown; &#0;", "<b> & &unknown; \ufffd"),
        (b"<h1></h1>text", "text"),
        (b"</table></ul></p>text<td>more", "textmore"),
    ],
)
def test_html_as_it_comes(data: bytes, text: str) -> None:
    """Most pages are not as they should be."""
    assert parse(Kind.HTML, data).text == text


def test_a_pdf_has_a_section_for_each_page() -> None:
    """Lines of one sentence are joined, and the file's own title and day are kept."""
    document = parse(Kind.PDF, PDF)
    assert (document.title, document.time) == ("Boiler", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp())
    assert sections(document) == [
        (("page 1",), "The boiler hums in the cellar. It is old."),
        (("page 2",), "Second page"),
    ]


def test_a_mail_has_its_heads_its_text_and_its_attachments() -> None:
    """Plain text comes before HTML; an attachment that can't be read is named."""
    document = parse(Kind.EMAIL, MAIL)
    assert (document.title, document.time) == (
        "The boiler",
        datetime(2026, 2, 2, 7, 30, tzinfo=UTC).timestamp(),
    )
    assert sections(document) == [
        (
            (),
            (
                "Subject: The boiler\nFrom: Jürgen <j@example.org>\nTo: Nora <nora@example.org>\n"
                "Date: Mon, 02 Feb 2026 08:30:00 +0100\n\nSchöne Grüße, the boiler is fine."
            ),
        ),
        (("Attachment: costs.csv",), "Attachment: costs.csv"),
        (("Attachment: costs.csv",), "part: pump; euros: 120"),
        (("Attachment: photo.jpg",), "Attachment: photo.jpg"),
    ]


def mail(body: str, kind: str = "text/plain") -> bytes:
    """Return a mail of one part."""
    return f"Subject: s\nContent-Type: {kind}\n\n{body}".encode()


@pytest.mark.parametrize(
    ("data", "end"),
    [
        (mail("<p>Only <b>HTML</b>", "text/html"), "Only HTML"),
        (mail("x", "text/plain; charset=no-such"), "x"),
        (mail("x", "text/plain; charset=\u00fc"), "x"),
        (
            mail(
                "--a\nContent-Type: text/plain\n\n \n--a\nContent-Type: text/html\n\n<p>rich",
                "multipart/alternative; boundary=a",
            ),
            "rich",
        ),
        (mail("Subject: inner\n\ninside", "message/rfc822"), "Subject: inner\n\ninside"),
        (b"Subject: =?utf-8?b?broken?=\nDate: never\n\ntext", "text"),
        (b"From: a@example.org\nContent-Type: multipart/mixed\n\nno boundary", "no boundary"),
        (
            b"Subject: s\nContent-Type: application/pdf; name=x.pdf\n\nno pdf",
            "The file is damaged: it can't be read as pdf.",
        ),
    ],
)
def test_mails_as_they_come(data: bytes, end: str) -> None:
    """Half of them are written wrongly, and are read all the same."""
    assert parse(Kind.EMAIL, data).text.endswith(end)


def test_mails_within_mails_come_to_an_end() -> None:
    """A mail that is packed too deep is read as far as is reasonable."""
    data = b"deepest"
    for depth in range(60):
        data = f"Subject: {depth}\nContent-Type: message/rfc822\n\n".encode() + data
    document = parse(Kind.EMAIL, data)
    assert "Subject: 59" in document.text
    assert "deepest" not in document.text


def test_a_calendar_is_told_in_words() -> None:
    """Zones, whole days, repetitions and exceptions are as a person would say them."""
    document = parse(Kind.ICS, ICS)
    assert document.title == "Family"
    assert sections(document) == [
        (
            ("Dentist",),
            (
                "Dentist\nTuesday, 3 March 2026, 14:00 to 15:00 (Europe/Berlin)\n"
                "Repeats: every 2 months on the first Tuesday, until Thursday, 31 December 2026, 00:00 (UTC)\n"
                "Not on: Tuesday, 5 May 2026, 14:00 (Europe/Berlin)\nWhere: Dr Mohn, Mill Lane\n"
                "With: Nora\nBring the\ncard"
            ),
        ),
        (("Camp",), "Camp\nSaturday, 1 August 2026 to Monday, 3 August 2026"),
        (("Tax return",), "Tax return\nDue: Wednesday, 1 April 2026, 10:00 (UTC)\nStatus: needs-action"),
    ]
    assert [part.time for part in document.sections] == [
        datetime(2026, 3, 3, 13, tzinfo=UTC).timestamp(),
        datetime(2026, 8, 1, tzinfo=UTC).timestamp(),
        datetime(2026, 4, 1, 10, tzinfo=UTC).timestamp(),
    ]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("DTSTART:20260303T140000", "Tuesday, 3 March 2026, 14:00"),
        ("DTSTART:20260303T140000\nDURATION:PT90M", "Tuesday, 3 March 2026, 14:00 to 15:30"),
        ("DTSTART:20260303T230000Z\nDTEND:20260304T010000Z", "23:00 to Wednesday, 4 March 2026, 01:00 (UTC)"),
        ("DTSTART;VALUE=DATE:20260303", "Tuesday, 3 March 2026"),
        ("DTSTART;VALUE=DATE:20260303\nRRULE:FREQ=YEARLY;COUNT=5", "every year, 5 times"),
        (
            "DTSTART;VALUE=DATE:20260303\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE,-1FR",
            "every week on Monday, Wednesday and the last Friday",
        ),
        ("DTSTART;VALUE=DATE:20260303\nRRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3", "on day 3 in March"),
        ("DTSTART:20260303T140000Z\nRECURRENCE-ID:20260302T140000Z", "Instead of: Monday, 2 March 2026, 14:00 (UTC)"),
        ("DTSTART:20260303T140000Z\nRDATE:20260304T140000Z", "Also on: Wednesday, 4 March 2026, 14:00 (UTC)"),
        ("DTSTART:20260303T140000Z\nDTSTART:20260304T140000Z", "Tuesday, 3 March 2026, 14:00"),
        ("DTSTART:tomorrow", "Event"),
    ],
)
def test_days_of_a_calendar(lines: str, said: str) -> None:
    """Every way of saying when something is."""
    data = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Event\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n"
    assert said in parse(Kind.ICS, data.replace("\n", "\r\n").encode()).text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (CSV, "Date: 2026-01-02; Shop: Tannhof; Amount: 12,50\nDate: 2026-01-05; Shop: Kupfer; Rohr; Amount: 8"),
        (b"a,b\n1,2\n3,\n", "a: 1; b: 2\na: 3"),
        (b"name\tphone\nRosa\t0151\n", "name: Rosa; phone: 0151"),
        (b"1,2\n3,4\n", "1 | 2\n3 | 4"),
        (b"just one line", "just one line"),
        (b'"broken,quote\n1,2', "broken,quote 1,2"),
        (b"a,b\n1,2,3\n", "a: 1; b: 2; 3"),
    ],
)
def test_rows_say_what_they_hold(data: bytes, text: str) -> None:
    """The first row names the columns where it can be names."""
    assert parse(Kind.CSV, data).text == text


@KINDS
@pytest.mark.parametrize("data", [b"", b" \n"])
def test_an_empty_file_is_said_to_be(kind: Kind, data: bytes) -> None:
    """Nobody should look for what is wrong with it."""
    with pytest.raises(UnreadableError) as caught:
        parse(kind, data)
    assert caught.value.code == "empty"


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        (Kind.PDF, b"no pdf at all", "damaged"),
        (Kind.PDF, pdf_of(""), "no_text"),
        (Kind.HTML, b"<script>1</script>", "no_text"),
        (Kind.EMAIL, b"no mail at all", "damaged"),
        (Kind.ICS, b"no calendar", "damaged"),
        (Kind.TEXT, bytes(range(256)), "damaged"),
        (Kind.TEXT, b"word " * 500_000, "too_large"),
    ],
)
def test_what_cannot_be_read_says_why(kind: Kind, data: bytes, code: str) -> None:
    """In words for a person, without a word of the file."""
    with pytest.raises(UnreadableError) as caught:
        parse(kind, data)
    assert caught.value.code == code
    assert caught.value.words.endswith(".")


@KINDS
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=2000))
def test_any_bytes_are_read_or_refused(kind: Kind, data: bytes) -> None:
    """Nothing else comes out of a file that is noise."""
    _read_or_refuse(kind, data)


@KINDS
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_damage_is_read_or_refused(kind: Kind, data: st.DataObject) -> None:
    """Neither out of one that was good, and was cut, or overwritten, or repeated in parts."""
    whole = GOOD[kind]
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(whole)), st.integers(0, len(whole)))))
    noise = data.draw(st.one_of(st.binary(max_size=40), st.just(whole[end : end + 200]), st.just(b"")))
    _read_or_refuse(kind, whole[:start] + noise + whole[end:])


def _read_or_refuse(kind: Kind, data: bytes) -> None:
    with suppress(UnreadableError):
        check(parse(kind, data))


@KINDS
def test_good_files_are_whole_documents(kind: Kind) -> None:
    """Their sections follow each other without a gap."""
    check(parse(kind, GOOD[kind]))


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Kind.TEXT, b" \n" * 200_000 + b"x"),
        (Kind.MARKDOWN, b"[" * 20_000),
        (Kind.MARKDOWN, b"> " * 5_000 + b"x"),
        (Kind.MARKDOWN, b"*a " * 20_000),
        (Kind.HTML, b"<div>" * 50_000 + b"x"),
        (Kind.HTML, b"<!--" * 50_000 + b"x"),
        (Kind.HTML, b"<a " * 50_000 + b"x"),
        (Kind.HTML, b"x<table><tr>" * 20_000),
        (Kind.HTML, b"&" * 100_000),
        (Kind.CSV, b'"' * 100_000),
        (Kind.CSV, b"a,b\n" + b"," * 300_000),
        (Kind.EMAIL, b"Subject: s\nFrom: " + b"(" * 50_000 + b"\n\nx"),
        (Kind.EMAIL, b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\n\nx"),
        (Kind.ICS, b"BEGIN:VEVENT\r\n" * 500),
        (Kind.PDF, b"%PDF-1.4\n" + b"1 0 obj " * 20_000),
    ],
    ids=lambda value: value.value if isinstance(value, Kind) else None,
)
def test_no_file_takes_forever(kind: Kind, data: bytes) -> None:
    """Where work grew with the square of the size, the test's own limit would end it."""
    with suppress(UnreadableError):
        parse(kind, data)


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither an address nor a socket is asked for, whatever a file refers to."""

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("something was fetched")

    for name in ("getaddrinfo", "create_connection", "socket"):
        monkeypatch.setattr(socket, name, refuse)
    outside = b'<!DOCTYPE x [<!ENTITY e SYSTEM "http://example.org/e">]><p>&e; seen <img src="http://example.org/x">'
    assert parse(Kind.HTML, outside).text.endswith("&e; seen")
    assert "seen" in parse(Kind.MARKDOWN, b"![x](http://example.org/x) seen").text
    for kind, data in GOOD.items():
        assert parse(kind, data).text
