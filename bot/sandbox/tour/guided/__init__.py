"""The guided scenes: the page plays them at any moment, and the tour plays the very same ones.

Their scripts name no date: what a card or a message says is where a time comes from. What only
the tour can know (its own dates, a first contact) is checked when ``Day.dated``. To add one: a
module with its script, and a row here.
"""

from __future__ import annotations

from bot.sandbox.tour.guided import emergency, ordinary, overdue, returned, withdrawn
from bot.sandbox.tour.scene import Guided, Phone

_LI = Phone("李小满")

ORDINARY = Guided(
    id="ordinary",
    title={"zh": "一条普通的反映", "en": "An ordinary report"},
    says={
        "zh": "从一句话到结案：居民发一条，网格员一点就接，办完由居民说了算。",
        "en": "From one sentence to the end: one message, one tap to accept it, and the resident "
        "has the last word.",
    },
    steps=9,
    phones=(_LI, Phone("朱网格员"), Phone("小廖", "翠竹3格")),
    play=ordinary.report,
)
EMERGENCY = Guided(
    id="emergency",
    title={"zh": "紧急：煤气味", "en": "Emergency: a smell of gas"},
    says={
        "zh": "一句话就派单，几个单位同时收到；送到了才说已通知。",
        "en": "One sentence is enough to alert several units at once, and only what was "
        "delivered is called delivered.",
    },
    steps=8,
    phones=(
        _LI,
        Phone("王工", "燃气抢险"),
        Phone("贺队", "青松消防站"),
        Phone("黄干事", "翠竹社区"),
    ),
    play=emergency.gas,
    hours=False,
)
OVERDUE = Guided(
    id="overdue",
    title={"zh": "没人签收：超时和升级", "en": "Nobody accepts it: overdue and escalated"},
    says={
        "zh": "快到时提醒一次，到时通知一次，早上进督查汇总，再不管就升级。",
        "en": "One reminder before the limit, one notice at it, a line in the supervisor's "
        "morning digest, and then the next level joins.",
    },
    steps=8,
    phones=(
        Phone("林队"),
        Phone("林队", "联勤队"),
        Phone("杨主任"),
        Phone("黄干事", "翠竹社区"),
        _LI,
    ),
    play=overdue.late,
)
RETURNED = Guided(
    id="return",
    title={"zh": "不归我管：退回", "en": "Not ours: a return"},
    says={
        "zh": "退回要说理由和该由谁办；对方签收之前，先收到的单位仍然负责。",
        "en": "A return needs a reason and a proposal; until the other unit accepts, the "
        "first one stays responsible.",
    },
    steps=8,
    phones=(
        Phone("朱网格员", "翠竹3格"),
        Phone("林队", "联勤队"),
        Phone("朱网格员"),
        _LI,
    ),
    play=returned.not_ours,
)
WITHDRAWN = Guided(
    id="withdrawn",
    title={"zh": "派错了：卡片收回", "en": "Sent to the wrong group: taken back"},
    says={
        "zh": "派错了群，改派一句话：错的群里的卡片当场收回，对的群马上收到。",
        "en": "One more line puts it right: the wrong group's card is taken back on the spot, and "
        "the right group has it.",
    },
    steps=7,
    phones=(
        _LI,
        Phone("刘调度", "镇综合指挥中心"),
        Phone("孙网格员", "第2网格"),
        Phone("小廖", "翠竹3格"),
    ),
    play=withdrawn.wrong_group,
)

GUIDED: tuple[Guided, ...] = (ORDINARY, EMERGENCY, OVERDUE, RETURNED, WITHDRAWN)
