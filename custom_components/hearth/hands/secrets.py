"""Keep passwords, tokens, PINs and codes out of prompts, answers, the audit and everything else that is kept.

What is masked stands next to a word that says what it is ("password:", "the PIN is"), has a form that nothing else has
(a private key, a web token, a provider's API key, a password in an address), is under a key of data that is called so,
or is one of the values of Home Assistant's own secrets. Telephone, order and account numbers, postal and error codes,
hashes and bare numbers are not: what looks like anything can't be told from anything.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
import hashlib
import hmac
from pathlib import Path
import re
import secrets
from types import MappingProxyType
from typing import Any, Final, Self

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.yaml import SECRET_YAML, load_yaml_dict

SECRET: Final = "[secret]"  # noqa: S105 - it stands in the place of one

_LOGIN: Final = (
    r"pass ?words?|pass ?wort|passwörter|passcodes?|passphrase|passwd|pwd|kennwort|contraseña|contrasena"
    r"|mot de passe|wachtwoord"
)
_API: Final = (
    r"(?:access|auth|refresh|bearer|bot|api)[ _-]?tokens?|api[ _-]?key|api-?schlüssel|client[ _-]?secret"
    r"|secret[ _-]?key|access[ _-]?key|private[ _-]?key|clé api|clave api|api-?sleutel"
)
_LOOSE: Final = r"token|secret|credentials?"
# A code of these is no secret.
_PLAIN_CODES: Final = (
    "zip",
    "postal",
    "post",
    "error",
    "exit",
    "status",
    "country",
    "area",
    "dialling",
    "dial",
    "promo",
    "discount",
    "product",
    "order",
    "booking",
    "tracking",
    "colour",
    "color",
    "bar",
    "qr",
    "source",
    "postleitzahl",
    "fehler",
    "länder",
    "gutschein",
    "fout",
    "land",
    "kleur",
)
_PIN: Final = (
    r"pins?|pin[ -]?codes?|geheimzahl|geheimnummer|pincode|nip|"
    + "".join(rf"(?<!{word})(?<!{word}[ _-])" for word in _PLAIN_CODES)
    + r"(?:codes?|código|codigo)(?! (?:postal|d'erreur|de error|promo|pays|couleur))"
)
_IS: Final = r"(?:is|are|was|ist|lautet|heißt|war|es|est|sera|será)"
_DIGIT_WORDS: Final = (
    *("zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("null", "eins", "zwei", "zwo", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"),
    *("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
    *("zéro", "un", "deux", "trois", "quatre", "cinq", "sept", "huit", "neuf"),
    *("nul", "een", "één", "twee", "drie", "vijf", "zes", "zeven", "negen"),
)
_DIGIT: Final = rf"(?:\d|{'|'.join(_DIGIT_WORDS)})"
_DIGIT_BEGUN: Final = "|".join(sorted({word[:end] for word in _DIGIT_WORDS for end in range(1, len(word))}))
_DIGITS: Final = rf"{_DIGIT}(?:[ .,-]{{0,2}}{_DIGIT}){{3,11}}(?!\w)"
_WITH: Final = r"(?:with|using|mit|con|avec|met)"
# What stands after "the password is" and is no password.
_JUST_WORDS: Final = (
    r"(?!(?:now|jetzt|ahora|nu|maintenant|wrong|right|correct|incorrect|invalid|required|needed|missing|expired|known|the|an?|on|in|at|not|too|my|our"
    r"|your|same|always|still|written|stored|saved|changed|old|new|empty|falsch|richtig|korrekt|ungültig|erforderlich"
    r"|nötig|abgelaufen|bekannt|der|die|das|ein|eine|auf|im|in|nicht|zu|noch|immer|incorrecta?|correcta?|válida?"
    r"|inválida?|necesaria?|la|el|un|una|en|no|muy|faux|fausse|incorrect|expiré|requis|le|les|une|sur|dans|pas|trop"
    r"|verkeerd|fout|juist|onjuist|ongeldig|verlopen|nodig|vereist|de|het|een|op|niet|te|null|none|true|false|unknown"
    r"|\[)(?![\w])|\[secret)"
)
_VALUE: Final = r"""(?:"[^"\n]{3,}"|'[^'\n]{3,}'|„[^“\n]{3,}“|“[^”\n]{3,}”|[^\s,;"'<>]{4,})"""

