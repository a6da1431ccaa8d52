"""What people put right in the tagger's work: codes and figures, no text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import insert, select
from sqlmodel import col

from bot.domain.corrections import Correction, What, Why
from storage.base import Repository
from storage.tables import CorrectionTable


class SqlCorrections(Repository):
    """Implements ``bot.ports.Corrections``."""

    async def add(self, correction: Correction) -> None:
        """Keep one more."""
        values = asdict(correction) | {
            "what": correction.what.value,
            "why": correction.why.value,
            "guesses": [list(one) for one in correction.guesses],
        }
        del values["id"]
        await self.session.execute(insert(CorrectionTable).values(**values))

    async def of(self, case_id: int) -> Sequence[Correction]:
        """Those of one case, oldest first."""
        query = select(CorrectionTable).where(col(CorrectionTable.case_id) == case_id)
        rows = (await self.session.execute(query.order_by(col(CorrectionTable.id)))).scalars()
        return [_correction(row) for row in rows]

    async def all(self, what: What) -> Sequence[Correction]:
        """All of one kind, oldest first."""
        query = select(CorrectionTable).where(col(CorrectionTable.what) == what.value)
        rows = (await self.session.execute(query.order_by(col(CorrectionTable.id)))).scalars()
        return [_correction(row) for row in rows]


def _correction(row: CorrectionTable) -> Correction:
    names = set(Correction.__dataclass_fields__) - {"id", "what", "why", "guesses"}
    return Correction(
        **{name: getattr(row, name) for name in names},
        id=row.id or 0,
        what=What(row.what),
        why=Why(row.why),
        guesses=tuple((str(code), float(p)) for code, p in row.guesses),
    )
