"""Test that people's own words are understood, and that nobody hears what is another's."""

from collections.abc import Sequence
from itertools import product
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.hearth.access import GUEST, HOUSEHOLD, Principal
from custom_components.hearth.memory import ChangeKind, MemoryRefused, Remembering

from .conftest import ANNA, ANNAS, EVERYBODY, OURS, TOM, texts


@pytest.mark.parametrize(
    ("principal", "words", "household", "owner", "said_by"),
    [
        (ANNA, "my birthday is 4 May", None, ANNAS, "Anna"),
        (ANNA, "our plumber is called Rosa", None, OURS, "Anna"),
        (ANNA, "the plumber is called Rosa", True, OURS, "Anna"),
        (ANNA, "our secret", False, ANNAS, "Anna"),
        (HOUSEHOLD, "the plumber is called Rosa", None, OURS, None),
    ],
)
async def test_whose_it_becomes(
    remembering: Remembering, principal: Principal, words: str, household: bool | None, owner: str, said_by: str | None
) -> None:
    """What is said belongs to whoever says it, unless it is everybody's."""
    change = await remembering.async_remember_words(principal, words, household=household, conversation_id="01JD")
    fact = change.current[0]
    assert (change.owner, fact.said_by, fact.conversation) == (owner, said_by, "01JD")


async def test_nothing_is_kept_of_guests(remembering: Remembering) -> None:
    """A guest neither fills nor empties nor hears the memory."""
    await remembering.async_remember_words(HOUSEHOLD, "the plumber is called Rosa")
    for change in (
        remembering.async_remember_words(GUEST, "I like tea"),
        remembering.async_forget_words(GUEST, "the plumber"),
        remembering.async_replace_words(GUEST, "the plumber", "nobody"),
        remembering.async_undo(GUEST),
    ):
        with pytest.raises(MemoryRefused) as caught:
            await change
        assert caught.value.translation_key == "memory_guest"
    known = await remembering.async_tell(GUEST)
    assert (known.own, known.household) == ((), ())
    assert await remembering.async_find(GUEST, "who is the plumber?") == ()
    assert (await remembering.async_core_text(GUEST)).text == ""


async def test_nobody_hears_what_is_anothers(remembering: Remembering) -> None:
    """Whoever asks, in whatever way, hears the household's facts and their own, and nothing else."""
    secrets: dict[str, str] = {}
    for principal in EVERYBODY[:3]:
        owner = principal.owner or ""
        secrets[owner] = f"code{len(secrets)}zz"
        await remembering.async_remember_words(principal, f"the safe code is {secrets[owner]}", household=None)
    for asker, (owner, secret) in product(EVERYBODY, secrets.items()):
        known = await remembering.async_tell(asker)
        found = await remembering.async_find(asker, f"what is the safe code {secret}?", _same_for_all)
        core = await remembering.async_core_text(asker)
        heard = " ".join(
            [core.text, *texts(known.own), *texts(known.household), *(answer.fact.text for answer in found)]
        )
        assert (secret in heard) is (owner in asker.owners)


async def test_nobody_forgets_what_is_anothers(remembering: Remembering) -> None:
    """Nor can it be changed, by its words or by its ID."""
    change = await remembering.async_remember_words(ANNA, "the safe code is 1234")
    for words in ("the safe code is 1234", change.current[0].id):
        with pytest.raises(MemoryRefused) as caught:
            await remembering.async_forget_words(TOM, words)
        assert caught.value.translation_key == "memory_unknown"
        with pytest.raises(MemoryRefused):
            await remembering.async_replace_words(TOM, words, "nothing")
    assert texts((await remembering.async_tell(ANNA)).own) == ["The safe code is 1234."]


async def test_who_is_the_plumber(remembering: Remembering) -> None:
    """A question finds its fact, a person's own before the household's, and nothing where nothing is known."""
    await remembering.async_remember_words(ANNA, "our plumber is called Rosa")
    await remembering.async_remember_words(ANNA, "the plumber is called Max")
    await remembering.async_remember_words(ANNA, "the plumber's van is white")
    found = await remembering.async_find(ANNA, "who is the plumber?")
    assert found[0].fact.text == "The plumber is called Max."
    assert {answer.owner for answer in found} == {OURS, ANNAS}
    assert await remembering.async_find(ANNA, "who is the electrician?") == ()


