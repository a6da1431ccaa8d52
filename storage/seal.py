"""Sealing at rest: what people told us is unreadable without a key kept outside the data.

A sealed value is ``version(1) key id(4) nonce(12) AES-256-GCM ciphertext``; its purpose is bound
in, so that one column's value does not open in another. The newest key seals, all keys open.
Keyed digests (``mark``) are made with the oldest key, because they must stay the same for ever.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import BadConfig, SealError

_VERSION = b"\x01"
_HEADER = 1 + 4 + 12


class Seal:
    """A ring of 32-byte keys, newest first."""

    def __init__(self, *keys: bytes) -> None:
        if not keys or any(len(key) != 32 for key in keys):
            raise BadConfig("HUYING_KEYS must hold one or more keys of 32 bytes")
        self._newest = _key_id(keys[0])
        self._ring = {_key_id(key): AESGCM(key) for key in keys}
        self._digest = hashlib.sha256(b"huying digest" + keys[-1]).digest()

    def seal(self, value: Any, purpose: str) -> bytes:
        """The JSON value, sealed for one purpose."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        nonce = os.urandom(12)
        body = self._ring[self._newest].encrypt(
            nonce, text.encode("utf-8", "surrogatepass"), purpose.encode()
        )
        return _VERSION + self._newest + nonce + body

    def open(self, sealed: bytes | None, purpose: str) -> Any:
        """The value again; None for nothing. Raises SealError when no key opens it."""
        if not sealed:
            return None
        key = self._ring.get(sealed[1:5])
        if sealed[:1] != _VERSION or key is None:
            raise SealError("sealed with a key that is not in HUYING_KEYS")
        try:
            body = key.decrypt(sealed[5:_HEADER], sealed[_HEADER:], purpose.encode())
        except InvalidTag:
            raise SealError("a sealed value was changed") from None
        return json.loads(body.decode("utf-8", "surrogatepass"))

    def mark(self, value: object, purpose: str) -> str:
        """A keyed digest: finds the same value again, tells nothing without the key."""
        text = f"{purpose}:{value}".encode("utf-8", "surrogatepass")
        return hmac.new(self._digest, text, hashlib.sha256).hexdigest()[:32]


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"huying key id" + key).digest()[:4]


def load_keys(keys: str, *, create: bool, data_exists: bool) -> tuple[Seal, bool]:
    """The ring from ``HUYING_KEYS``: keys themselves (base64, comma-separated) or a file's path.

    Returns the ring and whether a new file was made. A missing file is made only with ``create``
    and when there is no data yet that another key would be needed for.
    """
    literal = _decode(keys)
    if literal:
        return Seal(*literal), False
    path = Path(keys)
    if path.exists():
        found = _decode(",".join(path.read_text(encoding="ascii", errors="replace").split()))
        if not found:
            raise BadConfig(f"{path} holds no usable key")
        return Seal(*found), False
    if data_exists:
        raise BadConfig(f"the key file {path} is missing; without it the data cannot be read")
    if not create:
        raise BadConfig(f"the key file {path} is missing; 'huying migrate' makes one")
    key = os.urandom(32)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BadConfig(f"cannot make the key file {path}: {error.strerror}") from None
    with os.fdopen(handle, "w") as file:
        file.write(urlsafe_b64encode(key).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return Seal(key), True


def _decode(text: str) -> list[bytes]:
    try:
        keys = [urlsafe_b64decode(part.strip()) for part in text.split(",") if part.strip()]
    except ValueError:
        return []
    return keys if keys and all(len(key) == 32 for key in keys) else []
