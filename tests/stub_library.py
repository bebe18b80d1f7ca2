"""Keep items as the engine's library does, in memory and without any understanding of them."""

from base64 import b64encode
from collections import defaultdict
from dataclasses import dataclass, field
import hashlib
import json
import struct
from typing import Any

from aiohttp import web

# Two texts with a letter in common are a little alike.
_DIMENSION = 26


@dataclass
class StubLibrary:
    """A library whose `collections` hold what was sent, by ID; `asked` is what it was asked to change, in order.

    `unreadable` are the IDs of items that can't be read, `at_home` the collections that are said to be kept at home;
    `embedded` is what it made vectors of.
    """

    collections: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    unreadable: set[str] = field(default_factory=set)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    at_home: set[str] = field(default_factory=set)
    embedded: list[str] = field(default_factory=list)

    def ids(self, collection: str) -> set[str]:
        """Return what a collection holds."""
        return set(self.collections[collection])

    def texts(self, collection: str) -> set[str]:
        """Return the texts in a collection."""
        return {item["text"] for item in self.collections[collection].values()}

    async def answer(self, request: web.Request) -> Any:
        """Answer a request to the library, None for one that is about something else."""
        body = await request.json() if request.body_exists else {}
        match request.method, request.path.split("/"):
            case "GET", [_, "v1", "collections"]:
                return self._state()
            case "POST", [_, "v1", "embeddings"]:
                self.embedded += body["input"]
                return {"data": [_embedding(number, text) for number, text in enumerate(body["input"])]}
            case "POST", [_, "v1", "search"]:
                return self._search(body)
            case "GET", [_, "v1", "collections", name, "items"]:
                return self._page(name, request)
            case "GET", [_, "v1", "collections", name, "items", *parts]:
                item = self.collections[name]["/".join(parts)]
                offset, limit = int(request.query["offset"]), int(request.query["limit"])
                text = item["text"]
                return {**item, "text": text[offset : offset + limit], "offset": offset, "total_chars": len(text)}
            case method, [_, "v1", "collections", name, *_]:
                self.asked.append((method, name, body))
                if "at_home" in body:
                    (self.at_home.add if body["at_home"] else self.at_home.discard)(name)
                return self._store(name, body["items"]) if method == "POST" else self._delete(name, body)
            case _:
                return None

    def _state(self) -> dict[str, Any]:
        collections = [
            {
                "name": name,
                "items": len(items),
                "chunks": len(items),
                "pending": 0,
                "words_only": 0,
                "errors": 0,
                "updated": None,
                "at_home": name in self.at_home,
            }
            for name, items in self.collections.items()
        ]
        embedding = {"model": "stub", "dimension": _DIMENSION, "state": "ready", "rebuilding": False}
        return {"collections": collections, "embedding": embedding}

    def _page(self, name: str, request: web.Request) -> dict[str, Any]:
        after, limit = request.query.get("after", ""), int(request.query["limit"])
        items = self.collections.get(name, {})
        following = sorted(item_id for item_id in items if item_id > after)
        rows = [{**items[item_id], "hash": "0", "status": "stored"} for item_id in following[:limit]]
        return {"items": rows, "next": following[limit - 1] if len(following) > limit else None}

    def _store(self, name: str, items: list[dict[str, Any]]) -> dict[str, Any]:
        results = []
        for item in items:
            kept = {**item, "text": item.get("text", ""), "error": None}
            status = "unchanged" if self.collections[name].get(item["id"]) == kept else "stored"
            error = {"code": "damaged", "message": "It is torn."} if item["id"] in self.unreadable else None
            self.collections[name][item["id"]] = kept
            results.append({"id": item["id"], "status": "failed" if error else status, "chunks": 1, "error": error})
        return {"results": results}

    def _delete(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        items = self.collections.get(name, {})
        gone = [
            item_id
            for item_id, item in items.items()
            if item_id in body.get("ids", [item_id]) and item["owner"] == body.get("owner", item["owner"])
        ]
        for item_id in gone:
            del items[item_id]
        return {"deleted": len(gone)}

    def _search(self, body: dict[str, Any]) -> dict[str, Any]:
        words = set(body["query"].lower().split())
        wanted = body["collections"] if body["collections"] is not None else list(self.collections)
        passages = [
            _passage(name, item)
            for name in wanted
            for item in self.collections.get(name, {}).values()
            if item["owner"] in body["owners"] and words & set(item["text"].lower().replace(".", " ").split())
        ]
        return {"passages": passages[: body["limit"]], "mode": "keyword", "embedding_ms": None, "search_ms": 0.1}


def _passage(name: str, item: dict[str, Any]) -> dict[str, Any]:
    return {
        "collection": name,
        "item": item["id"],
        "chunk": hashlib.sha256(json.dumps([name, item["id"]]).encode()).hexdigest()[:32],
        "owner": item["owner"],
        "title": item["title"],
        "text": item["text"],
        "time": item["time"],
        "url": item["url"],
        "pinned": item["pinned"],
        "score": 0.9,
        "parts": {"vector": None, "keyword": 1.0, "recency": 0.0, "pin": 0.0},
        "span": [0, len(item["text"])],
    }


def _embedding(number: int, text: str) -> dict[str, Any]:
    counts = [float(text.lower().count(chr(ord("a") + place))) for place in range(_DIMENSION)]
    length = sum(count * count for count in counts) ** 0.5 or 1.0
    vector = struct.pack(f"<{_DIMENSION}f", *(count / length for count in counts))
    return {"object": "embedding", "index": number, "embedding": b64encode(vector).decode()}
