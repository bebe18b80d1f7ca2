"""Share a home with two persons and a guest, and what is remembered of them."""

from collections.abc import AsyncGenerator
from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest

from custom_components.hearth.access import GUEST, HOUSEHOLD, Kind, Principal
from custom_components.hearth.memory import Fact, Recall, Remembering, Vault

ANNA = Principal(Kind.PERSON, "person.anna", "anna-id")
TOM = Principal(Kind.PERSON, "person.tom", "tom-id")
EVERYBODY = (ANNA, TOM, HOUSEHOLD, GUEST)
OURS, ANNAS, TOMS = "household", "person:anna-id", "person:tom-id"


def add_people(hass: HomeAssistant) -> None:
    """Add the two persons of the home."""
    hass.states.async_set("person.anna", "home", {"id": "anna-id", "friendly_name": "Anna"})
    hass.states.async_set("person.tom", "home", {"id": "tom-id", "friendly_name": "Tom"})


@pytest.fixture
def people(hass: HomeAssistant) -> None:
    """Have two persons in the home."""
    add_people(hass)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the vault lies."""
    return tmp_path / "hearth" / "vault"


@pytest.fixture
def copies() -> list[Path]:
    """Return what is told of copies that were set aside."""
    return []


@pytest.fixture
async def vault(hass: HomeAssistant, people: None, folder: Path, copies: list[Path]) -> Vault:
    """Return an open vault."""
    vault = Vault(hass, folder, copies.append)
    await vault.async_open()
    return vault


@pytest.fixture
def remembering(hass: HomeAssistant, vault: Vault) -> Remembering:
    """Return what people speak to."""
    return Remembering(hass, vault)


@pytest.fixture
async def recall(hass: HomeAssistant, tmp_path: Path, copies: list[Path]) -> AsyncGenerator[Recall]:
    """Return open conversations that are kept for 90 days."""
    recall = Recall(hass, tmp_path / "recall.db", lambda: 90, copies.append)
    await recall.async_open()
    yield recall
    await recall.async_close()


def texts(facts: tuple[Fact, ...]) -> list[str]:
    """Return what facts say."""
    return [fact.text for fact in facts]
