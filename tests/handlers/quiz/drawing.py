"""A finished draw of 200 made-up entrants."""

import hashlib

from handlers.quiz import draw

SECRET = hashlib.sha256(b"demonstration").hexdigest()
PRIZES = [draw.Prize("一等奖", 1), draw.Prize("二等奖", 3)]
CODES = sorted(f"DEMO-{number:04}" for number in range(200))
NUMBERS = "01 05 12 18 25 33+07"


def record(**changed: object) -> draw.Record:
    digest = draw.entries_digest(CODES)
    winners = draw.winners_of(CODES, draw.seed_of(SECRET, digest, NUMBERS), PRIZES)
    drawn = draw.Drawn("双色球", "2026141", NUMBERS, "演示")
    fields = {
        "format": draw.FORMAT, "campaign": "演示竞答", "prizes": PRIZES, "commitment": draw.commitment_of(SECRET),
        "lottery": "双色球", "issue": "2026141", "later_issue": "2026148", "drawn": drawn,
        "entries": CODES, "entries_sha256": digest,
        "secret": SECRET, "winners": winners,
    }  # fmt: skip
    return draw.Record(**{**fields, **changed})
