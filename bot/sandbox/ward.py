"""Runs the bot as somebody's child: ``python -m bot.sandbox.ward run`` is ``huying run`` that
ends when its standard input does.

Whoever started it holds the other end of that pipe. When they die, by SIGKILL even, the system
closes it, and no bot is left behind that nobody knows of. It ends at once, as by SIGKILL: a
clean stop is what its owner asks for while there is one.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading


def _watch() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_watch, daemon=True).start()
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
