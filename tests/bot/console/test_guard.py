"""Every view has its roles, and nobody else gets in: compared as sets, and tried one by one."""

import re

import pytest

from bot.console import guard
from bot.demo import officials
from content import staff
from content.staff import Role
from tests.bot.console.conftest import ON_BOTH

OPEN = {"console.sign_in"}
OUTSIDE = {"static", "bootstrap.static"}


def rules(console):
    return {rule.endpoint: rule for rule in console.url_map.iter_rules()}


def address(rule):
    """Each name in its place; those of numbers end in _id, but for `place`."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        return "1" if name.endswith("_id") or name == "place" else {"kind": "csv", "year": "2026"}.get(name, "x")

    return re.sub(r"<(?:[^<>]*:)?(\w+)>", value, rule.rule)


def test_every_view_is_registered_with_its_roles(console):
    assert set(rules(console)) - OUTSIDE == set(guard.VIEWS)
    assert {name for name, roles in guard.VIEWS.items() if not roles} == OPEN


def test_a_stranger_is_led_to_the_sign_in_from_every_view(console, stranger):
    for endpoint, rule in rules(console).items():
        if endpoint in OUTSIDE | OPEN:
            continue
        method = "POST" if "POST" in rule.methods else "GET"
        form = {"csrf_token": stranger.token}
        answer = stranger.client.open(address(rule), method=method, data=form if method == "POST" else None)
        if method == "GET" or endpoint == "console.sign_out":
            assert answer.status_code == 302 and "/console/sign-in" in answer.location, endpoint
        else:  # what was typed must not be lost
            assert answer.status_code == 401 and "/console/sign-in" in answer.text, endpoint


def test_every_view_refuses_every_wrong_role(console, sign_in):
    for role in Role:
        desk = sign_in(role)
        for endpoint, rule in rules(console).items():
            if endpoint in OUTSIDE | OPEN or role in guard.VIEWS[endpoint]:
                continue
            method = "POST" if "POST" in rule.methods else "GET"
            form = {"csrf_token": desk.token}
            answer = desk.client.open(address(rule), method=method, data=form if method == "POST" else None)
            assert answer.status_code == 403 and "您的角色不能打开这一页" in answer.text, (role, endpoint)


def test_no_form_is_taken_without_the_pages_own_token(console, sign_in):
    desk = sign_in(Role.ADMIN)
    for endpoint, rule in rules(console).items():
        if "POST" in rule.methods:
            assert desk.client.post(address(rule), data={"x": "1"}).status_code == 400, endpoint


def test_every_page_carries_its_policy_and_nothing_inline(console, sign_in):
    desk = sign_in(Role.ADMIN)
    for path in ("/", "/articles/", "/posts/", "/calendar/", "/statistics/", "/words/", "/staff/", "/audit/"):
        page = desk.opens(path)
        assert page.status_code == 200, path
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "unsafe-inline" not in policy
        assert " style=" not in page.text and "<script>" not in page.text and " onclick=" not in page.text, path


@ON_BOTH
@pytest.mark.parametrize(
    "path",
    [
        "/posts/99999999999999999999", "/posts/2147483648", "/posts/-1", "/posts/?page=99999999999999999999",
        "/articles/?page=99999999999999999999", "/articles/?words=%00", "/articles/edit/%00",
        "/audit/?before=" + "9" * 30,
        "/posts/new?day=9999-12-31", "/posts/new?article=%00", "/calendar/?day=0001-01-01",
        "/articles/difference/x?old=-1",
        "/posts/1/errands/99999999999999999999", "/statistics/?span=%00", "/articles/?words=" + "%25" * 500,
    ],
)  # fmt: skip
def test_no_address_breaks_a_page(console, sign_in, database, path):
    with database.transaction() as session:
        staff.set_roles(session, officials.NAMES[Role.WRITE], list(Role), officials.NAMES[Role.ADMIN])
    assert sign_in(Role.WRITE).client.get(f"/console{path}").status_code in (200, 400, 404)