_WHOLE: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{6,}"
    r"|\b(?:sk|pk|rk)[-_](?:[a-z]+[-_])*[A-Za-z0-9]{16,}[\w-]*"
    r"|\b(?:gh[pousr]_|github_pat_|glpat-|hf_|npm_|shpat_)[\w-]{16,}"
    r"|\bxox[abeprs]-[\w-]{10,}"
    r"|\bAKIA[0-9A-Z]{16}\b"
    r"|\bAIza[\w-]{35}"
    r"|\bya29\.[\w-]{20,}"
    r"|\bSG\.[\w-]{16,}\.[\w-]{16,}"
    r"|\b\d{8,10}:AA[\w-]{32,}",
    re.DOTALL,
)
# What may still become one of these, at the end of a text of which more is to come.
_GROWING: Final = re.compile(
    r"-----BEGIN [A-Z ]*-{0,5}\Z"
    r"|\b(?:eyJ|(?:sk|pk|rk)[-_]|gh[pousr]_|github_pat_|glpat-|hf_|npm_|shpat_|xox[abeprs]-|AKIA|AIza|ya29\.|SG\.)[\w.-]*\Z"
    r"|\b\d{1,10}(?::[\w-]*)?\Z"
)
_BEGINNINGS: Final = (
    *("-----BEGIN ", "eyJ", "sk-", "sk_", "pk-", "pk_", "rk-", "rk_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    *("github_pat_", "glpat-", "hf_", "npm_", "shpat_", *(f"xox{kind}-" for kind in "abeprs"), "AKIA", "AIza"),
    *("ya29.", "SG."),
)
_NOW: Final = r"(?: now| jetzt| ahora| nu| maintenant)?"
# Up to four words may stand between what it is and "is": "the password of our guest network is".
_OF: Final = r"(?: [\w'-]+){0,4}?"
_NAMED_PIN: Final = rf"\b(?:[a-zäöü]+-?)?(?:{_PIN})"
_LOGIN_CUES: Final = ("pass", "pwd", "kennwort", "contrase", "wachtwoord")
_API_CUES: Final = ("token", "key", "schlüssel", "sleutel", "secret", "credential", "clé api", "clave api")
_PIN_CUES: Final = ("pin", "nip", "code", "código", "codigo", "geheim")
_ALARM_CUES: Final = ("alarm", "disarm", "unlock", "désarm", "desactiva", "ontgrendel")
_ALARM: Final = r"\b(?:disarm|unlock|arm|alarm\w*|désarmer?|desactiva\w*|ontgrendel\w*)\b[^.!?\n]{0,40}"
# A secret that stands after its cue, and what more of it may be to come of.
_ANY_VALUE: Final = (
    f"{_JUST_WORDS}{_VALUE}",
    r"""(?:"[^"\n]*|'[^'\n]*|„[^“\n]*|“[^”\n]*|[^\s,;"'<>]*)""",
)
_ANY_DIGITS: Final = (_DIGITS, rf"(?:{_DIGIT}[ .,-]{{0,2}})*(?:{_DIGIT_BEGUN})?")


@dataclass(frozen=True, slots=True)
class _Cue:
    """What tells a secret by what stands before it: where none of its `words` is in a text, it need not be tried."""

    words: tuple[str, ...]
    stays: re.Pattern[str]
    whole: re.Pattern[str]
    begun: re.Pattern[str]

    @classmethod
    def of(cls, words: tuple[str, ...], stays: str, secret: str, begun: str) -> _Cue:
        """Return a cue that `stays`, before a `secret` of which some more may be to come as long as it is `begun`."""
        patterns = (stays, f"(?:{stays})(?P<secret>{secret})", begun)
        return cls(words, *(re.compile(pattern, re.IGNORECASE) for pattern in patterns))


_AFTER: Final = tuple(
    _Cue.of(cues, stays, *secret)
    for cues, stays, secret in (
        (("://",), r"\b[a-z][a-z0-9+.-]*://[^\s/:@]*:", (r"[^\s/@]+(?=@)", r"[^\s/@]*")),
        (
            ("=",),
            r"[?&;](?:access_token|auth|authsig|token|api_?key|key|password|pwd|secret|sig|signature)=",
            (r"[^\s&#\"'<>]{4,}", r"[^\s&#\"'<>]*"),
        ),
        (("bearer ", "basic "), r"\b(?:bearer|basic) ", (r"[\w.~+/=-]{12,}", r"[\w.~+/=-]*")),
        (
            (*_LOGIN_CUES, *_API_CUES),
            rf"\b(?:\w+[_-])?(?:{_LOGIN}|{_API}|{_LOOSE})[\"']?\s*[:=]\s*",
            _ANY_VALUE,
        ),
        (
            (*_LOGIN_CUES, *_API_CUES),
            rf"\b(?:\w+-?)?(?:{_LOGIN}|{_API}){_OF} {_IS}{_NOW}:? ",
            _ANY_VALUE,
        ),
        (_PIN_CUES, rf"{_NAMED_PIN}[\"']?(?:\s*[:=]\s*| )[\"']?", _ANY_DIGITS),
        (_PIN_CUES, rf"{_NAMED_PIN}{_OF} {_IS}{_NOW}:? ", _ANY_DIGITS),
        (_ALARM_CUES, rf"{_ALARM} {_WITH} ", _ANY_DIGITS),
    )
)
_KEYS: Final = re.compile(
    r"(?:^|[_.])(?:password|passwd|pwd|passphrase|token|secret|api_?key|private_key|secret_key|access_key|pin|pin_code"
    r"|alarm_code|lock_code|user_code|usercode|access_code|credentials?|authorization)$|^code$",
    re.IGNORECASE,
)
_NAMES: Final = re.compile(r"pass|pwd|token|secret|key|pin|code|credential|webhook", re.IGNORECASE)
# A shorter value of the secrets file may be a word or a number that means something else.
_SHORTEST_KNOWN: Final = 6
_SHORTEST_MIXED: Final = 12
_MARK_LENGTH: Final = 6
_WORD: Final = re.compile(r"\w")
_MARK: Final = re.compile(rf"\[secret(?: [0-9a-f]{{{_MARK_LENGTH}}})?\]")
_MOST_KEPT: Final = 1_024
_HIDDEN: ContextVar[Mapping[str, str]] = ContextVar("hearth_hidden_secrets", default=MappingProxyType({}))
# Keyed anew at every start: from a mark nobody can find out what it stands for.
_MARKING: Final = secrets.token_bytes(16)


class Secrets:
    """What must not be seen in one home: everything that looks like a secret, and the values of its secrets file."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        """Mask some values wherever they stand."""
        longest_first = sorted(set(known), key=lambda value: (-len(value), value))
        self._beginnings = (*longest_first, *_BEGINNINGS)
        # In a longer word or number it is something else.
        self._known = re.compile(
            rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)" if longest_first else "(?!)"
        )
        # A conversation is sent again and again.
        self._masked = lru_cache(maxsize=_MOST_KEPT)(lambda text: self._replaced(text, lambda _secret: SECRET))

    @classmethod
    async def async_create(cls, hass: HomeAssistant) -> Self:
        """Return what to mask in a home, with the values of its secrets file."""
        return cls(await hass.async_add_executor_job(_in_file, Path(hass.config.path(SECRET_YAML))))

    def mask(self, text: str) -> str:
        """Return a text with every secret replaced."""
        return self._masked(text)

    def masked(self, value: Any, key: str = "") -> Any:
        """Return data fit for JSON with every secret in it replaced, also those that only their `key` tells of."""
        match value:
            case None | bool() | "":
                return value
            case Mapping():
                return {name: self.masked(inner, str(name)) for name, inner in value.items()}
            case list() | tuple():
                return [self.masked(inner, key) for inner in value]
            case _ if _KEYS.search(key) and not _is_mark(value):
                return SECRET
            case str():
                return self.mask(value)
            case _:
                return value

    def hide(self, text: str) -> tuple[str, dict[str, str]]:
        """Return a text with a mark in the place of each secret, and the secrets by their marks.

        The same secret has the same mark until Home Assistant restarts, so that a model can pass on what it never saw.
        """
        hidden: dict[str, str] = {}

        def mark(secret: str) -> str:
            digest = hmac.new(_MARKING, secret.encode(), hashlib.sha256).hexdigest()
            hidden[name := f"[secret {digest[:_MARK_LENGTH]}]"] = secret
            return name

        return self._replaced(text, mark), hidden

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return from where to where each secret of a text reaches, in order."""
        found = [match.span() for pattern in (self._known, _WHOLE) for match in pattern.finditer(text)]
        found += [match.span("secret") for cue in _cues(text) for match in cue.whole.finditer(text)]
        # Whatever tells more exactly where one ends comes first.
        kept: list[tuple[int, int]] = []
        for start, end in found:
            if not any(begin <= start < stop for begin, stop in kept):
                kept = [*((begin, stop) for begin, stop in kept if not start < begin < end), (start, end)]
        return sorted(kept)

    def begun(self, text: str) -> int:
        """Return from where on a text of which more is to come may be the beginning of a secret; its length if not."""
        length, spans = len(text), self.spans(text)
        starts = [length, *(start for start, end in spans if end == length)]
        if (growing := _GROWING.search(text)) is not None:
            starts.append(growing.start())
        starts += [length - known for value in self._beginnings for known in _common(text, value)]
        for cue in _cues(text):
            starts += [match.end() for match in cue.stays.finditer(text) if cue.begun.fullmatch(text, match.end())]
        first = min(starts)
        return min([first, *(start for start, end in spans if start < first < end)])

    def _replaced(self, text: str, replace: Callable[[str], str]) -> str:
        parts, at = [], 0
        for start, end in self.spans(text):
            parts += [text[at:start], replace(text[start:end])]
            at = end
        return "".join([*parts, text[at:]])


def _cues(text: str) -> list[_Cue]:
    """Return what secrets of a text may be told by."""
    small = text.lower()
    return [cue for cue in _AFTER if any(word in small for word in cue.words)]


def _common(text: str, value: str) -> Iterator[int]:
    """Yield the lengths of what a text ends with and a value begins with, not within a word."""
    for length in range(1, min(len(text), len(value)) + 1):
        if text.endswith(value[:length]) and not _WORD.match(text[-length - 1 : -length]):
            yield length


@contextmanager
def revealing(hidden: Mapping[str, str]) -> Iterator[None]:
    """Let `reveal` know, for as long as a call runs, what the marks in it stand for."""
    token = _HIDDEN.set(hidden)
    try:
        yield
    finally:
        _HIDDEN.reset(token)


def reveal(value: Any, key: str = "") -> Any:
    """Return the data of an action with the secrets that somebody said in the place of their marks.

    Only a field that is there for a secret gets one: a message that holds a mark goes out with the mark.
    """
    match value:
        case Mapping():
            return {name: reveal(inner, str(name)) for name, inner in value.items()}
        case list():
            return [reveal(inner, key) for inner in value]
        case str() if _KEYS.search(key):
            return _HIDDEN.get().get(value, value)
        case _:
            return value


def _is_mark(value: Any) -> bool:
    return isinstance(value, str) and _MARK.fullmatch(value) is not None


def _in_file(path: Path) -> list[str]:
    """Return the values of a secrets file that can be told from ordinary words, none where there is no such file."""
    try:
        values = load_yaml_dict(path)
    except HomeAssistantError, FileNotFoundError:
        return []
    return [text for name, value in values.items() if _can_be_told(text := str(value), name)]


def _can_be_told(value: str, name: str) -> bool:
    """Tell whether a value of the secrets file is a secret: by its name, or for its letters and digits in one."""
    if len(value) < _SHORTEST_KNOWN:
        return False
    is_mixed = any(map(str.isdigit, value)) and any(map(str.isalpha, value)) and len(value) >= _SHORTEST_MIXED
    return bool(_NAMES.search(name)) or (is_mixed and not re.search(r"[\s/]", value))
