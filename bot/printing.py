"""All files of a campaign's paper edition by name: three editions and the sheet for typing in; the key by itself."""

from content import printed_papers
from content.export import as_xlsx
from handlers.quiz import register
from handlers.quiz.editions import entering, shuffling
from handlers.quiz.editions.models import PrintedPaper
from handlers.quiz.models import HeldCampaign

SHEET = "录入"
KEY = "评分标准（内部）.docx"


def files(held: HeldCampaign, printed: PrintedPaper) -> dict[str, bytes]:
    """Without the key."""
    editions = [shuffling.printable(printed, held, edition) for edition in shuffling.EDITIONS]
    found = {f"试卷{edition.edition}卷.docx": printed_papers.paper_docx(edition) for edition in editions}
    found["答卷录入表.xlsx"] = as_xlsx({SHEET: [entering.headings(held, printed)]})
    return found


def key(held: HeldCampaign, printed: PrintedPaper) -> bytes:
    editions = [shuffling.printable(printed, held, edition) for edition in shuffling.EDITIONS]
    return printed_papers.key_docx(held.title, editions, shuffling.marking_told(register.rules_of(held)))
