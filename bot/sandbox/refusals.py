"""How the sandbox says no: to a caller of the server API with the platform's codes, to the phone with a key
of `words`.
"""


class Refused(Exception):
    """The server API answers `errcode` and `errmsg`, and what more the code carries."""

    def __init__(self, errcode: int, errmsg: str, **more: object) -> None:
        super().__init__(f"{errcode} {errmsg}")
        self.errcode = errcode
        self.errmsg = errmsg
        self.more = more


class NotPossible(Exception):
    """The phone cannot do that; `key` names the sentence, `status` is the HTTP status."""

    def __init__(self, key: str, status: int = 400) -> None:
        super().__init__(key)
        self.key = key
        self.status = status


class Malformed(Exception):
    """The webhook's answer is not one that the platform accepts; the text is a key of `words`."""
