"""A question as somebody wrote it, with the place of each of its parts, and everything that is wrong with it at once.

Knows neither files nor the bank. `None` in a part means that the file said nothing of it; "" that it is to be empty.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from content import citations, render
from content.questions.words import (
    JUDGED,
    LETTERS,
    difficulty_of,
    is_judged,
    kind_name,
    kind_of,
    letters_of,
    subject_of,
)

KEY_CHARACTERS = 32
TEXT_CHARACTERS = 2000
OPTION_CHARACTERS = 500
DEFAULT_DIFFICULTY = 2
WORDS = ("subject", "kind", "text", "options", "answer", "explanation", "basis", "difficulty", "scenario",
         "scenario_text")  # fmt: skip
"""What of a question is its wording: everything but its key and whether it is asked."""
_HEAD = "　" * 48
"""Room for what stands in front of a question in a chat: its number, its kind, how to answer."""
_TICKED = "　" * 9
"""And behind an option that is ticked."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ARTICLE = re.compile(r"第[^条《》]{1,12}条(?:之[^、，,和及《》]{1,6})?")
_ONE_LAW = re.compile(rf"(《[^《》]+》)\s*({_ARTICLE.pattern}(?:\s*[、，,和及]+\s*{_ARTICLE.pattern})+)")
_BARE = re.compile(rf"([一-鿿（）()]{{2,40}}?)\s*({_ARTICLE.pattern}(?:\s*[、，,和及]+\s*{_ARTICLE.pattern})*)")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, where, and what to do."""

    field: str
    place: str
    sentence: str


@dataclass(frozen=True)
class Written:
    place: str
    """Of the whole question: "第 7 行"."""
    key: str = ""
    subject: str | None = None
    kind: str = ""
    text: str = ""
    options: tuple[str, ...] = ()
    answer: str = ""
    explanation: str | None = None
    basis: tuple[str, ...] | None = None
    difficulty: str | None = None
    scenario: str | None = None
    scenario_text: str | None = None
    places: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Field or letter of an option → where it stands: "C7"."""
    faults: tuple[Fault, ...] = ()
    """What reading the file already found."""
    doubts: tuple[str, ...] = ()

    def place_of(self, name: str) -> str:
        return self.places.get(name, self.place)


def worded(question: Any) -> dict[str, Any]:
    """The wording of a question of the bank, to be compared and kept."""
    words = {name: getattr(question, name) for name in WORDS}
    return {**words, "options": list(words["options"]), "basis": list(words["basis"])}


def written_of(question: Any, place: str) -> Written:
    """A question of the bank as if somebody had written it."""
    words = worded(question)
    return Written(
        place=place, key=question.key, subject=words["subject"], kind=words["kind"], text=words["text"],
        options=tuple(words["options"]), answer=words["answer"], explanation=words["explanation"],
        basis=tuple(words["basis"]), difficulty=str(words["difficulty"]), scenario=words["scenario"] or "",
        scenario_text=words["scenario_text"] or "",
    )  # fmt: skip


def values_of(written: Written, known: Mapping[str, Any] | None, subject: str = "") -> dict[str, Any]:
    """What the question would be; of what the file says nothing, `known` (the wording it has) or the usual holds."""
    known = known or {}
    options = tuple(clean(option) for option in written.options)
    kind = _kind(written, options)
    if kind == "judge":
        options = JUDGED
    said_subject = written.subject or known.get("subject") or subject
    basis = known.get("basis", []) if written.basis is None else split_basis("\n".join(written.basis))
    explanation = known.get("explanation", "") if written.explanation is None else clean(written.explanation)
    scenario, story = written.scenario, written.scenario_text
    return {
        "subject": subject_of(said_subject),
        "kind": kind,
        "text": clean(written.text),
        "options": list(options),
        "answer": letters_of(written.answer, kind == "judge"),
        "explanation": explanation,
        "basis": list(basis),
        "difficulty": difficulty_of(written.difficulty or "") or known.get("difficulty", DEFAULT_DIFFICULTY),
        "scenario": known.get("scenario") if scenario is None else scenario.strip() or None,
        "scenario_text": known.get("scenario_text") if story is None else clean(story) or None,
    }


