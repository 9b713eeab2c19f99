"""Lines that are hard on tokenizers: many languages, emoji, controls, numbers, very long words, characters of all planes. The same seed gives the same lines."""

import random
import unicodedata

SENTENCES = [
    "The quick brown fox doesn't jump over the lazy dog's 1234 tails, I'M SURE we'll see.", "Ça été déjà vu à l'école; naïve façade œuvre.",
    "Größe Straße über Äpfel, ẞ!", "Привет, как дела? Ёлка и съезд № 5.", "Γειά σου Κόσμε, ὈΔΥΣΣΕΎΣ ΣΟΦΌΣ.", "नमस्ते दुनिया, यह हिन्दी है।", "こんにちは世界。ｶﾀｶﾅとカタカナ。", "你好，世界！汉字漢字。",
    "안녕하세요 세계, 각하.", "مرحبا بالعالم، كَيْفَ حَالُكَ؟", "שלום עולם, שָׁלוֹם.", "สวัสดีชาวโลก", "Xin chào thế giới, Việt Nam.", "Merhaba dünya, İstanbul ıĞ.", "Zażółć gęślą jaźń.",
    "Příliš žluťoučký kůň úpěl ďábelské ódy.", "Kæmi ný öxi hér ykist þjófum nú bæði víl og ádrepa.", "Բարեւ աշխարհ", "გამარჯობა მსოფლიო", "வணக்கம் உலகம்", "ಹಲೋ ಪ್ರಪಂಚ", "ওহে বিশ্ব",
    "ሰላም ልዑል", "မင်္ဂလာပါ", "ជំរាបសួរ", "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ", "Сәлем Әлем, қазақ тілі", "Habari dunia, karibu sana.", "Ǆ ǅ ǆ ﬁ ﬃ Ⅷ ① ² ½ ㎏ ™ ℌ", "x = f(a[0], {b: 'c'}) // see https://example.org/a?b=c&d=%20#e",
    "def main(args):\n\treturn {k: v for k, v in args.items() if k != '__init__'}", "<html><body>&nbsp;&amp;</body></html>", "1,234,567.89 $ 0x1F 3.14e-10 2026-11-24T12:28:28Z", "CAMELCase snake_case kebab-case I'll you've THEY'RE we'D",
]
EMOJI = ["😀", "👍🏽", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇪🇺🇯🇵", "❤️", "☺", "🧑🏿‍🚀", "1️⃣", "🫠", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]
SPACES = [" ", "  ", "   ", "\t", "\n", "\r\n", "\n\n", "\u00a0", "\u2003", "\u3000", "\u2028", "\u0085", "\u200b", "\ufeff", "\u1680", " \n ", "\v", "\f"]
CONTROLS = ["\0", "\x01", "\x1f", "\x7f", "\x9f", "\u200d", "\u200c", "\u200e", "\u202e", "\u2060", "\ufffd", "\u00ad", "\ufffc", "\u061c", "\ufdd0", "\U000e0001", "\ue000"]
SPECIAL = ["<s>", "</s>", "<unk>", "<pad>", "<mask>", " <mask> ", "[CLS]", "[MASK]", "[SEP]", "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|begin_of_text|>", "▁", "##ing", "Ġ", "<0x41>"]
MARKS = "\u0301\u0308\u0323\u0327\u05b8\u064e\u093c\u3099\u20dd\u0345"
RANGES = [(0x20, 0x7e), (0xa0, 0x24f), (0x250, 0x52f), (0x530, 0x10ff), (0x1100, 0x1fff), (0x2000, 0x2bff), (0x2e80, 0x9fff), (0xa000, 0xd7ff), (0xf900, 0xffff), (0x10000, 0x1ffff), (0x20000, 0x3134f)]


def _assigned(draw):
    while True:
        character = chr(draw.randint(*draw.choice(RANGES)))
        if unicodedata.category(character) not in ("Cn", "Cs"):
            return character


def _long(draw):
    kind = draw.randrange(5)
    if kind == 0:
        return "".join(draw.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(draw.randint(80, 400)))
    if kind == 1:
        return draw.choice("aAöж漢0-.#=あ") * draw.randint(50, 600)
    if kind == 2:
        return "".join(draw.choice("0123456789") for _ in range(draw.randint(5, 200)))
    if kind == 3:
        return "e" + "".join(draw.choice(MARKS) for _ in range(draw.randint(1, 40)))
    return "".join(_assigned(draw) for _ in range(draw.randint(40, 150)))


def _piece(draw, texts):
    kind = draw.randrange(20)
    if kind < 8:
        words = draw.choice(texts).split(" ")
        start = draw.randrange(len(words))
        return " ".join(words[start:start + draw.randint(1, 12)])
    if kind < 11:
        return draw.choice(SENTENCES)
    if kind == 11:
        return draw.choice(EMOJI) * draw.randint(1, 3)
    if kind == 12:
        return draw.choice(CONTROLS)
    if kind == 13:
        return draw.choice(SPECIAL)
    if kind == 14:
        return _long(draw)
    if kind == 15:
        return "".join(_assigned(draw) for _ in range(draw.randint(1, 8)))
    if kind == 16:
        return str(draw.randrange(10 ** draw.randint(1, 12)))
    if kind == 17:
        text = draw.choice(SENTENCES)
        return unicodedata.normalize(draw.choice(["NFC", "NFD", "NFKC", "NFKD"]), draw.choice([text, text.upper(), text.lower(), text.title()]))
    if kind == 18:
        return "".join(draw.choice(".,;:!?'\"-_()[]{}<>@#$%^&*+=~`|\\/…–—“”«»¿¡、。") for _ in range(draw.randint(1, 6)))
    return draw.choice(SPACES) * draw.randint(1, 4)


def make(count, seed, shipped=()):
    """Lines put together from sentences of many languages, the shipped lines, and all else that is in this file."""
    draw = random.Random(seed)
    texts = [*SENTENCES, *shipped]
    made = []
    for number in range(count):
        if number < len(SENTENCES):
            made.append(SENTENCES[number])
            continue
        pieces = [_piece(draw, texts) for _ in range(draw.randint(1, 6))]
        made.append(draw.choice(["", " ", " ", " ", draw.choice(SPACES)]).join(pieces))
    return made
