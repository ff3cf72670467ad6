"""Text in any encoding that Chinese files come in; a wrong guess is refused, never shown."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from assistant.errors import CorpusError
from assistant.parsing.readers.reading import Reading

_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子"
    "说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当"
    "使点从业本去把性好应开它合还因由其些然前外天政四日社义事平形相全表间样与关各重新线内数正心反明看"
    "原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象"
    "员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别手角期根论运农指几九"
    "区强放决西被干做必先回则任取据处办施规划项目企业市县府委局省章款依据责令罚款申请审批标准服务支持"
    "补贴奖励符合条件负实行保护监督检查单位部门情况信息安全技术研究创新医药给予万元不超过"
    "這個國來時們會發動過產種後學經進著電裡實兩體當點從業應開還樣與關線內數問義間無結變條軍見計別統"
    "較將組長頭資邊級圖設總員題黨書萬億區辦規劃項縣標準務補貼獎勵監檢單門況術創醫藥給費稅貸網東車馬"
    "，。、；：（）“”《》〔〕「」〇0123456789"
)
"""The characters that make up most of any Chinese text, simplified or traditional."""
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be", "utf-8")
_SAMPLE_BYTES = 200_000
MIN_COMMON = 0.25
"""Share of common characters: above 0.4 in texts of ten characters and more, below 0.15 where
another encoding than the right one was tried."""
MIN_LEAD = 1.3
"""How many times more common characters the best encoding shows than the next."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with the encoding it was in."""

    text: str
    encoding: str
    certainty: float
    why: str


def read_plain(raw: bytes, name: str) -> Reading:
    """A text file as it is, in whatever encoding."""
    decoded = decode(raw, name)
    return Reading(
        decoded.text,
        f"encoding {decoded.encoding}",
        decoded.certainty,
        decoded.why,
        has_page_lines=True,
    )


def decode(raw: bytes, name: str, declared: str | None = None) -> Decoded:
    """The text of `raw`; `declared` is what the file says of itself (HTML), tried before a guess.

    Raises:
        CorpusError: not a text, cut off, garbled before, or in an encoding that nothing tells.
    """
    marked = next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), None)
    if marked:
        decoded = _strict(raw, name, marked)
        return _checked(Decoded(decoded, marked, 1.0, f"文件开头标明编码 {marked}。"), name)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return _checked(_guess(raw, name, declared), name)
    if "\0" in text[:4096]:  # UTF-16 of Latin letters is valid UTF-8
        return _checked(_guess(raw, name, None), name)
    return _checked(Decoded(text, "utf-8", 1.0, "整个文件是合法的 UTF-8。"), name)


def _guess(raw: bytes, name: str, declared: str | None) -> Decoded:
    sample = raw[:_SAMPLE_BYTES]
    ranked = sorted(
        ((_common(sample.decode(one, errors="replace")), one) for one in _CANDIDATES),
        key=lambda pair: -pair[0],
    )
    (best, encoding), (second, _) = ranked[:2]
    if best < MIN_COMMON:
        raise CorpusError(f"文件 {name} 不是文本文件或编码无法识别；请另存为 UTF-8 文本。")
    stated = _family(declared) if declared else None
    if best < second * MIN_LEAD and stated is None:
        raise CorpusError(f"文件 {name} 的编码无法确定；请另存为 UTF-8 文本。")
    text = _strict(raw, name, encoding)
    if stated == encoding:
        return Decoded(text, encoding, 0.99, f"文件自己标明编码 {declared}，内容与之相符。")
    certainty = 0.97 if best >= second * 2 else 0.9
    return Decoded(
        text, encoding, certainty, f"编码按常用字判断为 {encoding}，整个文件按它解码无误。"
    )


def _family(declared: str) -> str | None:
    """The candidate that holds a declared charset: gb2312 and gbk are parts of gb18030."""
    name = declared.strip().lower().replace("_", "-")
    families = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "utf8": "utf-8"}
    name = families.get(name, name)
    return name if name in _CANDIDATES else None


def _common(text: str) -> float:
    """Share of common characters among those that are not ASCII letters, marks or space."""
    seen = [char for char in text if char > "\x7f" or (char < " " and char not in "\n\r\t\f\v")]
    if len(seen) < 2:
        return 0.0
    return sum(char in _COMMON for char in seen) / len(seen)


def _strict(raw: bytes, name: str, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        place = f"第 {error.start + 1} 个字节"
        raise CorpusError(
            f"文件 {name} 是 {encoding} 编码，但在{place}处损坏或被截断；请从原处重新取得。"
        ) from error


def _checked(decoded: Decoded, name: str) -> Decoded:
    """Refuse what is no text, and text that was garbled before it came here."""
    text = decoded.text.removeprefix("\ufeff")
    controls = sum(char < " " and char not in "\n\r\t\f\v" for char in text)
    if controls * 100 > len(text):
        raise CorpusError(f"文件 {name} 不是文本文件或编码无法识别；请另存为 UTF-8 文本。")
    lost = text.count("\ufffd") + text.count("锟斤拷")
    latin = sum("\x80" <= char <= "\xff" for char in text)
    foreign = sum(char > "\x7f" for char in text)
    if lost * 200 > len(text) or (foreign >= 20 and latin * 2 > foreign):
        raise CorpusError(f"文件 {name} 的内容是乱码（曾按错误的编码保存）；请从原处重新取得。")
    if lost:
        why = f"{decoded.why}其中有 {lost} 处字符已丢失。"
        return Decoded(text, decoded.encoding, 0.7, why)
    return Decoded(text, decoded.encoding, decoded.certainty, decoded.why)