def _kind(written: Written, options: tuple[str, ...]) -> str:
    """As it was named; else by what the options and the answer look like."""
    if written.kind.strip():
        return kind_of(written.kind)
    if is_judged(options) or (not options and letters_of(written.answer, True) in ("A", "B")):
        return "judge"
    return "multiple" if len(letters_of(written.answer, False)) > 1 else "single"


def clean(text: str) -> str:
    """Lines without spaces at their ends, none of them empty."""
    lines = (line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)


def split_basis(text: str) -> list[str]:
    """《宪法》第一条、第二条；《民法典》第三条 → one citation each; what is no such list stays as it is.
    宪法第二条 gets its brackets.
    """
    found: list[str] = []
    for part in re.split(r"[；;\n]", text):
        piece = part.strip().strip("。").strip()
        if same_law := _ONE_LAW.fullmatch(piece):
            found += [f"{same_law[1]}{article}" for article in _ARTICLE.findall(same_law[2])]
        elif (bare := _BARE.fullmatch(piece)) and bare[1] in citations.laws():
            found += [f"《{bare[1]}》{article}" for article in _ARTICLE.findall(bare[2])]
        elif piece:
            found.append(piece)
    return list(dict.fromkeys(found))


def faults_of(written: Written, values: Mapping[str, Any]) -> list[Fault]:
    """All of them; of a kind that the bank does not know only that. Citations are looked at in `citing.py`."""
    if any(fault.field == "kind" for fault in written.faults):
        return list(written.faults)
    told = [*written.faults, *_faults_of_head(written, values), *_faults_of_options(written, values)]
    told += _faults_of_answer(written, values)
    told += _faults_of_lengths(written, values)
    return list(dict.fromkeys(told))


def _faults_of_head(written: Written, values: Mapping[str, Any]) -> list[Fault]:
    told = []

    def tell(name: str, sentence: str) -> None:
        told.append(Fault(name, written.place_of(name), sentence))

    if len(written.key) > KEY_CHARACTERS or _CONTROL.search(written.key) or "\n" in written.key:
        tell("key", f"编号不能超过 {KEY_CHARACTERS} 个字符，也不能换行。")
    if not values["subject"]:
        tell("subject", "没有写类别：请从下拉框选一个，或在导入时选定。")
    elif len(values["subject"]) > KEY_CHARACTERS or re.search(r"[\n/\\]", values["subject"]):
        tell("subject", f"类别不能超过 {KEY_CHARACTERS} 个字符，也不能有斜线或换行。")
    if not values["kind"]:
        tell("kind", f"题型“{written.kind}”看不懂：请写单选、多选或判断。")
    if written.difficulty and written.difficulty.strip() and not difficulty_of(written.difficulty):
        tell("difficulty", f"难度“{written.difficulty}”看不懂：请写易、中或难。")
    if values["scenario"] and not values["scenario_text"]:
        tell("scenario", f"情景 {values['scenario']} 没有写故事：请在“情景”里写，同一个编号写一次就行。")
    if values["scenario_text"] and not values["scenario"]:
        tell("scenario_text", "写了情景，但没有情景编号：请给这个故事一个编号。")
    if not values["text"]:
        tell("text", "没有题干：请写上问什么。")
    return told


