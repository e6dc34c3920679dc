"""Whether a paper that a sentence names has come: 判决书还没下来, 没收到裁决书, 等裁决书 say that it has not."""

import re

_MONEY = "(?!.{0,4}(?:钱|款|工资|赔|补偿|报酬))"
_NOT_YET = re.compile(
    r"(?:没有?|未|冇|木有)(?:能|曾)?(?:"
    r"收到|收着|拿到|拿着|接到|领到|领着|见到|见着|看到|看着|等到|送到|送来|送达|寄到|寄来|发下来|判|裁|下|开庭|出(?!庭)|"
    rf"到手|到(?![期庭时过])|结果|有结果|[给发寄送])(?:我|过)?{_MONEY}|"
    r"(?:快|马上|就要|即将).{0,2}(?:下来|出来|判|到手)|"
    r"在路上|还在[邮寄]|(?:让|叫|通知|下周|明天|后天|过几天|准备)我?去?[拿取领](?![了回到])|"
    r"等(?!级)(?:着|待)?.{0,4}(?:判|裁|结果|决定|鉴定|认定|复议|通知|下来)"
)
_COME = re.compile(r"(?<![没未等])(?<!没有)(?:收到|拿到|领到|接到|到手|下来了|出来了|送来了|寄来了|发下来了)")


_PENDING = re.compile("(?:没有?|未)(?:判|裁|开庭|宣判|下来|出来|出(?!庭)|结果|有结果)|等(?!级).{0,4}(?:判|裁|结果)")
"""Said of a judgment or an award, though it is not named."""


def is_pending(words: str) -> bool:
    return _PENDING.search(words) is not None


def has_not_come(words: str) -> bool:
    return _NOT_YET.search(words) is not None


def has_come(words: str) -> bool:
    return _COME.search(words) is not None
