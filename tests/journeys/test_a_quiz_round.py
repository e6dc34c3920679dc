"""A round of the quiz with all that happens to people: a question in between, a typo, a reply that got lost."""


def test_a_round_with_an_interruption_a_typo_and_a_repeated_delivery_is_played_to_its_end(standing, phone):
    asked = phone.says("宪法知识竞答")
    assert "第 1 题/共 5 题" in asked.text
    assert "第 2 题" in phone.answers().text and len(standing.given(phone)) == 1
    assert phone.again().wire == phone.heard[-2].wire and len(standing.given(phone)) == 1
    aside = phone.says("工伤怎么认定")
    assert "工伤" in aside.text and "继续" in aside.text
    assert "第 2 题" in phone.says("继续").text
    assert "请回复选项的字母" in phone.says("H").text
    assert "第 2 题" in phone.says("继续").text
    for place in (3, 4, 5):
        assert f"第 {place} 题" in phone.answers().text
    assert "这一轮答完了：5 题" in phone.answers().text
    assert phone.again().wire == phone.heard[-2].wire
    assert len(standing.given(phone)) == 5 and standing.rounds(phone) == 1


def test_another_round_begins_with_a_tap_and_leaving_ends_it(standing, phone):
    phone.says("宪法知识竞答")
    for _ in range(5):
        phone.answers()
    assert "第 1 题" in phone.taps(1).text and standing.rounds(phone) == 2
    assert "退出" in phone.says("退出").text
    assert "第 " not in phone.says("A").text and len(standing.given(phone)) == 5


def test_danger_in_the_middle_of_a_quiz_goes_first_and_the_place_is_kept(standing, phone):
    phone.says("宪法知识竞答")
    phone.answers()
    danger = phone.says("救命，他正在打我，拿着刀")
    assert "110" in danger.text[:60] and "第 2 题" not in danger.text
    assert "第 2 题" in phone.says("继续").text
    assert "第 3 题" in phone.answers().text and len(standing.given(phone)) == 2


def test_a_question_with_several_right_options_is_answered_by_taps_alone(standing, phone):
    for _ in range(12):  # rounds until one has such a question
        heard = phone.says("宪法知识竞答")
        for _ in range(5):
            if "（多选" in heard.text:
                taps = heard.choices
                phone.taps(1)
                ticked = phone.taps(2)
                assert "确定（已选 AB）" in ticked.text
                before = len(standing.given(phone))
                phone.taps(len(taps) + 1)
                assert standing.given(phone)[before:] == ["AB"]
                return
            heard = phone.answers()
    raise AssertionError("no such question in sixty")
