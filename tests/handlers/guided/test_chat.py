"""How a guided talk goes by writing and tapping."""

START = "法律援助条件"


def test_a_talk_in_whole_sentences_ends_with_the_answers_of_its_road(guide, somebody, ended):
    says = (START, "老板不给工钱", "是的，我是农民工", "1和3", "去年12月3日", "三千块", "张三", "跳过")
    told = [somebody.says(text).text for text in says]
    assert "共约 5 问。" in told[0] and "第1步/共7步" in told[0] and "第7步/共7步" in told[6]
    assert told[-1] == "结果：wages" and len(ended) == 1
    answers = ended[0][1]
    assert (answers["migrant"], answers["papers"], answers["amount"]) == ("yes", ["contract", "record"], 3000)
    assert answers["name"] == "张三" and answers["note"] == ""
