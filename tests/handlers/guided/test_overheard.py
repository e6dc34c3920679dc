"""What is said in passing about a later question is remembered where it can be seen, and is no answer by itself."""

import pytest

from content.phrases import say
from handlers.guided import flow as flows
from handlers.guided import overheard

FLOW = flows.load("legal-aid")
MATTER = FLOW.questions["matter"]
HEARD = say("guided_heard", labels="进城务工人员")


def heard_of(text: str) -> list[str]:
    return overheard.listen(FLOW, {}, MATTER, text).get("_heard", {}).get("groups", [])


@pytest.fixture
def at_groups(somebody):
    """Who has said in his first answer what he is."""
    for words in ("开始自测", "是的，我是农民工，老板欠我工资", "没请"):
        somebody.last = somebody.says(words)
    return somebody


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("是的，我是农民工，老板欠我工资", ["migrant"]), ("我是农民工老板不给钱", ["migrant"]),
        ("俺也是个残疾人。", ["disabled"]), ("我们都是外地来的民工，欠薪半年", ["migrant"]),
        ("作为妇女，我被打了", ["woman"]), ("我是下岗工人 也是残疾人", ["disabled", "laid_off"]),
        ("我不是农民工，老板欠我工资", []), ("我又不是残疾人", []), ("我是不是农民工？", []), ("农民工能申请吗", []),
        ("老板是女的，欠我工资", []), ("我是孩子的妈妈", []), ("我是残疾人的儿子", []), ("如果我是农民工", []),
        ("老板欠农民工工资", []), ("讨工资", []),
    ],
)  # fmt: skip
def test_only_what_somebody_plainly_says_of_himself_is_heard(text, values):
    assert heard_of(text) == values


def test_it_stands_ticked_and_named_when_its_question_comes(at_groups):
    assert HEARD in at_groups.last.text and "☑ 4. 进城务工人员" in at_groups.last.text
    assert at_groups.last.text.count("☑") == 1


@pytest.mark.parametrize(
    ("said", "noted"),
    [
        ("没有", "进城务工人员"), ("没别的了", "进城务工人员"), ("选好了", "进城务工人员"), ("都不是", "都不是"),
        ("2", "满60周岁、进城务工人员"), ("还是残疾人", "残疾人、进城务工人员"), ("不是农民工，是残疾人", "残疾人"),
    ],
)  # fmt: skip
def test_what_is_said_then_adds_to_it_or_takes_it_away(at_groups, said, noted):
    assert at_groups.says(said).text.startswith(say("guided_noted", answer=noted))


@pytest.mark.parametrize("said", ["我不是农民工", "勾选进城务工人员"])
def test_what_is_taken_away_stays_away(at_groups, said):
    for words in (said, "嘟嘟嘟嘟"):
        reply = at_groups.says(words)
        assert "☑" not in reply.text and HEARD not in reply.text


def test_it_is_no_answer_and_begins_anew_with_the_talk(at_groups):
    for words in ("重来", "讨工资", "没请"):
        reply = at_groups.says(words)
    assert "☑" not in reply.text
