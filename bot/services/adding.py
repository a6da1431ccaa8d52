"""What a reporter adds to a case that exists: words, photos, a place, a way to be reached."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.access import Viewer
from bot.domain.case import Case, Media, Note
from bot.domain.forms import Input
from bot.domain.lifecycle import allowed
from bot.ports import Address
from bot.services import acting, cards, casework, dispatch, post, siblings
from bot.services.work import REPORTER, Work


async def add(work: Work, viewer: Viewer, case_id: int, given: Input) -> Case:
    """Words, files and a pin land on the case; who handles it gets the files in private."""
    seen = await acting.seen(work, viewer, case_id)
    who = acting.capacity(work, viewer, "add", seen.case, None)
    text = _words(work, given)
    note = await _note(work, seen.case, "addition", text, given.media, (given.message,))
    lat, lon = given.location or (seen.case.place.lat, seen.case.place.lon)
    where = replace(seen.case.place, lat=lat, lon=lon)
    case = await acting.step(work, seen.case, "add", who, REPORTER, note=note.digest, place=where)
    await cards.refresh(work, case)
    await _pass_on(work, case, given.media)
    return case


async def place(work: Work, viewer: Viewer, case_id: int, given: Input, grid: str) -> Case:
    """The place of an emergency, told after the dispatch: its grid is told as well."""
    seen = await acting.seen(work, viewer, case_id)
    who = acting.capacity(work, viewer, "add", seen.case, None)
    lat, lon = given.location or (seen.case.place.lat, seen.case.place.lon)
    where = replace(
        seen.case.place, grid=grid, text=given.text or seen.case.place.text, lat=lat, lon=lon,
        status="known",
    )  # fmt: skip
    case = await acting.step(work, seen.case, "add", who, REPORTER, place=where, grid=grid)
    await cards.refresh(work, case)
    if not case.confidential:
        found = dispatch.decide(work.world, case.item, grid, sure=True, emergency=case.emergency)
        known = {task.unit for task in seen.tasks}
        for unit in dict.fromkeys((found.lead, *found.cooperating)):
            if unit and unit not in known:
                task = await dispatch.add_task(work, case, unit, "cooperating")
                await cards.open_task(work, case, task)
    return case


async def contact(work: Work, viewer: Viewer, case_id: int, text: str) -> Case:
    """How the reporter can be reached: for whoever handles the case, in private only; the same
    for what else the same message told of.
    """
    case = await _contact(work, viewer, case_id, text)
    for other in await siblings.of(work, viewer, case):
        if allowed(other.status, "contact"):
            await _contact(work, viewer, other.id, text)
    return case


async def _contact(work: Work, viewer: Viewer, case_id: int, text: str) -> Case:
    seen = await acting.seen(work, viewer, case_id)
    who = acting.capacity(work, viewer, "contact", seen.case, None)
    note = await _note(work, seen.case, "contact", text, (), ())
    case = await acting.step(work, seen.case, "contact", who, REPORTER, note=note.digest)
    for task, owner in await casework.present_owners(work, case):
        await casework.show_contact(work, case, task, owner, text)
    return case


async def correct(work: Work, viewer: Viewer, given: Input) -> Case | None:
    """An edited message of an open report: the new wording is added, the old one stays."""
    for case in await work.uow.cases.of_reporter(viewer, 10, 0):
        notes = await work.uow.cases.notes(case.id)
        holding = [note for note in notes if given.message in note.messages]
        if not holding:
            continue
        known = {m.unique_id or m.file_id for note in notes for m in note.media}
        fresh = tuple(m for m in given.media if (m.unique_id or m.file_id) not in known)
        if not allowed(case.status, "add") or not (
            fresh or _words(work, given) != holding[-1].text
        ):
            return None
        return await add(work, viewer, case.id, replace(given, media=fresh))
    return None


def _words(work: Work, given: Input) -> str:
    """What was said, a pin as the name of its grid: colleagues read it on the card."""
    if given.location is None:
        return given.text.strip()
    grids = work.world.grids_at(*given.location)
    lat, lon = given.location
    pin = work.world.unit_name(grids[0]) if grids else f"{lat:.3f}, {lon:.3f}"
    return f"{given.text}\n📍 {pin}".strip()


async def _note(
    work: Work,
    case: Case,
    kind: str,
    text: str,
    media: tuple[Media, ...],
    messages: tuple[int, ...],
) -> Note:
    return await work.uow.cases.add_note(
        Note(0, case.id, kind, work.now, REPORTER, text.strip(), media, "", messages)
    )


async def _pass_on(work: Work, case: Case, media: tuple[Media, ...]) -> None:
    if not media:
        return
    expires = {"expire": work.world.wait.media_life.total_seconds()}
    for _, owner in await casework.present_owners(work, case):
        for one in media:
            await post.send_media(
                work, Address(owner.chat), one, after=expires | {"what": one.kind}
            )
