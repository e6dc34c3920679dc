"""In the demonstration a visitor is led to an outcome card, in the chat and on a page; he asks for information, two
members of staff answer it, he hears of it, and the year's report counts it.
"""

import html
import io
import re
from datetime import date

import docx
import pytest
import requests

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
WANTED = "演示：2025年全市法律援助工作总结"


class Visitor:
    def __init__(self, demo) -> None:
        self.demo = demo
        self.id = demo.acts("citizen", name="来访者", following=True)["id"]

    def says(self, text: str) -> str:
        heard = self.demo.acts("send", citizen=self.id, kind="text", text=text)["deliveries"][-1]
        assert heard["status"] == 200
        return html.unescape(heard["response_xml"])


class Desk:
    """One member of staff at the console, by HTTP."""

    def __init__(self, demo, name: str) -> None:
        self.base, self.session = f"http://127.0.0.1:{demo.port}/console", requests.Session()
        token = TOKEN.search(self.opens("/sign-in").text)[1]
        password = re.search(r"密码都是 (\S+)", demo.log)[1]
        signed_in = self.sends("/sign-in", token, name=name, password=password)
        assert signed_in.status_code == 200 and "/sign-in" not in signed_in.url

    def opens(self, path: str) -> requests.Response:
        return self.session.get(self.base + path, timeout=10)

    def sends(self, path: str, token: str, **form: str) -> requests.Response:
        return self.session.post(self.base + path, {"csrf_token": token, **form}, timeout=10)

    def does(self, request_id: str, **form: str) -> str:
        page = f"/requests/{request_id}"
        answer = self.sends(f"{page}/act", TOKEN.search(self.opens(page).text)[1], **form)
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture
def visitor(standing_demo) -> Visitor:
    return Visitor(standing_demo)


def test_a_visitor_is_led_to_an_outcome_card_in_the_chat(visitor):
    told = visitor.says("开始自测")
    assert "1步/共" in told.replace(" ", "") and "刑事案件" in visitor.says("帮助")
    told = visitor.says("老板三个月没给我发工资，想讨工资")
    for _ in range(12):
        if "/h/aid/card" in told:
            break
        told = visitor.says("跳过" if "跳过" in told else "1")
    card = requests.get(re.search(r'href="([^"]*/h/aid/card[^"]*)"', told)[1], timeout=5)
    assert card.status_code == 200 and "《法律援助法》" in card.text and "法律援助机构" in card.text


def test_and_on_the_page_where_nothing_is_kept(standing_demo):
    place = f"http://127.0.0.1:{standing_demo.port}/h/guided/legal-aid/"
    with requests.Session() as browser:
        page = browser.post(f"{place}visitor", timeout=5).text
        for _ in range(15):
            if (option := re.search(r'name="value" value="([^"]+)"', page)) is None and 'name="act"' not in page:
                break
            given = {"value": option[1], "act": "answer"} if option else {"act": "skip"}
            page = browser.post(f"{place}visitor", {**dict(HIDDEN.findall(page)), **given}, timeout=5).text
    assert "结果" in page and "《法律援助法》" in page


def test_a_request_is_filed_answered_by_two_and_counted_in_the_years_report(standing_demo, visitor):
    year = date.today().year  # noqa: DTZ011 - the running processes have no other clock
    visitor.says("开始申请")
    for said in ("个人", WANTED, "跳过", "演示申请人戊", "demo@pufa.example", "在查进度的页面上看"):
        visitor.says(said)
    number, code = re.search(rf"查申请 ({year}-\d{{4}}) ([A-Z0-9]+)", visitor.says("提交")).groups()
    writer, approver = Desk(standing_demo, "demo-write"), Desk(standing_demo, "demo-review1")
    listed = writer.opens("/requests/").text
    request_id = re.search(rf'/requests/(\d+)"[^>]*>{number}<', listed)[1]
    assert "演示申请人戊" not in listed
    writer.does(request_id, act="confirm")
    writer.does(request_id, act="answer", letter="granted", how="演示：见附件")
    assert "已答复" in approver.does(request_id, act="approve")
    told = visitor.says(f"查申请 {number} {code}")
    assert f"申请 {number}：已答复" in told and "答复" in told
    report = writer.opens(f"/annual/{year}/report.docx")
    table = next(one for one in docx.Document(io.BytesIO(report.content)).tables if len(one.columns) == 10)
    granted = next(row for row in table.rows if "（一）予以公开" in [cell.text for cell in row.cells])
    assert int(granted.cells[3].text) >= 1 and int(granted.cells[9].text) >= 1
