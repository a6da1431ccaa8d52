"""The scenes in the order of the day. To add one: a function of a ``Day``, and a row here; one
that a page should offer too is a `guided` scene."""

from __future__ import annotations

from bot.sandbox.tour import casework, dispatching, slips, ways
from bot.sandbox.tour.guided import EMERGENCY, ORDINARY, OVERDUE, RETURNED, WITHDRAWN
from bot.sandbox.tour.scene import Scene

SCENES: tuple[Scene, ...] = (
    ORDINARY.on("11-20 09:30"),
    Scene("只用数字", "菜单都能回数字；返回、修改、取消。", ways.digits),
    Scene("粤语和匿名", "繁体粤语也认得；匿名谁也查不出。", ways.tongues),
    Scene("只有照片", "照片先收下，再问一句是什么事。", ways.photo_only),
    Scene("一组照片", "三张照片，一个回答。", ways.album),
    Scene("语音和位置", "语音留作证据，位置定出网格。", ways.voice_and_pin),
    Scene("在群里", "用命令或回复；平常说话不听。", ways.in_group),
    Scene("改了字", "改过的消息按新的算。", ways.edited),
    EMERGENCY.on("11-20 10:42"),
    Scene("保密", "只给指定的一个人，任何群都看不到。", dispatching.confidential),
    Scene("群里说了不该公开的事", "转到私聊继续。", dispatching.secret_in_group),
    Scene("地点不清楚", "只问一次，然后由调度确认。", dispatching.unknown_place),
    WITHDRAWN.on("11-20 10:42"),
    Scene("用过的码", "绑定码只能用一次。", slips.used_code),
    Scene("点了两次，点了旧的", "一件就是一件。", slips.double_tap),
    Scene("撤回", "两分钟内一点就收回。", slips.undo),
    Scene("填到一半被强杀", "回来接着填。", slips.killed_before_submit),
    Scene("刚点提交就被强杀", "不丢，也不重。", slips.killed_after_tap),
    Scene("十二个人一起", "谁也不会串到谁。", slips.crowd),
    Scene("追问", "经呼应问，经呼应答，互相看不到账号。", casework.question),
    Scene("找人工", "转给值班人员，也看不到账号。", casework.human),
    Scene("没解决", "编号不变，上一级核查。", casework.handled),
    Scene("上午办完的事", "签收、办结、居民说解决了。", casework.before_lunch),
    RETURNED.on("11-20 10:46"),
    OVERDUE.on("11-20 14:00"),
    Scene("三个工作日没有回音", "由同事核查，办理人自己不行。", casework.silence),
    Scene("汇总", "按时一份，随时可要。", casework.digest),
    Scene("对账", "没有积压，没有违规，群里没有个人信息。", casework.books),
)
