"""The trees of the guided talks in the console: for every member of staff, with the check and the picture."""

from content.staff import Role
from handlers.guided import flow
from tests.handlers.guided.small import WRITTEN


def test_every_flow_is_listed_and_leads_to_its_questions_and_its_picture(sign_in):
    desk = sign_in(Role.AUDIT)
    listed = desk.opens("/interviews").text
    for name in flow.names():
        one = flow.load(name)
        assert f'href="/console/interviews/{name}"' in listed and one.title in listed
        page = desk.opens(f"/interviews/{name}").text
        assert "检查通过" in page and all(question.ask in page for question in one.questions.values())
        drawn = desk.opens(f"/interviews/{name}/chart.svg")
        assert drawn.mimetype == "image/svg+xml" and drawn.text.startswith("<svg")


def test_a_flow_with_faults_is_shown_with_them(sign_in, monkeypatch):
    """Nothing that is wrong with a flow keeps its page from opening."""
    broken = WRITTEN.replace('to = "migrant"', 'to = "<b>"').replace('first = "matter"', 'first = "gone"')
    monkeypatch.setattr(flow, "names", lambda: ["small"])
    monkeypatch.setattr(flow, "load", lambda name: flow.parse(name, broken))
    desk = sign_in(Role.WRITE)
    assert "处问题" in desk.opens("/interviews").text
    page = desk.opens("/interviews/small")
    assert page.status_code == 200 and "“matter”指向的“&lt;b&gt;”不存在" in page.text
    assert desk.opens("/interviews/small/chart.svg").status_code == 404


def test_a_file_that_is_no_flow_is_told_in_the_list(sign_in, monkeypatch):
    monkeypatch.setattr(flow, "names", lambda: ["small", "bad"])
    monkeypatch.setattr(flow, "load", lambda name: flow.parse(name, WRITTEN if name == "small" else "title ="))
    listed = sign_in(Role.WRITE).opens("/interviews").text
    assert "问答“bad”读不懂" in listed and "试问" in listed


def test_there_is_no_page_of_a_flow_that_does_not_exist(sign_in):
    desk = sign_in(Role.WRITE)
    for path in ("/interviews/gone", "/interviews/gone/chart.svg", "/interviews/..%2Fphrases%2Fguided"):
        assert desk.opens(path).status_code == 404
