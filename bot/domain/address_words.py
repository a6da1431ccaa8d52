"""The words by which an address is told from the text around it (see ``addresses``)."""

from __future__ import annotations


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


ENDINGS = {
    "road": _words("大道 大街 胡同 路 街 巷"),
    "estate": _words(
        "花园 小区 新村 新邨 家园 公寓 新城 名苑 雅苑 雅居 华庭 家属院 大院 宿舍 社区 工业区",
        "工业园 村 苑 邨 湾 府 阁 居 里 坊 轩 园 庭 郡",
    ),
    "landmark": _words(
        "菜市场 农贸市场 市场 菜场 夜市 商场 商城 超市 广场 大厦 百货大楼 小学 中学 实验学校",
        "中心学校 职业学校 外国语学校 特殊学校 幼儿园 医院 卫生院 公园 汽车站 火车站 高铁站",
        "客运站 公交站 地铁站 派出所 体育馆 图书馆 加油站 码头 桥头 大桥 桥 庙 寺",
    ),
}
"""What the names of each kind end in."""
RISKY = _words("居 里 坊 轩 府 阁 园 庭 郡")
"""Endings that count only where a number or a gate follows."""
CALLED_AFTER_ROADS = _words("小学 中学 幼儿园 派出所 医院 卫生院")
ONE_IN_TOWN = _words("火车站 汽车站 高铁站 客运站")
"""Landmarks that need no name."""
NOT_BEFORE = {
    "路": "灯面上牌边况人费由线基沿障政桥肩程虎标过子途",
    "街": "道边上坊市区头",
    "巷": "子道",
    "村": "民长干官医支集",
    "阁": "楼",
    "桥": "头梁架墩洞",
    "府": "上",
    "湾": "道",
    "居": "民委住",
    "里": "面边头",
    "坊": "间",
    "园": "区",
    "大街": "上小",
    "大道": "理",
}
"""Letters that make an ending the beginning of another word: 路 + 灯."""

LETTERS_BETWEEN = (
    "我你他她您俺咱在从到是的了把有去就这那往们喂啊吗说讲沿给对被让跟个又住来叫请经与喺嘅哋系"
    "嗰嗯哦呢吧呀嘛哎唉哈啦为于但而且还也很不没已每整各过找看问搁离至边面镇区县及挨冇唔咗啲条"
    "位只辆替完层满些么得否难着据报"
)
"""Letters that are in no name but come before one."""
WORDS_BETWEEN = _words(
    "发现 巡查 夜查 日巡 走访 反映 关于 今年 去年 昨晚 今晚 今天 昨天 前天 明天 今早 早上",
    "晚上 下午 上午 中午 刚才 刚刚 半夜 凌晨 夜里 附近 门口 路口 村口 巷口 隔壁 隔篱 位置",
    "地址 地点 麻烦 快点 赶紧 投诉 举报 小心 听说 接近 靠近 路过 然后 因为 所以 以后 以前",
    "之后 时候 其实 好像 可能 一直 经常 一下 一条 几条 热心 市民 居民 业主 群众 网友 现住",
    "租住 老板 师傅 同志 领导 阿姨 大姐 大哥 老人 小孩 孩子 奶奶 爷爷 妈妈 城区 目前 最近",
    "现场 楼下 楼上 家里 里头 外头 希望 建议 感谢 谢谢 占用 占道 堵住 横穿 大家 朋友 咨询",
    "号楼 单元 分钟 小时 影响 要求 提供 严惩 呼吁 相信 另外 当地 所有 部分 继续 维权 申诉",
    "上访 唯一 造成 导致 属于 成为 进行 改造 扩建 修建 打通 通往 前往 回到 居住 购买 入住",
    "支持 破坏 堵塞 封闭 清理 清扫 维修 修好 抢修 接送 全部 如此 公然 利用 操控 签订 数十",
)
"""Words that are in no name but come before one."""
SINGLE = frozenset("东南西北正横井老新")
"""Names of one letter: 井巷, 北苑3号楼."""
NO_NAMES = _words(
    "放学 上学 上班 下班 地道 铁路 公路 天 行人 养老 老年 十字 丁字 三岔 人行 水泥 柏油",
    "沥青 石板 红绿灯 交通 乡间 盘山 高速 高架 立交 过街 人行天 步行 商业 美食 小吃 农 乡",
    "城中 居民 住宅 老旧 高档 安置 农民安置 保障 出租 员工 职工 学生 单位 公司 工厂 大型",
    "连锁 厂 本 全 政 官 邻 定 这里 那里 哪 家 屋 心 夜 手 城 嘴 公里 便利 街道 村 镇",
    "小区 社区 里 作 港 海 大 小 河 隔 自 故 旧 新 老 主 客 校 医 附属 公交 私立 公立",
    "民办 公办 一家 两家 农家 二手 集贸 建材 水果 批发 露天 儿童 口袋 办公 公共 小型 旅游",
    "房地产 人才 劳动 一 二 两 三 四 五 六 七 八 九 十 百 几",
)
"""What may stand before an ending without making it a name."""
NO_ROAD_END = frozenset("垫铺近跑公铁道小修走迷半出线网电管思赶绕让带引指挡堵拦占退岔旁封")
"""Last letters of what is not a road: 公路, 走路."""
HORSES = _words("金马 白马 天马 龙马 骏马 石马 飞马 三马 五马 跑马 神马 竹马")
"""The only names in 马路 that are one."""
VISITING = frozenset("进送教上读回去附念开")
"""Verbs before a landmark that is not named: 上小学."""

COUNTERS = {
    "号楼": "building",
    "#楼": "building",
    "栋": "building",
    "幢": "building",
    "座": "building",
    "单元": "unit",
    "门": "unit",
    "号院": "number",
    "号": "number",
    "弄": "number",
    "巷": "road",
    "楼": "room",
    "层": "room",
    "室": "room",
    "期": "",
    "排": "",
    "组": "",
}
"""What a counter after a number says; "" when it only belongs to the place."""
WEAK = _words("号 弄 门 室 期 排 组")
"""Counters that say a place only right after another part: 瑞安里5门."""
HEIGHT = frozenset("高盖建加搭共约第到上")
"""Before a storey that is not where somebody is: 加到三层."""
