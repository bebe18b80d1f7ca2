"""List the exchanges about models: what the client asks, and how it reads the answers."""

from custom_components.hearth.engine import CatalogModel, Installed, RoleChoice, WarmRequest, Warmth

from .exchange import Exchange

MESSAGES = [{"role": "user", "content": "hello"}]
WARMTH = {"tokens": 900, "cache_n": 100, "prompt_ms": 12.5, "saved": True}
CHOICE = {"model": "tiny", "state": "ready", "choices": ["tiny"], "changeable": True, "fallback": [], "error": None}
MODEL = {
    "id": "tiny",
    "name": "Tiny",
    "repo": "makers/tiny",
    "licence": None,
    "notes": None,
    "fit": {"verdict": "tight", "reason": "Little is left.", "suggestion": None, "needs_bytes": 1},
    "installed": {
        "size_bytes": 1,
        "revision": "abc",
        "latest_revision": None,
        "source": "hub",
        "roles": ["fast"],
    },
}
EXCHANGES = (
    Exchange(
        lambda client: client.async_warm(WarmRequest("fast", "agent", MESSAGES, [], "none")),
        "POST /v1/warm",
        {"model": "fast", "prefix": "agent", "messages": MESSAGES, "tools": [], "reasoning_effort": "none"},
        WARMTH,
        Warmth(900, 100, 12.5, saved=True),
        nonsense=({**WARMTH, "tokens": "many"},),
    ),
    Exchange(lambda client: client.async_stop(), "POST /v1/stop", {}, {"stopped": 2}, 2, nonsense=({},)),
    Exchange(
        lambda client: client.async_roles(),
        "GET /v1/roles",
        None,
        {"roles": {"fast": CHOICE}},
        {"fast": RoleChoice("tiny", "ready", ("tiny",), True, (), None)},
        nonsense=({"roles": {"fast": {**CHOICE, "choices": [1]}}},),
    ),
    Exchange(
        lambda client: client.async_choose("fast", None),
        "PUT /v1/roles/fast",
        {"model": None},
        CHOICE,
        RoleChoice("tiny", "ready", ("tiny",), True, (), None),
        nonsense=({**CHOICE, "changeable": None},),
    ),
    Exchange(
        lambda client: client.async_catalog(),
        "GET /v1/catalog",
        None,
        {"models": [MODEL, {"id": "bare", "name": "Bare", "new_field": 1}]},
        (
            CatalogModel(
                "tiny", "Tiny", "makers/tiny", None, None, "tight", Installed(1, "abc", None, "hub", ("fast",))
            ),
            CatalogModel("bare", "Bare", None, None, None, None, None),
        ),
        nonsense=({"models": {}}, {"models": [{**MODEL, "installed": {}}]}),
    ),
    Exchange(lambda client: client.async_add("/a.gguf"), "POST /v1/models/add", {"path": "/a.gguf"}, {"id": "a"}, None),
    Exchange(
        lambda client: client.async_add("/a.gguf", "b"),
        "POST /v1/models/add",
        {"path": "/a.gguf", "id": "b"},
        {"id": "b"},
        None,
    ),
    Exchange(lambda client: client.async_remove("a/b"), "DELETE /v1/models/a%2Fb", None, {}, None),
    Exchange(lambda client: client.async_check(), "POST /v1/models/check", {}, {"newer": []}, None),
)
