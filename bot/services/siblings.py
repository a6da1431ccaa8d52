"""The cases that one message told of (see ``bundles``): who learns of the others."""

from __future__ import annotations

from bot.domain.access import Sight, Viewer
from bot.domain.case import Case
from bot.services.work import Work


async def of(work: Work, viewer: Viewer, case: Case, *, private: bool = True) -> list[Case]:
    """The other cases of the same message that this viewer may see in full.

    Where others read along (``private`` false) no confidential matter is named, nor anything
    beside one.
    """
    if case.bundle is None or (case.confidential and not private):
        return []
    found = await work.uow.cases.of_bundle(viewer, case.bundle)
    return [
        seen.case
        for seen in found
        if seen.case.id != case.id
        and seen.sight >= Sight.STAFF
        and (private or not seen.case.confidential)
    ]
