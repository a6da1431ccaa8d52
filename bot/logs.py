"""Logs: one JSON object a line, ids only. No message body, no name and no token gets here."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}")
_HIDDEN = frozenset({"text", "caption", "raw", "body", "params", "name", "username", "token"})


def configure(level: str = "INFO") -> None:
    """Set up logging for the process. Libraries below WARNING stay silent."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _clean,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, format="%(name)s %(levelname)s %(message)s")
    for noisy in ("httpx", "httpcore", "telegram", "apscheduler", "alembic"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)


def get() -> Any:
    """The logger."""
    return structlog.get_logger()


def _clean(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop fields that hold what people wrote; blot out anything that looks like a token."""
    for key in list(event):
        if key in _HIDDEN:
            del event[key]
        elif isinstance(event[key], str):
            event[key] = _TOKEN.sub("***", event[key])
    return event
