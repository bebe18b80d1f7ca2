"""Test that settings come from the right source, and that wrong ones are explained in one line."""

from collections.abc import Mapping
import json
from pathlib import Path
from typing import Any

import pytest

from hearthd.settings import (
    InstalledRef,
    LocalRef,
    RemoteRef,
    Role,
    ScriptedRef,
    Settings,
    SettingsError,
    Wishes,
    parse_ref,
    read_settings,
)

HERE = Path.cwd()


@pytest.fixture(autouse=True)
def no_options_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the machine's own folders out of the tests."""
    monkeypatch.setattr("hearthd.settings.sources.DEFAULT_OPTIONS", tmp_path / "none.json")
    monkeypatch.setattr("hearthd.settings.sources._CONTAINER_DATA", tmp_path / "none")


def options(tmp_path: Path, content: Any) -> Path:
    """Write an options file."""
    path = tmp_path / "options.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_defaults(tmp_path: Path) -> None:
    """Without any source the engine is private and modest."""
    assert read_settings({}, [], {"XDG_DATA_HOME": str(tmp_path)}) == Settings(
        data=tmp_path / "hearth",
        host="127.0.0.1",
        port=8765,
        token=None,
        remote_key=None,
        hub_url="https://huggingface.co",
        hub_token=None,
        offline=False,
        models={},
        fixed_roles=frozenset(),
        fallbacks={},
        idle_unload_minutes=0,
        wishes=Wishes(
            context_length=None,
            cache_tokens=None,
            parallel=None,
            threads=None,
            batch=None,
            flash_attention=None,
            kv_type=None,
            gpu_layers=None,
        ),
        prefix_disk_mb=1024,
        max_queue=8,
        max_body=4 * 1024 * 1024,
        chroma_url=None,
        max_document_mb=20,
        log_level="info",
    )


@pytest.mark.parametrize("environ", [{}, {"XDG_DATA_HOME": ""}, {"XDG_DATA_HOME": "relative"}])
def test_data_folder_of_a_person(environ: Mapping[str, str]) -> None:
    """Without a usable XDG folder it is the standard's default."""
    assert read_settings({}, [], environ).data == Path.home() / ".local/share/hearth"


