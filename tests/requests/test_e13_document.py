"""E13: "create a new document and summarize the latest meeting notes"."""

from datetime import UTC, datetime
from pathlib import Path

from .conftest import House, calls, item, says

WORDS = "create a new document and summarize the latest meeting notes"


async def test_the_newest_notes_become_a_document_with_its_source(house: House) -> None:
    """Of three notes the newest is used; the document is the user's and says where it is from."""
    await house.know(
        "notes",
        *(
            item(
                f"meeting-{month}",
                f"Meeting notes: we decided on colour number {month} for the fence.",
                "person:anna",
                title=f"Meeting notes of month {month}",
                time=datetime(2026, month, 3, 9, tzinfo=UTC),
            )
            for month in (7, 9, 11)
        ),
    )
    number = (await house.numbers("meeting notes"))["meeting-11"]
    house.script(
        calls(("hearth__search", {"query": "meeting notes"})),
        calls(
            ("hearth__save_document", {"title": "Meeting summary", "text": f"The fence gets colour 11 [{number}][9]."}),
            contains="colour number 11",
        ),
        says(f"I wrote it down [{number}].", "saved"),
    )
    answer = await house.say(WORDS)
    assert answer.startswith(f"I wrote it down [{number}].")
    assert [(call.name, call.decision) for call in house.turn.calls] == [
        ("hearth__search", "allow"),
        ("hearth__save_document", "allow"),
    ]
    assert [cited["item"] for cited in house.citations] == ["meeting-11"]
    (path,) = Path(house.hass.config.path("hearth", "vault", "documents")).iterdir()
    text = path.read_text()
    assert path.name.endswith("meeting_summary.md")
    assert "owner: person:anna" in text
    assert f"# Meeting summary\n\nThe fence gets colour 11 [{number}].\n\nSources:\n[{number}] Meeting notes of" in text
