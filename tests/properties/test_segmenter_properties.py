"""Our cutting gives jieba's words (R026)."""

import jieba
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.segmenter import JiebaSegmenter

jieba.setLogLevel("CRITICAL")
CLAUSES = (
    "翠竹路菜市场后门垃圾堆成山了",
    "中华人民共和国万岁",
    "楼下K歌到凌晨3点半AA制也不行",
    "买了2.5斤T恤wifi卡拉OK",
    "電梯壞咗都冇人理",
    "研究生命起源的结婚和尚未结婚的",
    "一心一意",
    "哈哈哈哈哈",
    "\r\n",
    "\r",
    " ，。！#&%-_+",
    "😀𠮷\ud800",
)
CHINESE = st.lists(st.sampled_from(CLAUSES + tuple("的了一是不路楼水电人中国大a1Z.")), max_size=30)


@pytest.fixture(scope="module")
def ours() -> JiebaSegmenter:
    return JiebaSegmenter()


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> jieba.Tokenizer:
    tokenizer = jieba.Tokenizer()
    tokenizer.cache_file = str(tmp_path_factory.mktemp("jieba") / "cache")
    tokenizer.initialize()
    return tokenizer


@given(text=st.one_of(st.text(), CHINESE.map("".join)))
def test_cuts_as_jieba_does(ours: JiebaSegmenter, theirs: jieba.Tokenizer, text: str) -> None:
    """Any text is cut into the words that jieba finds without guessing; nothing is lost."""
    words = ours.cut(text)
    assert words == theirs.lcut(text, HMM=False)
    assert "".join(words) == text
