"""What is said in the middle of a guided talk that is no answer: back, help, where am I, on, anew, a person."""

import re
from enum import StrEnum

from handlers.guided.reading import plain


class Wish(StrEnum):
    BACK = "back"
    HELP = "help"
    WHERE = "where"
    ON = "on"
    ANEW = "anew"
    PERSON = "person"
    PAGE = "page"


_FORMS = {
    Wish.BACK: re.compile(
        r"(我?(想|要)?(返回|回到|回|退回|改|修改|重答|重选|重填|看看?)?(到|去)?(上一?[题步个问项]|前一?[题步个问项])(改一?下|重答|重选|重填)?|"
        r"返回|后退|(刚才|上面)?(我?)(答|选|填|写|点|按)错了?|(我)?(想|要)?改一?[下个]?)[吧了呀啊]*"
    ),
    Wish.HELP: re.compile(
        r"帮助|解释(一下)?|说明|help|(这(个|题|问|一?步|句话?)?|问题|它)?(是)?(什么|啥)(意思|东西)(呀|啊|呢)?|什么叫这个|"
        r"(我)?(没|不|看不|没看|听不|没听)(太)?(懂|明白|理解)(这(个|题|问|句话?)?)?|不会(填|选|答|写)|"
        r"(我)?(也)?(不知道|不清楚|不确定|说不清楚?|不了解|不晓得|拿不准)(选哪个|怎么(选|填|答|写)|该选哪个|选啥)?[了呀啊呢]*"
    ),
    Wish.WHERE: re.compile(
        r"(我)?(现在)?(在|到)(哪|那|第几)(一|个)?(步|里|题|儿|问|了)?(了|啦)?|(到)?第几(步|题|问)了?|进度|"
        r"(还|剩)(有|剩|下)?(多少|几)(步|题|问|个问题|道)?[了呀啊呢]?|(多久|什么时候)(能)?(完|问完|结束)|一共(几|多少)(步|题|问)"
    ),
    Wish.ON: re.compile(r"(继续|接着|往下)(来|答|问|做|填|办|说|自测|申请)?[吧呀啊]*|下一[题步]|接着上次的?|我?回来了"),
    Wish.ANEW: re.compile(r"(重|从)新?(来|开始|做|答|填|头(再?来|开始))(一[次遍])?[吧呀啊]*|重开"),
    Wish.PERSON: re.compile(
        r"(我)?(想|要|找|转|接|请转)*(一个|个)?(人工|真人|工作人员|客服|人工客服|人工服务)(服务|帮忙|接听)?[吧呀啊]*"
    ),
    Wish.PAGE: re.compile("(我?(想|要))?(在|到|去|用|换)?(网页|页面)(上)?(来)?(答题?|做题?|填写?|打开|继续)?[吧呀啊]*"),
}


def read_wish(text: str) -> Wish | None:
    words = plain(text)
    return next((wish for wish, form in _FORMS.items() if form.fullmatch(words)), None)