def test_data_folder_of_the_container(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The app's container has its own."""
    monkeypatch.setattr("hearthd.settings.sources._CONTAINER_DATA", tmp_path)
    assert read_settings({}, [], {}).data == tmp_path


def test_default_options_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The app's options file is read without being named."""
    monkeypatch.setattr("hearthd.settings.sources.DEFAULT_OPTIONS", options(tmp_path, {"port": 1}))
    assert read_settings({}, [], {}).port == 1


# Flags, environment, options, the field and its value.
SOURCES: dict[str, tuple[Mapping[str, str | None], Mapping[str, str], Mapping[str, Any], str, Any]] = {
    "flag first": ({"port": "1"}, {"HEARTH_PORT": "2"}, {"port": 3}, "port", 1),
    "then environment": ({"port": None}, {"HEARTH_PORT": "2"}, {"port": 3}, "port", 2),
    "then options": ({}, {}, {"port": 3}, "port", 3),
    "options as text": ({}, {}, {"port": "3"}, "port", 3),
    "empty is unset": ({}, {"HEARTH_TOKEN": ""}, {"token": ""}, "token", None),
    "null is unset": ({}, {}, {"token": None}, "token", None),
    "zero is set": ({"port": "0"}, {}, {"port": 3}, "port", 0),
    "data": ({"data": "folder"}, {}, {}, "data", HERE / "folder"),
    "home": ({"data": "~/x"}, {}, {}, "data", Path.home() / "x"),
    "log level": ({}, {"HEARTH_LOG_LEVEL": "DEBUG"}, {}, "log_level", "debug"),
    "key": ({}, {"HEARTH_REMOTE_KEY": "sk-1"}, {}, "remote_key", "sk-1"),
    "max body": ({}, {}, {"max_body": 1024}, "max_body", 1024),
    "chroma": ({}, {"HEARTH_CHROMA_URL": "http://chroma:8000/"}, {}, "chroma_url", "http://chroma:8000"),
    "documents": ({}, {}, {"max_document_mb": 5}, "max_document_mb", 5),
    "hub": ({"hub_url": "http://hub:8080/mirror/"}, {}, {}, "hub_url", "http://hub:8080/mirror"),
    "hub token": ({}, {"HEARTH_HUB_TOKEN": "hf_1"}, {}, "hub_token", "hf_1"),
    "offline as a flag": ({"offline": "yes"}, {}, {"offline": False}, "offline", True),
    "offline as an option": ({}, {}, {"offline": True}, "offline", True),
    "online over an option": ({}, {"HEARTH_OFFLINE": "0"}, {"offline": True}, "offline", False),
}


@pytest.mark.parametrize(("flags", "environ", "listed", "name", "value"), SOURCES.values(), ids=SOURCES)
def test_precedence(
    tmp_path: Path,
    flags: Mapping[str, str | None],
    environ: Mapping[str, str],
    listed: Mapping[str, Any],
    name: str,
    value: Any,
) -> None:
    """The nearest source wins."""
    assert getattr(read_settings(flags, [], environ, options(tmp_path, listed)), name) == value


def test_wishes_come_from_every_source(tmp_path: Path) -> None:
    """What is not set, or set to auto, is left to the fit."""
    flags = {"flash_attention": "on", "kv_type": "auto", "threads": "3"}
    environ = {"HEARTH_CONTEXT_LENGTH": "4096", "HEARTH_KV_TYPE": "q8_0", "HEARTH_THREADS": "9"}
    listed = {"gpu_layers": 0, "parallel": 2, "batch": "64", "cache_tokens": None, "flash_attention": "auto"}
    assert read_settings(flags, [], environ, options(tmp_path, listed)).wishes == Wishes(
        context_length=4096, parallel=2, threads=3, batch=64, flash_attention=True, kv_type=None, gpu_layers=0
    )


def test_models_are_merged_by_role(tmp_path: Path) -> None:
    """Each role has its own nearest source."""
    path = options(
        tmp_path, {"models": {"fast": "/o.gguf", "reasoning": "/o.gguf", "embedding": "/o.gguf", "router": ""}}
    )
    environ = {"HEARTH_MODEL": "/e.gguf", "HEARTH_MODEL_REASONING": "/e.gguf"}
    settings = read_settings({}, ["/f.gguf"], environ, path)
    assert settings.models == {
        Role.FAST: LocalRef(Path("/f.gguf")),
        Role.REASONING: LocalRef(Path("/e.gguf")),
        Role.EMBEDDING: LocalRef(Path("/o.gguf")),
    }
    assert settings.fixed_roles == {Role.FAST, Role.REASONING}


def test_fallbacks_are_merged_by_role(tmp_path: Path) -> None:
    """Each role has its own nearest source, and keeps the order."""
    path = options(tmp_path, {"fallback": {"fast": "o", "reasoning": "o", "router": ["o", "/p.gguf"], "embedding": ""}})
    environ = {"HEARTH_FALLBACK_FAST": "e", "HEARTH_FALLBACK_REASONING": "e, http://host/v1#m,"}
    settings = read_settings({}, [], environ, path, ["b", "fast=a"])
    assert settings.fallbacks == {
        Role.FAST: (InstalledRef("b"), InstalledRef("a")),
        Role.REASONING: (InstalledRef("e"), RemoteRef("http://host/v1", "m")),
        Role.ROUTER: (InstalledRef("o"), LocalRef(Path("/p.gguf"))),
    }
    assert settings.models == {}


def test_nobody_stands_in_for_what_embeds() -> None:
    """What two models make of a text lies in two different spaces."""
    with pytest.raises(SettingsError, match="vectors of two models do not compare"):
        read_settings({}, [], {"HEARTH_FALLBACK_EMBEDDING": "http://host/v1#m"})


REFS: dict[str, Any] = {
    "/m/qwen.gguf": LocalRef(Path("/m/qwen.gguf")),
    "qwen.GGUF": LocalRef(HERE / "qwen.GGUF"),
    "~/qwen.gguf": LocalRef(Path.home() / "qwen.gguf"),
    "http://host:8080/v1#qwen": RemoteRef("http://host:8080/v1", "qwen"),
    "https://host/v1/#org/qwen:7b": RemoteRef("https://host/v1", "org/qwen:7b"),
    "http://[::1]:8080#qwen": RemoteRef("http://[::1]:8080/v1", "qwen"),
    "http://host/api/openai#m.gguf": RemoteRef("http://host/api/openai", "m.gguf"),
    "scripted:demo.json": ScriptedRef(HERE / "demo.json"),
    "scripted:/demo.json": ScriptedRef(Path("/demo.json")),
    "qwen3-4b": InstalledRef("qwen3-4b"),
    "installed:Llama_3.2": InstalledRef("Llama_3.2"),
}


@pytest.mark.parametrize(("text", "ref"), REFS.items())
def test_reference(text: str, ref: Any) -> None:
    """A reference is read as what it looks like."""
    assert parse_ref(text) == ref
    assert parse_ref(str(ref)) == ref


@pytest.mark.parametrize(
    ("flag", "role", "model_id"),
    [
        ("/m/a.gguf", Role.FAST, "a"),
        ("reasoning=/m/a.b.gguf", Role.REASONING, "a.b"),
        ("/m/x=y.gguf", Role.FAST, "x=y"),
        ("embedding=http://host/v1#e=5", Role.EMBEDDING, "e=5"),
        ("router=scripted:r.json", Role.ROUTER, "scripted-r"),
    ],
)
def test_model_flag(flag: str, role: Role, model_id: str) -> None:
    """A flag may name a role; a bare reference is the fast model."""
    models = read_settings({}, [flag], {}).models
    assert {role: ref.model_id for role, ref in models.items()} == {role: model_id}


# Flags, models, environment, options and what the message must say.
WRONG: dict[str, tuple[Mapping[str, str], list[str], Mapping[str, str], Any, str]] = {
    "port word": ({"port": "http"}, [], {}, {}, "--port: 'http' is not a whole number from 0 to 65535"),
    "port high": ({}, [], {"HEARTH_PORT": "65536"}, {}, "HEARTH_PORT: '65536' is not a whole number"),
    "port negative": ({}, [], {}, {"port": -1}, "option port: -1 is not a whole number"),
    "port bool": ({}, [], {}, {"port": True}, "option port: True is not a whole number"),
    "port float": ({}, [], {}, {"port": 1.5}, "option port: 1.5 is not a whole number"),
    "port list": ({}, [], {}, {"port": [1]}, "option port: [1] is not a whole number"),
    "port digits of another script": ({"port": "٣"}, [], {}, {}, "--port: '٣' is not a whole number"),
    "context short": ({"context_length": "10"}, [], {}, {}, "--context-length: '10' is not a whole number from 256"),
    "threads none": ({"threads": "0"}, [], {}, {}, "--threads: '0'"),
    "flash attention": ({}, [], {"HEARTH_FLASH_ATTENTION": "maybe"}, {}, "HEARTH_FLASH_ATTENTION: 'maybe' is neither"),
    "kv type": ({}, [], {}, {"kv_type": "f32"}, "option kv_type: 'f32' is not one of f16, q8_0, q4_0"),
    "kv type number": ({}, [], {}, {"kv_type": 16}, "option kv_type: a text is expected"),
    "queue": ({"max_queue": "-1"}, [], {}, {}, "--max-queue: '-1'"),
    "hub": ({"hub_url": "huggingface.co"}, [], {}, {}, "--hub-url: 'huggingface.co' is not an address"),
    "hub's port": ({"hub_url": "http://hub:x"}, [], {}, {}, "--hub-url: the address is wrong"),
    "hub with a key": ({}, [], {"HEARTH_HUB_URL": "https://me:key@hub"}, {}, "HEARTH_HUB_URL: the address may have"),
    "offline": ({"offline": "maybe"}, [], {}, {}, "--offline: 'maybe' is neither yes nor no"),
    "offline as a number": ({}, [], {}, {"offline": 2}, "option offline: 2 is neither yes nor no"),
    "body": ({"max_body": "1"}, [], {}, {}, "--max-body: '1'"),
    "log level": ({"log_level": "loud"}, [], {}, {}, "--log-level: 'loud' is not one of debug, info"),
    "host": ({}, [], {}, {"host": 1}, "option host: a text is expected"),
    "token with space": ({"token": "a b"}, [], {}, {}, "--token: letters, digits and signs"),
    "token with line break": ({}, [], {"HEARTH_TOKEN": "a\nb"}, {}, "HEARTH_TOKEN: letters, digits"),
    "model kind": ({}, ["./model.bin"], {}, {}, "--model: './model.bin' is no model; give path.gguf"),
    "model empty": ({}, ["fast="], {}, {}, "--model: a text is expected"),
    "model twice": ({}, ["a.gguf", "fast=b.gguf"], {}, {}, "--model: the role fast is given twice"),
    "unknown role": ({}, ["slow=a.gguf"], {}, {}, "--model: 'slow' is not one of router, fast, reasoning, embedding"),
    "remote router": ({}, ["router=http://host/v1#m"], {}, {}, "--model: the router cannot be on another server"),
    "remote without model": ({}, [], {"HEARTH_MODEL": "http://host/v1"}, {}, "HEARTH_MODEL: 'http://host/v1' names no"),
    "remote without host": ({}, ["http:///v1#m"], {}, {}, "names no host"),
    "remote with a key": ({}, ["http://me:key@host/v1#m"], {}, {}, "--model: a model's address holds no key"),
    "remote port": ({}, ["http://host:99999/v1#m"], {}, {}, "--model: the model's address is wrong"),
    "scripted nothing": ({}, ["scripted:"], {}, {}, "--model: 'scripted:' is no model"),
    "option model": ({}, [], {}, {"models": {"fast": "x y"}}, "option models.fast: 'x y' is no model"),
    "option model list": ({}, [], {}, {"models": {"fast": []}}, "option models.fast: a text is expected"),
    "option model number": ({}, [], {}, {"models": {"fast": 1}}, "option models.fast: a text is expected"),
    "installed nothing": ({}, ["installed:"], {}, {}, "--model: 'installed:' is no model"),
    "fallback kind": ({}, [], {"HEARTH_FALLBACK_FAST": "a,x y"}, {}, "HEARTH_FALLBACK_FAST: 'x y' is no model"),
    "fallback remote": ({}, [], {}, {"fallback": {"router": ["http://h/v1#m"]}}, "option fallback.router: the router"),
    "fallback number": ({}, [], {}, {"fallback": {"fast": 1}}, "option fallback.fast: a text is expected"),
    "fallback list": ({}, [], {}, {"fallback": ["a"]}, "option fallback: an object"),
    "option role": ({}, [], {}, {"models": {"slow": "a.gguf"}}, "option models: 'slow' is not one of"),
    "option models list": ({}, [], {}, {"models": ["a.gguf"]}, "option models: an object"),
    "unknown option": ({}, [], {}, {"prot": 1}, "options.json: there is no option 'prot'"),
    "options list": ({}, [], {}, [], "options.json: an object is expected"),
    "options words": ({}, [], {}, "{", "options.json: is not JSON"),
    "options too deep": ({}, [], {}, "[" * 200_000, "options.json: is not JSON"),
    "very long": ({"port": "x" * 1000}, [], {}, {}, "... is not a whole number"),
}


@pytest.mark.parametrize(("flags", "models", "environ", "listed", "words"), WRONG.values(), ids=WRONG)
def test_wrong_setting(
    tmp_path: Path,
    flags: Mapping[str, str],
    models: list[str],
    environ: Mapping[str, str],
    listed: Any,
    words: str,
) -> None:
    """A mistake is named with its source, in one line that quotes no secret."""
    with pytest.raises(SettingsError) as raised:
        read_settings(flags, models, environ, options(tmp_path, listed))
    message = str(raised.value)
    assert words in message
    assert "\n" not in message
    assert len(message) < 200
    assert "a b" not in message
    assert "me:key" not in message


@pytest.mark.parametrize("name", ["nothing.json", "."])
def test_options_file_that_was_named_must_be_there(tmp_path: Path, name: str) -> None:
    """A file that somebody named is not skipped."""
    with pytest.raises(SettingsError, match=r"no such file|cannot be read"):
        read_settings({}, [], {}, tmp_path / name)


def test_secrets_are_not_shown() -> None:
    """Settings can be logged."""
    assert "hush" not in repr(Settings(Path("/d"), token="hush", remote_key="hush", hub_token="hush"))
