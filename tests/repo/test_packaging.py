"""Check what stores, Supervisor and Home Assistant's validators would refuse, and where a reader would stumble."""

import ast
from collections.abc import Iterator
from itertools import chain
import json
from pathlib import Path
import re
import struct
import subprocess
import tomllib
from typing import Any

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
from homeassistant.components.brands.const import ALLOWED_IMAGES
from homeassistant.const import __version__ as home_assistant_version
import pytest
import yaml

ROOT = Path(__file__).parents[2]
TRACKED = sorted(
    Path(name)
    for name in subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        timeout=30,
    ).stdout.split("\0")
    if name and (ROOT / name).is_file()
)
PAGES = [path for path in TRACKED if path.suffix == ".md"]
WORKFLOWS = [path for path in TRACKED if path.parent == Path(".github/workflows")]

MANIFEST = json.loads((ROOT / "custom_components/hearth/manifest.json").read_text())
HACS = json.loads((ROOT / "hacs.json").read_text())
APP = yaml.safe_load((ROOT / "addon/config.yaml").read_text())
APP_WORDS = yaml.safe_load((ROOT / "addon/translations/en.yaml").read_text())["configuration"]

# hacs/integration, custom_components/hacs/utils/validate.py: any other key is refused.
HACS_KEYS = {
    "content_in_root",
    "country",
    "filename",
    "hacs",
    "hide_default_branch",
    "homeassistant",
    "name",
    "persistent_directory",
    "zip_release",
}
# home-assistant/supervisor, supervisor/apps/validate.py: any other key is dropped without a word.
APP_KEYS = {
    "arch",
    "backup_exclude",
    "description",
    "discovery",
    "homeassistant",
    "image",
    "init",
    "map",
    "name",
    "options",
    "ports",
    "ports_description",
    "schema",
    "slug",
    "stage",
    "startup",
    "url",
    "version",
}
# home-assistant/supervisor, supervisor/apps/options.py.
OPTION_TYPE = re.compile(
    r"(bool|email|url|port|(str|password|int|float)(\((-?[\d.]+)?,(-?[\d.]+)?\))?|match\(.*\)|list\(.+\))\??"
)
PRIVATE = re.compile(
    r"(?<![\w.~-])/(?:root|work|home/\w+|Users/\w+)/"
    r"|https?://[\w.-]+\.(?:internal|intranet|corp|lan|localdomain)\b"
)


def literal(path: str, name: str) -> Any:
    """Return the value of a module's constant without importing the module."""
    for node in ast.parse((ROOT / path).read_text()).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                return ast.literal_eval(value)
    raise LookupError(name)


def hearthd_options() -> set[str]:
    """Return the options that hearthd reads."""
    for node in ast.parse((ROOT / "addon/hearthd/settings/sources.py").read_text()).body:
        match node:
            case ast.AnnAssign(target=ast.Name(id="_PARSERS"), value=ast.Dict(keys=keys)):
                return {"models", "fallback", *(key.value for key in keys if isinstance(key, ast.Constant))}
    raise LookupError("_PARSERS")


def png_size(path: Path) -> tuple[int, int]:
    """Return a PNG's width and height."""
    header = path.read_bytes()[:24]
    assert header.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", header[16:24])
    return width, height


def option_types(schema: Any) -> Iterator[str]:
    """Yield every type of an option schema."""
    match schema:
        case str():
            yield schema
        case dict():
            yield from chain.from_iterable(map(option_types, schema.values()))
        case list():
            yield from chain.from_iterable(map(option_types, schema))


def option_names(schema: dict[str, Any], prefix: str = "") -> set[str]:
    """Return the names of all options, those inside others with a dot."""
    names = {f"{prefix}{name}" for name in schema}
    return names.union(*(option_names(inner, f"{prefix}{name}.") for name, inner in nested(schema)))


def worded(words: dict[str, Any], prefix: str = "") -> set[str]:
    """Return the names of all options that have a name and a description."""
    names = {f"{prefix}{name}" for name, word in words.items() if word["name"] and word["description"].strip()}
    inside = (worded(word.get("fields", {}), f"{prefix}{name}.") for name, word in words.items())
    return names.union(*inside)


