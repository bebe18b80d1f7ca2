"""What guessing tokens ahead brings where a reply repeats itself, and what it costs where it does not."""

from bench.client import Reply
from bench.report import LLAMA_CPP_SERVER, Row, compared

from ..stage import Stage, chatter

_TOKENS = 96
_PROMPT_TOKENS = 100
# Almost greedy, so that both kinds go through the same samplers.
_TEMPERATURES = {"circles": 0.01, "random": 1.0}
_COUNTS = ("draft_n", "draft_n_accepted", "predicted_n")


async def speculation(stage: Stage) -> list[Row]:
    """Generate a reply that repeats itself and one that does not, beside a server that never guesses.

    A model of random weights that takes the likeliest token goes in circles: every guess from its own text is right, as
    nearly every one is where a tool call copies names from its prompt. Drawn at random it hardly says anything twice:
    every guess is wrong. Real text lies between. The other server runs the same build of llama.cpp.
    """
    speeds: dict[str, list[float]] = {"circles": [], "random": [], LLAMA_CPP_SERVER: []}
    drafts: dict[str, list[dict[str, int]]] = {"circles": [], "random": []}
    async with (
        stage.launcher.hearthd(stage.large, "speculation") as ours,
        stage.launcher.llama_cpp_server(stage.large) as theirs,
    ):
        for number in range(stage.rounds):
            body = chatter(_PROMPT_TOKENS, 10 * number, max_tokens=_TOKENS)
            for kind, temperature in _TEMPERATURES.items():
                reply = await ours.chat({**body, "temperature": temperature})
                speeds[kind].append(1000 / reply.per_token_ms)
                drafts[kind].append(_drafted(reply))
            speeds[LLAMA_CPP_SERVER].append(1000 / (await theirs.chat(body)).per_token_ms)
    return [
        compared(
            "speculation, text that repeats itself",
            "tokens/s",
            list(zip(speeds["circles"], speeds["random"], strict=True)),
            "Hearth, text that does not",
            note=_shares(drafts["circles"]),
            raw={"drafts": drafts["circles"]},
        ),
        compared(
            "speculation, text that does not",
            "tokens/s",
            list(zip(speeds["random"], speeds[LLAMA_CPP_SERVER], strict=True)),
            LLAMA_CPP_SERVER,
            note=_shares(drafts["random"]),
            raw={"drafts": drafts["random"]},
        ),
    ]


def _drafted(reply: Reply) -> dict[str, int]:
    return {name: int(reply.timings.get(name) or 0) for name in _COUNTS}


def _shares(drafts: list[dict[str, int]]) -> str:
    drafted, accepted, generated = (sum(draft[name] for draft in drafts) for name in _COUNTS)
    return f"{drafted} tokens guessed and {accepted} of them right, of {generated} generated"
