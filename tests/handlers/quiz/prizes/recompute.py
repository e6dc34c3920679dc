"""Recomputes a published draw with nothing but Python's own library: `python recompute.py RECORD.json`.

Written from the published rule alone; it shares no code with the program that draws.
"""

import hashlib
import hmac
import json
import sys


def sha(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def is_true(record):
    codes = record["entries"]
    listed = "".join(code + "\n" for code in codes)
    if codes != sorted(set(codes)) or sha(listed) != record["entries_sha256"]:
        return False
    key = record["commitment"]
    issue = record["later_issue"]
    if record["secret"] is not None:
        key, issue = record["secret"], record["issue"]
        if sha(key) != record["commitment"]:
            return False
    message = record["entries_sha256"] + "\n" + record["drawn"]["numbers"]
    seed = hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()
    order = sorted(codes, key=lambda code: hmac.new(seed, code.encode(), hashlib.sha256).digest())
    prizes = [prize["name"] for prize in record["prizes"] for _ in range(prize["count"])]
    expected = [{"code": code, "prize": prize} for code, prize in zip(order, prizes)]  # noqa: B905 - fewer of either
    return issue == record["drawn"]["issue"] and expected == record["winners"]


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        sys.exit(0 if is_true(json.load(file)) else 1)
