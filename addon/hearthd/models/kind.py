"""Tell models that embed from those that write, by what their files say."""

from hearthd.errors import ApiError, ErrorCode
from hearthd.models.gguf_header import Header
from hearthd.settings import Role

# How a model makes one vector of a text: the average of its tokens', or that of the first or the last one.
_POOLS = {1, 2, 3}


def embeds(header: Header) -> bool:
    """Tell whether a model makes vectors of texts: then its file says how it pools those of the tokens."""
    return header.metadata.get(f"{header.metadata.get('general.architecture')}.pooling_type") in _POOLS


def check_kind(header: Header, role: Role) -> None:
    """Refuse a model that cannot do what a role is for.

    Raises:
        ApiError: `unsupported`.
    """
    if embeds(header) == (role is Role.EMBEDDING):
        return
    if role is Role.EMBEDDING:
        words = "The model writes text and does not embed; the role embedding needs one that was made for that."
    else:
        words = f"The model embeds texts and does not write; it can play the role embedding, but not {role}."
    raise ApiError(ErrorCode.UNSUPPORTED, words, param="model")