def nested(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the options that hold others."""
    return [(name, inner) for name, inner in schema.items() if isinstance(inner, dict)]


def links(page: Path) -> set[str]:
    """Return what a page links to in the repository."""
    text = re.sub(r"^```.*?^```", "", (ROOT / page).read_text(), flags=re.DOTALL | re.MULTILINE)
    found = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|srcset|href)="([^"]+)"', text)
    return {link for link in found if not re.match(r"[a-z]+:", link)}


def is_broken(page: Path, link: str) -> bool:
    """Tell whether a link of a page leads nowhere."""
    name, _, anchor = link.partition("#")
    target = (ROOT / page.parent / name).resolve() if name else ROOT / page
    return not target.exists() or bool(anchor and anchor not in anchors(target))


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(APP["version"], id="addon/config.yaml"),
        pytest.param(literal("addon/hearthd/__init__.py", "VERSION"), id="hearthd"),
        pytest.param(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"], id="pyproject"),
        pytest.param(tomllib.loads((ROOT / "addon/pyproject.toml").read_text())["project"]["version"], id="addon"),
    ],
)
def test_versions_agree(found: str) -> None:
    """The integration, the app and the engine carry one version."""
    assert found == MANIFEST["version"]


@pytest.mark.parametrize("page", ["CHANGELOG.md", "addon/CHANGELOG.md"])
def test_changelog_begins_with_the_version(page: str) -> None:
    """What is newest is of this version, and says something."""
    newest = re.split(r"^## ", (ROOT / page).read_text(), flags=re.MULTILINE)[1]
    assert MANIFEST["version"] in newest
    assert "\n- " in newest


def test_manifest_keys_are_sorted() -> None:
    """Hassfest wants the domain, the name, then the alphabet."""
    assert list(MANIFEST) == ["domain", "name", *sorted(MANIFEST.keys() - {"domain", "name"})]


@pytest.mark.parametrize("key", ["codeowners", "documentation", "domain", "issue_tracker", "name", "version"])
def test_manifest_has_what_hacs_asks_for(key: str) -> None:
    """HACS refuses a manifest without these."""
    assert MANIFEST[key]


def test_integration_brings_no_requirements() -> None:
    """Nothing of ours is installed into Home Assistant's environment."""
    assert not MANIFEST.get("requirements")


def test_manifest_version_is_semantic() -> None:
    """Home Assistant blocks a custom integration with another kind of version."""
    assert AwesomeVersion(MANIFEST["version"], ensure_strategy=AwesomeVersionStrategy.SEMVER).valid


def test_hacs_knows_every_key() -> None:
    """HACS refuses unknown keys."""
    assert HACS["name"]
    assert HACS.keys() <= HACS_KEYS


@pytest.mark.parametrize("wanted", [HACS["homeassistant"], APP["homeassistant"]], ids=["hacs.json", "config.yaml"])
def test_wanted_home_assistant_is_tested(wanted: str) -> None:
    """The oldest Home Assistant that we accept is of the release that the tests run with."""
    assert AwesomeVersion(wanted) <= AwesomeVersion(home_assistant_version)
    assert wanted.split(".")[:2] == home_assistant_version.split(".")[:2]


def test_one_integration_in_the_repository() -> None:
    """HACS manages the first one only."""
    manifests = [path for path in TRACKED if path.full_match("custom_components/*/manifest.json")]
    assert manifests == [Path("custom_components/hearth/manifest.json")]


def test_only_the_app_looks_like_an_app() -> None:
    """Supervisor takes every file of this name for an app's manifest, wherever it lies."""
    manifests = [
        path
        for path in TRACKED
        if path.stem == "config"
        and path.suffix in {".yaml", ".yml", ".json"}
        and not any(part == "rootfs" or part.startswith(".") for part in path.parts)
    ]
    assert manifests == [Path("addon/config.yaml")]


def test_store_can_read_the_repository() -> None:
    """Supervisor takes no repository without a name."""
    assert yaml.safe_load((ROOT / "repository.yaml").read_text()).keys() == {"maintainer", "name", "url"}


def test_supervisor_knows_every_key_of_the_app() -> None:
    """A misspelt key would be dropped without a word."""
    assert APP.keys() <= APP_KEYS


@pytest.mark.parametrize("name", ["build.yaml", "build.yml", "build.json"])
def test_app_is_built_by_its_dockerfile_alone(name: str) -> None:
    """Supervisor warns of build files."""
    assert not (ROOT / "addon" / name).exists()


def test_app_is_found_by_the_integration() -> None:
    """The name of the discovery message is the integration's domain."""
    assert APP["discovery"] == [MANIFEST["domain"]]


def test_app_opens_nothing() -> None:
    """The engine is reached through Supervisor's network only."""
    assert not APP.get("ports")


def test_apparmor_profile_is_the_apps() -> None:
    """Supervisor takes one profile at the start of a line, and that should bear the slug."""
    profile = (ROOT / "addon/apparmor.txt").read_text()
    assert re.findall(r"^profile ([^ ]+)", profile, flags=re.MULTILINE) == [APP["slug"]]


@pytest.mark.parametrize("kind", sorted(set(option_types(APP["schema"]))))
def test_option_types_are_known(kind: str) -> None:
    """Supervisor refuses an app with a type that it does not know."""
    assert OPTION_TYPE.fullmatch(kind)


def test_options_are_hearthds() -> None:
    """Hearthd refuses to start with an option that it does not know."""
    assert APP["schema"].keys() <= hearthd_options()
    assert APP["options"].keys() <= APP["schema"].keys()


def test_options_have_words() -> None:
    """Each option has a name and a description, and nothing else has."""
    assert worded(APP_WORDS) == option_names(APP["schema"])


def test_options_are_documented() -> None:
    """The app's page names every option."""
    documentation = (ROOT / "addon/DOCS.md").read_text()
    leaves = option_names(APP["schema"]) - {name for name, _ in nested(APP["schema"])}
    assert [name for name in sorted(leaves) if f"`{name}`" not in documentation] == []


@pytest.mark.parametrize("suffix", ["", "@2x"])
@pytest.mark.parametrize("prefix", ["", "dark_"])
def test_brand_images_have_their_sizes(prefix: str, suffix: str) -> None:
    """Icons are squares of 256 pixels, logos 128 to 256 pixels high, both doubled for dense screens."""
    brand = ROOT / "custom_components/hearth/brand"
    scale = 2 if suffix else 1
    assert png_size(brand / f"{prefix}icon{suffix}.png") == (256 * scale, 256 * scale)
    width, height = png_size(brand / f"{prefix}logo{suffix}.png")
    assert 128 * scale <= height <= 256 * scale
    assert width > height


def test_brand_holds_what_home_assistant_serves() -> None:
    """Every image is served, and every one that can be served is there."""
    assert {path.name for path in (ROOT / "custom_components/hearth/brand").iterdir()} == ALLOWED_IMAGES


@pytest.mark.parametrize(("name", "size"), [("icon.png", (128, 128)), ("logo.png", (250, 100))])
def test_app_images_have_their_sizes(name: str, size: tuple[int, int]) -> None:
    """The store shows an icon and a logo of these sizes."""
    assert png_size(ROOT / "addon" / name) == size


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to a file or a heading of the repository has its target."""
    assert [link for link in links(page) if is_broken(page, link)] == []


def test_nothing_private_is_tracked() -> None:
    """No file tells of a developer's machine or of hosts that nobody else can reach."""
    texts = (
        (path, (ROOT / path).read_bytes().decode(errors="ignore"))
        for path in TRACKED
        if path.suffix not in {".gguf", ".png"}
    )
    assert {str(path): found.group() for path, text in texts if (found := PRIVATE.search(text))} == {}


@pytest.mark.parametrize("lock", ["uv.lock", "addon/uv.lock"])
def test_locks_name_public_hosts_only(lock: str) -> None:
    """Everybody can install what is locked."""
    hosts = set(re.findall(r'https?://([^/"]+)', (ROOT / lock).read_text()))
    assert hosts <= {"pypi.org", "files.pythonhosted.org"}


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=str)
def test_workflows_may_do_nothing_by_default(workflow: Path) -> None:
    """Each job asks for what it needs, and each action is of a named version."""
    parsed = yaml.safe_load((ROOT / workflow).read_text())
    steps = chain.from_iterable(job["steps"] for job in parsed["jobs"].values())
    assert parsed["permissions"] == {}
    assert all("permissions" in job and "timeout-minutes" in job for job in parsed["jobs"].values())
    assert [step["uses"] for step in steps if "@" not in step.get("uses", "@")] == []


def test_licence_is_apache() -> None:
    """The licence is whole, and the packages name it."""
    licence = (ROOT / "LICENSE").read_text()
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    for page in ("pyproject.toml", "addon/pyproject.toml"):
        assert tomllib.loads((ROOT / page).read_text())["project"]["license"] == "Apache-2.0"


def test_the_download_action_offers_the_catalogue() -> None:
    """Let a person choose among the models that the engine knows, in its order."""
    catalogue = json.loads((ROOT / "addon/hearthd/models/catalogue.json").read_text())["models"]
    actions = yaml.safe_load((ROOT / "custom_components/hearth/services.yaml").read_text())
    offered = actions["download_model"]["fields"]["model"]["selector"]["select"]["options"]
    assert offered == [model["id"] for model in catalogue]
