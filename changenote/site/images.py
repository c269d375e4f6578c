"""Pictures beside a note: which of them may be published, decided by what is in them."""

import posixpath
import re
from hashlib import sha256

LARGEST = 5_000_000

_KINDS = (
    ("PNG", re.compile(rb"\x89PNG\r\n\x1a\n"), (".png",)),
    ("JPEG", re.compile(rb"\xff\xd8\xff"), (".jpg", ".jpeg")),
    ("GIF", re.compile(rb"GIF8[79]a"), (".gif",)),
    ("WebP", re.compile(rb"RIFF....WEBP", re.S), (".webp",)),
    ("AVIF", re.compile(rb"....ftyp(?:avif|avis)", re.S), (".avif",)),
)
_SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")


def why_refused(name: str, content: bytes) -> str | None:
    """Why a picture may not be published; None when it may.

    A browser decides by name what a file is, so name and content have to agree.
    """
    suffix = posixpath.splitext(name)[1].lower()
    if len(content) > LARGEST:
        return f"it has {len(content):,} bytes, more than {LARGEST:,}"
    for kind, start, suffixes in _KINDS:
        if start.match(content):
            return (
                None if suffix in suffixes else f"it holds {kind}, but is not called {suffixes[0]}"
            )
    if suffix in (".svg", ".svgz"):
        return "SVG can hold scripts; save it as PNG"
    return "it holds no PNG, JPEG, GIF, WebP or AVIF"


def published_name(name: str) -> str:
    """The name a picture is published under: as it is, or a hash where that could go wrong."""
    if _SAFE_NAME.fullmatch(name):
        return name
    digest = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return digest + posixpath.splitext(name)[1].lower()
