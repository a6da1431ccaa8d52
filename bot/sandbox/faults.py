"""Things that go wrong on demand: the breaks that the control door sets up."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from bot.sandbox.model import ControlError, Json

KINDS = frozenset({"429", "cut", "500", "slow", "malformed"})


@dataclass(slots=True)
class Fault:
    """One rule: which calls it hits, what happens to them, how often."""

    kind: str
    methods: frozenset[str] = frozenset()
    """Lower-case method names, "file" for downloads; empty: every method except getUpdates."""
    chat: str = ""
    count: int | None = 1
    """How many calls it still hits; None without end."""
    retry_after: float = 1
    """Seconds: the wait named by a 429, the delay of ``slow``."""
    after: bool = False
    """The call is carried out first, and only its answer is lost or spoilt."""

    def hits(self, method: str, chat: object) -> bool:
        if self.methods:
            if method.lower() not in self.methods:
                return False
        elif method in {"getUpdates", "file"}:
            return False
        return not self.chat or self.chat == str(chat)

    def as_json(self) -> Json:
        return asdict(self) | {"methods": sorted(self.methods)}


class Faults:
    """The rules in force; the oldest that fits is used up first."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []

    def add(self, body: Json) -> Fault:
        """A rule from the control door's JSON. Raises ControlError for an unknown kind."""
        kind = str(body.get("kind"))
        if kind not in KINDS:
            raise ControlError(f"kind must be one of {', '.join(sorted(KINDS))}")
        methods = body.get("methods") or []
        if isinstance(methods, str):
            methods = [methods]
        count = body.get("count", 1)
        fault = Fault(
            kind=kind,
            methods=frozenset(str(m).lower() for m in methods),
            chat=str(body["chat"]) if body.get("chat") is not None else "",
            count=None if count is None else int(count),
            retry_after=float(body.get("retry_after", 1)),
            after=bool(body.get("after")),
        )
        self.rules.append(fault)
        return fault

    def take(self, method: str, chat: object) -> Fault | None:
        """The rule that hits this call, counted down."""
        for fault in self.rules:
            if fault.hits(method, chat):
                if fault.count is not None:
                    fault.count -= 1
                    if fault.count <= 0:
                        self.rules.remove(fault)
                return fault
        return None