async def test_other_words_of_the_same_meaning(remembering: Remembering) -> None:
    """Vectors find what words do not; without them, or when they fail, words still do."""
    await remembering.async_remember_words(ANNA, "Rosa repairs the pipes")
    await remembering.async_remember_words(ANNA, "tea is in the cupboard")
    question = "who is the plumber?"
    asked: list[int] = []

    async def embed(sentences: Sequence[str]) -> Sequence[Sequence[float]]:
        asked.append(len(sentences))
        return [[0.0, 1.0] if "tea" in text.lower() else [1.0, 0.1] for text in sentences]

    async def fails(sentences: Sequence[str]) -> Sequence[Sequence[float]]:
        raise HomeAssistantError("no engine")

    assert await remembering.async_find(ANNA, question) == ()
    assert await remembering.async_find(ANNA, question, fails) == ()
    for _ in range(2):
        found = await remembering.async_find(ANNA, question, embed)
        assert [answer.fact.text for answer in found] == ["Rosa repairs the pipes."]
    assert asked == [3, 1]
    assert [answer.fact.text for answer in await remembering.async_find(ANNA, "tea?", fails)] == [
        "Tea is in the cupboard."
    ]


@pytest.mark.parametrize("words", ["the plumber is called Rosa", "the plumber is called rosa!", "Rosa", "^ID"])
async def test_forgetting_by_words(remembering: Remembering, words: str) -> None:
    """The whole sentence, a part of it that is enough, or its ID all mean it."""
    change = await remembering.async_remember_words(ANNA, "the plumber is called Rosa")
    await remembering.async_remember_words(ANNA, "the plumber comes on Tuesday")
    forgotten = await remembering.async_forget_words(ANNA, words.replace("ID", change.current[0].id))
    assert texts(forgotten.before) == ["The plumber is called Rosa."]


async def test_forgetting_asks_which(remembering: Remembering) -> None:
    """Where two fit, none is forgotten and both are named; where none does, nothing is."""
    await remembering.async_remember_words(ANNA, "the plumber is called Rosa")
    await remembering.async_remember_words(ANNA, "the plumber comes on Tuesday")
    with pytest.raises(MemoryRefused) as caught:
        await remembering.async_forget_words(ANNA, "the plumber")
    assert caught.value.translation_key == "memory_ambiguous"
    assert sorted(texts(caught.value.candidates)) == ["The plumber comes on Tuesday.", "The plumber is called Rosa."]
    with pytest.raises(MemoryRefused) as caught:
        await remembering.async_forget_words(ANNA, "the dentist's number")
    assert caught.value.translation_key == "memory_unknown"


async def test_correcting_by_words(remembering: Remembering) -> None:
    """A fact is corrected also where no words show that it is the same one."""
    await remembering.async_remember_words(ANNA, "the spare key is under the pot")
    change = await remembering.async_replace_words(ANNA, "the spare key", "Tom has the key")
    assert (change.kind, change.diff) == (
        ChangeKind.REPLACED,
        "- The spare key is under the pot.\n+ Tom has the key.",
    )
    undone = await remembering.async_undo(ANNA)
    assert undone is not None
    assert texts((await remembering.async_tell(ANNA)).own) == ["The spare key is under the pot."]


async def test_what_a_prompt_is_told(hass: HomeAssistant, remembering: Remembering, folder: Path) -> None:
    """The household's page and the speaker's, with what a person wrote there; "my" is told whose where all read it."""
    await remembering.async_remember_words(ANNA, "my bike is green", household=True)
    await remembering.async_remember_words(ANNA, "I like tea")
    await remembering.async_remember_words(TOM, "I like milk")
    page = folder / "memory.md"
    page.write_text(page.read_text() + "\n## House rules\n\nNo shoes.\n")
    assert (await remembering.async_core_text(ANNA)).text == (
        "Known of this home:\n- My bike is green. (said by Anna)\n## House rules\nNo shoes.\n"
        "Known of Anna who speaks:\n- I like tea."
    )
    assert "tea" not in (await remembering.async_core_text(HOUSEHOLD)).text


async def test_a_small_prompt_gets_the_most_important(remembering: Remembering) -> None:
    """Pinned facts stay, then the newest; how much is left out is told."""
    for number in range(6):
        await remembering.async_remember_words(HOUSEHOLD, f"rule {number} of house {number} holds", pinned=number == 0)
    core = await remembering.async_core_text(HOUSEHOLD, max_words=21)
    assert core.text == (
        "Known of this home:\n- Rule 0 of house 0 holds.\n- Rule 4 of house 4 holds.\n- Rule 5 of house 5 holds."
    )
    assert core.left_out == 3


async def _same_for_all(sentences: Sequence[str]) -> Sequence[Sequence[float]]:
    return [[1.0, 1.0] for _ in sentences]
