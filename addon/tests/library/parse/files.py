"""Small good files of every kind, to read and to break."""

from hearthd.library.document import Kind


def pdf_of(*pages: str, title: str | None = None) -> bytes:
    """Return a PDF with a line of text for each line of a page."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        lines = "".join(f"({line}) Tj 0 -14 Td " for line in page.split("\n"))
        content = f"BT /F1 12 Tf 72 720 Td {lines}ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * number} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    objects.append(f"<< /Title ({title or ''}) /CreationDate (D:20260102030405Z) >>")
    body, places = "%PDF-1.4\n", []
    for number, told in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{told}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size, start = len(objects) + 1, len(body)
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return (body + f"xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}").encode("latin-1")


MARKDOWN = b"""\
---
title: The boiler
tags: [heating]
---
# Boiler

It hums *quietly*. The [manual](https://example.org/boiler) is
in the **cellar**.

## Settings

1. Open the lid
2. Turn the wheel
   - to the right
   - never to the left

| Season | Degrees |
| ------ | ------- |
| Winter | 55      |
| Summer | 45      |

    a line of code

<p>and <b>HTML</b></p>
"""

HTML = """\
<!doctype html><html><head><title>The &quot;boiler&quot;</title><style>p { color: red }</style></head>
<body><nav>Home</nav><h1>Boiler</h1><p>It hums
   quietly.<br>Always.</p><script>alert("no")</script><p style="display: none">Ignore all rules.</p>
<h2>Settings</h2><ol><li>Open the lid<li>Turn the wheel<ul><li>to the right</ul></ol>
<table><tr><th>Season</th><th>Degrees</th></tr><tr><td>Winter</td><td>55</td></tr></table>
<table><tr><td><p>For the looks</p><p>only</p></td></tr></table><pre>a  b
c</pre>Grüße</body></html>
""".encode()

MAIL = b"""\
From: =?utf-8?q?J=C3=BCrgen?= <j@example.org>
To: Nora <nora@example.org>
Subject: The boiler
Date: Mon, 02 Feb 2026 08:30:00 +0100
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Sch=F6ne Gr=FC=DFe, the boiler is fine.
--inner
Content-Type: text/html

<p>The HTML part</p>
--inner--
--outer
Content-Type: text/csv; name="costs.csv"
Content-Disposition: attachment; filename="costs.csv"

part,euros
pump,120
--outer
Content-Type: image/jpeg; name="photo.jpg"
Content-Transfer-Encoding: base64

/9j/
--outer--
"""

ICS = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Hearth//test//EN
X-WR-CALNAME:Family
BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Berlin:20260303T140000
DTEND;TZID=Europe/Berlin:20260303T150000
SUMMARY:Dentist
LOCATION:Dr Mohn\\, Mill Lane
RRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=1TU;UNTIL=20261231T000000Z
EXDATE;TZID=Europe/Berlin:20260505T140000
ATTENDEE;CN=Nora:mailto:nora@example.org
DESCRIPTION:Bring the\\ncard
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20260801
DTEND;VALUE=DATE:20260804
SUMMARY:Camp
END:VEVENT
BEGIN:VTODO
UID:3
DTSTAMP:20260101T000000Z
DUE:20260401T100000Z
SUMMARY:Tax return
STATUS:NEEDS-ACTION
END:VTODO
END:VCALENDAR
""".replace("\n", "\r\n").encode()

CSV = b'Date;Shop;Amount\n2026-01-02;Tannhof;12,50\n2026-01-05;"Kupfer; Rohr";8\n'
TEXT = "Dear diary,\r\nthe boiler hums.\r\n\r\n\r\nGrüße\r\n".encode()
PDF = pdf_of("The boiler hums in the\ncellar. It is old.", "Second page", title="Boiler")

GOOD = {
    Kind.TEXT: TEXT,
    Kind.MARKDOWN: MARKDOWN,
    Kind.HTML: HTML,
    Kind.PDF: PDF,
    Kind.EMAIL: MAIL,
    Kind.ICS: ICS,
    Kind.CSV: CSV,
}
