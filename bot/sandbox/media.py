"""What kind of file some bytes are, told by how they begin."""

from __future__ import annotations

import mimetypes

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\x1aE\xdf\xa3", "audio/webm"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS = {b"M4A ": "audio/mp4", b"qt  ": "video/quicktime", b"avif": "image/avif",
           b"heic": "image/heic", b"mif1": "image/heic"}  # fmt: skip


def mime_type(data: bytes, name: str = "", kind: str = "") -> str:
    """The mime type of bytes, or of a file name where the bytes say nothing.

    ``kind`` is Telegram's (voice, video …): it settles what containers leave open.
    """
    found = _told(data)
    if found.endswith(("/webm", "/mp4")) and kind in {"voice", "video"}:
        return ("audio/" if kind == "voice" else "video/") + found.partition("/")[2]
    return found or mimetypes.guess_type(name)[0] or "application/octet-stream"


def _told(data: bytes) -> str:
    for beginning, found in _BEGINNINGS:
        if data.startswith(beginning):
            return found
    if data[:4] == b"RIFF":
        return _RIFF.get(data[8:12], "")
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "video/mp4")
    return ""
