"""Test that what is found is told with what stands beside it, and with nothing else."""

import pytest

from hearthd.library.document import Kind
from hearthd.library.search import Mode
from tests.library.conftest import OpenLibrary, note, query

_FILLER = "The pump in the cellar is checked by the fitter once a year, and he writes it down on the card. "
_MANUAL = f"""\
# Boiler

## Pressure

{_FILLER * 2}The gauge must show 1.6 bar. {_FILLER * 2}

## Noise

Humming is normal.
"""


@pytest.mark.parametrize("mode", Mode)
async def test_a_passage_comes_with_its_neighbours(open_library: OpenLibrary, mode: Mode) -> None:
    """The text is the item's own from start to end, goes on to both sides, and stays under its heading."""
    library = open_library()
    await library.store("notes", [note("manual", _MANUAL, kind=Kind.MARKDOWN)], wait=True)
    found = await library.search(query("gauge bar", mode=mode, limit=1))
    (passage,) = (one.passage for one in found.passages)
    whole = await library.text("notes", "manual", frozenset({"household"}), 0, 10_000)
    assert whole is not None
    assert passage.text == whole.text[passage.start : passage.end]
    before, _, after = passage.text.partition("The gauge must show 1.6 bar.")
    assert "fitter" in before
    assert "fitter" in after
    assert "Humming" not in passage.text


async def test_a_question_for_a_figure_means_that_one(open_library: OpenLibrary) -> None:
    """However alike others are: who names an invoice wants to see this one."""
    library = open_library()
    invoices = [note(f"{number}", f"Invoice {number} from Velotop for the bicycle is paid") for number in range(70, 90)]
    wanted = note("wanted", "Lunch was good and the weather fair, we talked of this and that, and invoice 4711 is paid")
    await library.store("notes", [*invoices, wanted], wait=True)
    found = await library.search(query("Which firm sent invoice 4711 for the bicycle?"))
    assert found.passages[0].passage.item == "wanted"
    assert all(one.score < 0.5 for one in found.passages[1:])
