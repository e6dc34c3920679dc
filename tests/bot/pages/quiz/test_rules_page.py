"""What the page of the rules says before the button that begins."""

from tests.handlers.quiz.campaigns import WRITTEN


def test_before_the_button_a_child_is_told_to_ask_its_guardian_whoever_the_campaign_is_for(hold):
    held = hold(WRITTEN.replace("minutes = 15", 'minutes = 15\nwho = "全市居民"'))
    text = held.browser().opens(f"?t={held.link('child').split('?t=')[1]}").text
    assert text.index("监护人同意") < text.index("开始答题</button>") and text.count("监护人同意") == 2
