"""Makes the writing tables from OpenCC and pypinyin. Runs when the library is built, never in a web worker."""

from handlers.understanding.text import Script, fold

FIRST, LAST = 0x3400, 0x9FFF


def make_script() -> Script:
    import opencc
    import pypinyin
    from pypinyin.constants import PINYIN_DICT

    converter = opencc.OpenCC("t2s")
    characters = [chr(code) for code in range(FIRST, LAST + 1)]
    simplified = {
        ord(sign): plain for sign in characters if (plain := converter.convert(sign)) != sign and len(plain) == 1
    }
    simplified = {code: simplified.get(ord(plain), plain) for code, plain in simplified.items()}  # 薴 → 苧 → 苎
    known = {
        pypinyin.lazy_pinyin(sign)[0]
        for sign in characters
        if ord(sign) in PINYIN_DICT and sign.encode("gb2312", errors="ignore")
    }
    syllables = {sign: fold(pypinyin.lazy_pinyin(sign)[0]) + " " for sign in characters if ord(sign) in PINYIN_DICT}
    return Script(simplified, syllables, frozenset(known - {"m", "n", "hm", "ng", "hng"}))
