"""Sealing at rest: one purpose, many keys, nothing told without them."""

from __future__ import annotations

import os
import stat
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest

from bot.errors import BadConfig, SealError
from storage.seal import Seal, load_keys

OLD, NEW = b"o" * 32, b"n" * 32


@pytest.mark.parametrize("value", ["翠竹路", "", 0, None, [1, None], {"text": "😀\ud800"}, 7**30])
def test_what_is_sealed_opens_again(value: object) -> None:
    """Any JSON value, lone surrogates included, comes back as it was."""
    seal = Seal(OLD)
    assert seal.open(seal.seal(value, "note"), "note") == value


def test_a_value_opens_only_for_its_purpose() -> None:
    """A value moved to another column does not open."""
    seal = Seal(OLD)
    with pytest.raises(SealError):
        seal.open(seal.seal("x", "note"), "inbox")


@pytest.mark.parametrize("position", [0, 3, 9, 20, -1])
def test_a_changed_value_does_not_open(position: int) -> None:
    """One flipped bit anywhere is noticed."""
    seal = Seal(OLD)
    body = bytearray(seal.seal("翠竹路", "note"))
    body[position] ^= 1
    with pytest.raises(SealError):
        seal.open(bytes(body), "note")


@pytest.mark.parametrize("body", [b"x", b"\x01", b"\x01abcd", b"\x01" + b"0" * 40])
def test_rubbish_is_a_seal_error(body: bytes) -> None:
    """Whatever stands in the column, the error is ours."""
    with pytest.raises(SealError):
        Seal(OLD).open(body, "note")


def test_nothing_opens_to_nothing() -> None:
    """A destroyed body is None."""
    assert Seal(OLD).open(None, "note") is None
    assert Seal(OLD).open(b"", "note") is None


def test_the_newest_key_seals_and_all_open() -> None:
    """After a change of keys old values open, and new ones need the new key."""
    ring = Seal(NEW, OLD)
    assert ring.open(Seal(OLD).seal("x", "note"), "note") == "x"
    fresh = ring.seal("y", "note")
    assert Seal(NEW).open(fresh, "note") == "y"
    with pytest.raises(SealError):
        Seal(OLD).open(fresh, "note")


def test_digests_stay_the_same_when_a_key_is_added() -> None:
    """A chat is found again after a change of keys."""
    assert Seal(OLD).mark(5, "lane") == Seal(NEW, OLD).mark(5, "lane")
    assert Seal(OLD).mark(5, "lane") != Seal(NEW).mark(5, "lane")
    assert Seal(OLD).mark(5, "lane") != Seal(OLD).mark(5, "reporter")


def test_equal_values_do_not_look_equal() -> None:
    """Two sealings of one value differ."""
    seal = Seal(OLD)
    assert seal.seal("x", "note") != seal.seal("x", "note")


@pytest.mark.parametrize("keys", [(), (b"short",), (OLD, b"short")])
def test_keys_of_a_wrong_length_are_refused(keys: tuple[bytes, ...]) -> None:
    """A ring is one or more keys of 32 bytes."""
    with pytest.raises(BadConfig):
        Seal(*keys)


def test_a_key_file_is_made_once_and_private(tmp_path: Path) -> None:
    """Mode 0600 whatever the umask; the next start reads the same key."""
    path = tmp_path / "deep" / "keys"
    before = os.umask(0)
    try:
        first, made = load_keys(str(path), create=True, data_exists=False)
    finally:
        os.umask(before)
    assert made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    second, made = load_keys(str(path), create=True, data_exists=True)
    assert not made
    assert second.open(first.seal("x", "note"), "note") == "x"


def test_several_keys_in_a_file_or_in_the_setting(tmp_path: Path) -> None:
    """Newest first, one a line or separated by commas."""
    texts = [urlsafe_b64encode(key).decode() for key in (NEW, OLD)]
    path = tmp_path / "keys"
    path.write_text("\n".join(texts) + "\n")
    for source in (str(path), ",".join(texts)):
        seal, made = load_keys(source, create=False, data_exists=True)
        assert not made
        assert seal.open(Seal(OLD).seal("x", "note"), "note") == "x"
        assert Seal(NEW).open(seal.seal("y", "note"), "note") == "y"


def test_a_missing_or_broken_key_file_is_said_plainly(tmp_path: Path) -> None:
    """Missing with data, missing without leave to make one, and unusable: one sentence each."""
    path = tmp_path / "keys"
    with pytest.raises(BadConfig, match="missing; without it the data cannot be read"):
        load_keys(str(path), create=True, data_exists=True)
    with pytest.raises(BadConfig, match="is missing"):
        load_keys(str(path), create=False, data_exists=False)
    assert not path.exists()
    path.write_text("not a key\n")
    with pytest.raises(BadConfig, match="no usable key"):
        load_keys(str(path), create=True, data_exists=False)