def _faults_of_options(written: Written, values: Mapping[str, Any]) -> list[Fault]:
    told: list[Fault] = []
    options = [clean(option) for option in written.options]
    kind = values["kind"]
    if kind == "judge":
        if options and not is_judged(options):
            told.append(Fault("A", written.place_of("A"), "判断题的选项请空着：程序固定为 A 对、B 错。"))
        return told
    for letter, option in zip(LETTERS, options, strict=False):
        if not option:
            told.append(Fault(letter, written.place_of(letter), f"选项 {letter} 空着，后面的选项却有字：请往前补齐。"))
    if not 2 <= len(options) <= len(LETTERS):
        said = f"现在有 {len(options)} 个" if options else "现在一个也没有"
        told.append(Fault("A", written.place_of("A"), f"选项应有 2 至 8 个，{said}。"))
    seen: dict[str, str] = {}
    for letter, option in zip(LETTERS, options, strict=False):
        same = unicodedata.normalize("NFKC", option)
        if option and same in seen:
            told.append(Fault(letter, written.place_of(letter), f"选项 {letter} 和选项 {seen[same]} 一样：请改一个。"))
        seen.setdefault(same, letter)
    return told


def _faults_of_answer(written: Written, values: Mapping[str, Any]) -> list[Fault]:
    answer, kind, count = values["answer"], values["kind"], len(values["options"])

    def told(sentence: str) -> list[Fault]:
        return [Fault("answer", written.place_of("answer"), sentence)]

    if not answer:
        return told("没有答案：请写选项的字母；判断题写对或错。")
    if kind == "judge":
        return [] if answer in ("A", "B") else told(f"判断题的答案“{answer}”看不懂：请写对或错。")
    if any(letter not in LETTERS for letter in answer):
        return told(f"答案“{answer}”看不懂：请写选项的字母，例如 B 或 ACD。")
    if len(set(answer)) != len(answer):
        return told(f"答案“{answer}”里有重复的字母。")
    if beyond := [letter for letter in answer if LETTERS.index(letter) >= count]:
        return told(f"答案是 {beyond[0]}，但这道题没有选项 {beyond[0]}。")
    if kind == "single" and len(answer) != 1:
        return told(f"单选题只能有一个答案，现在写了 {answer}：请改答案，或把题型改成多选。")
    if kind == "multiple" and len(answer) < 2:
        return told(f"多选题至少有两个答案，现在只有 {answer}：请改答案，或把题型改成单选。")
    return []


def _fits_a_chat(values: Mapping[str, Any]) -> bool:
    lines = [render.choice(f"{letter}. {option}{_TICKED}", letter, 1)
             for letter, option in zip(LETTERS, values["options"], strict=False)]  # fmt: skip
    return render.fits(f"{_HEAD}{values['scenario_text'] or ''}\n{values['text']}", lines)


def _faults_of_lengths(written: Written, values: Mapping[str, Any]) -> list[Fault]:
    told = []
    texts = {"text": values["text"], "explanation": values["explanation"], "scenario": values["scenario"] or "",
             "scenario_text": values["scenario_text"] or "", "basis": "\n".join(values["basis"]),
             "subject": values["subject"]}  # fmt: skip
    limits = {"scenario": KEY_CHARACTERS}
    if values["kind"] != "judge":
        texts |= dict(zip(LETTERS, values["options"], strict=False))
        limits |= dict.fromkeys(LETTERS, OPTION_CHARACTERS)
    for name, text in texts.items():
        if len(text) > (most := limits.get(name, TEXT_CHARACTERS)):
            told.append(Fault(name, written.place_of(name), f"有 {len(text)} 个字，最多 {most} 个：请写短些。"))
        if _CONTROL.search(text) or (name == "scenario" and "\n" in text):
            told.append(Fault(name, written.place_of(name), "里面有看不见的控制字符：请重新打一遍这一格。"))
    return told


def doubts_of(written: Written, values: Mapping[str, Any]) -> list[str]:
    """What is allowed, but wants a person's eye."""
    told = list(written.doubts)
    if not _fits_a_chat(values):
        told.append("题干连同选项太长，聊天里一条放不下，只能在网页上答：最好写短些。")
    if not (written.difficulty or "").strip():
        told.append("没有写难度，按“中”算。")
    if not values["explanation"]:
        told.append("没有解析：答错的人看不到为什么。")
    if values["kind"] == "judge" and re.search(r"[？?]\s*$", values["text"]):
        told.append(f"{kind_name('judge')}题的题干是问句：宜写成一句可判断对错的话。")
    return told
