from hypothesis import given
from hypothesis import strategies as st

from content.search import ArticleIndex, pairs

ARTICLES = [
    ("a", "离婚冷静期怎么算 三十天内可以反悔"),
    ("b", "彩礼要不要退 法院看这几点"),
    ("c", "农民工讨薪指南 工资条要留好"),
    ("d", "工资被拖欠怎么办 12348 热线"),
    ("e", "工资 工资 工资"),
]


def test_the_article_that_holds_most_of_the_words_comes_first():
    assert ArticleIndex(ARTICLES).search("拖欠工资", 5)[0] == "d"
    assert ArticleIndex(ARTICLES).search("彩礼", 5) == ["b"]


def test_an_article_must_hold_half_of_what_was_asked():
    index = ArticleIndex(ARTICLES)
    assert index.search("彩礼", 5) == ["b"]
    assert index.search("彩礼交通事故赔偿标准", 5) == []


def test_of_equally_good_ones_the_first_given_comes_first_and_no_more_than_asked_for():
    index = ArticleIndex([("new", "宪法日活动"), ("old", "宪法日活动"), ("older", "宪法日活动")])
    assert index.search("宪法日", 2) == ["new", "old"]


def test_latin_words_and_figures_are_found_whole_in_any_width_and_case():
    index = ArticleIndex([("a", "ＡＩ诈骗怎么防 １２３４８"), ("b", "2026年宪法周")])
    assert index.search("ai诈骗", 5) == ["a"]
    assert index.search("12348", 5) == ["a"]
    assert index.search("2026", 5) == ["b"]
    assert index.search("202", 5) == []


def test_a_single_character_is_found_where_it_stands_alone():
    assert pairs("法 a1") == {"法", "a1"}
    assert pairs("普法日") == {"普法", "法日"}


def test_nothing_is_found_in_nothing_and_for_nothing():
    assert ArticleIndex([]).search("工资", 5) == []
    assert ArticleIndex(ARTICLES).search("", 5) == []
    assert ArticleIndex(ARTICLES).search("！？😀", 5) == []
    assert len(ArticleIndex(ARTICLES)) == 5


def test_asking_does_not_make_the_index_grow():
    index = ArticleIndex(ARTICLES)
    index.search("从没有人写过的词", 5)
    assert index.search("从没", 5) == []


@given(words=st.text())
def test_every_article_is_found_by_its_own_title(words):
    index = ArticleIndex([*ARTICLES, ("mine", words)])
    if pairs(words):
        assert "mine" in index.search(words, 6)
