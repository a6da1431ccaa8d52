"""Waking those who wait for something to arrive."""

from __future__ import annotations

import asyncio


class Bell:
    """Everybody who waits at the moment of a ring is woken."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self.closed = False

    def ring(self) -> None:
        """Wake them."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    def close(self) -> None:
        """Wake them, and let nobody wait any more."""
        self.closed = True
        self.ring()

    async def wait(self, seconds: float) -> bool:
        """True once it rang, False when the time has passed or the bell was closed."""
        if self.closed:
            return False
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await asyncio.wait_for(future, seconds)
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(future)
        return not self.closed
