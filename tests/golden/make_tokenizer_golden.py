"""Writes tokenizer.json: what the `tokenizers` package makes of mixed text, with the sample model's vocabulary.

    python make_tokenizer_golden.py SmolLM2-135M-Instruct.Q4_1.gguf    (needs: gguf 0.19, tokenizers 0.23)

`fragments` are pieces of text of many kinds. The megabyte is made of them by the rule of `megabyte()`, which the test
repeats, so that only the hash of every run of ids need be kept. `code_points` holds a hash for every 4096 code points,
each code point in several surroundings. `cases` are small texts with their ids, to read and to debug with.
"""
import json
import os
import random
import sys

import gguf
from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers

RUN = 4096  # ids or code points for each hash
MEGABYTE = 1_000_000

LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
          r"|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")


def pre_tokenizer(pre):
    whole = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    bytes_only = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    if pre == "smollm":
        return pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), whole])
    if pre == "gpt-2":
        return whole
    pattern = LLAMA3 if pre == "llama-bpe" else QWEN2
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"), bytes_only])


def load(path, pre):
    fields = gguf.GGUFReader(path).fields
    tokens, kinds, merges = (fields["tokenizer.ggml." + key].contents() for key in ("tokens", "token_type", "merges"))
    fast = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)},
                                merges=[tuple(merge.split(" ", 1)) for merge in merges]))
    fast.pre_tokenizer = pre_tokenizer(pre)
    specials = [token for token, kind in zip(tokens, kinds) if kind == 3]
    fast.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in specials])
    return fast, specials


PROSE = """The attention of a head is a distribution over the keys that its query may see. It's not what we'd expected;
they've shown that you'll find few keys holding most of it, haven't they? I'm sure he'd say: "Don't!" In 1999, 42% of
3,141.59 sheep (0x1F of them) cost $12.50 each, i.e. about EUR 1e-3 per head... See https://example.org/a?b=c&d=e#f.
注意力机制让模型在每个位置上选择它要看的词。稀疏注意力只保留少数几个键,计算量因此大大减少。二〇二六年,第3章,共128页。
これはトークナイザの試験です。カタカナとひらがな、漢字が混ざっています。한국어 문장도 조금 넣어 봅니다. 안녕하세요!
Здравствуй, мир! Внимание — всё, что нужно. Γειά σου Κόσμε. مرحبا بالعالم، ١٢٣٤. שלום עולם, בְּרֵאשִׁית. สวัสดีชาวโลก ๑๒๓
नमस्ते दुनिया, क्षत्रिय १२३४५. Çok güzel, naïve café, Straße, smörgåsbord, Đặng Thị Ngọc Thịnh, łódź, œuvre, ﬁne, ſee."""

CODE = '''for (int i = 0; i < n; ++i) {\n    sum += x[i] * y[i];  // dot
#include <vector>\r\n#define MAX(a, b) ((a) > (b) ? (a) : (b))\r\n
def forward(self, x):\n\t"""Doc."""\n\treturn self.w @ x + self.b if x is not None else None\n
<div class="a b">&nbsp;&lt;</div>\n<!-- comment -->
SELECT * FROM t WHERE a <> 'b''s' AND c IN (1, 22, 333, 4444, 55555);
{"key": [1.0, -2e-5, null, true], "\\u00e9": "\\n"}
0b1011 0o17 1_000_000 a+=b; c**=2; d//e; f!=g; h===i; j->k; l::m; n<<=o; !!p; ~q; r&&s||t;
/* ------------------------------------------------------------------ */
$\\sum_{i=1}^{n} \\alpha_{i} \\le \\frac{1}{2}$'''

SPACES = [" ", "  ", "   ", " " * 7, " " * 40, " " * 300, "\n", "\n\n", "\n\n\n", "\r\n", "\r", "\r\n\r\n", "\t", "\t\t",
          " \t ", " \n", "\n ", "  \n  ", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\xa0", "\xa0\xa0", " \xa0",
          "\u1680", "\u180e", " \u180e ", "\u180e\u180e", "\u2000\u2003", "\u2009", "\u2028", "\u2029", "\u202f", "\u205f",
          "\u3000", "\u3000\u3000", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\xad", "\n\n2003", " 1", "  1", "   12"]
MARKS = ["e\u0301", "a\u0308\u0323", "\u0301", " \u0301", "\u0e01\u0e34\u0e4d", "\u0915\u094d\u0937", "\u05e9\u05c1", "o\u20dd",
         "1\u20e3", "Z\u0351\u036b\u0343\u036a", "\u1100\u1161\u11a8"]
NUMBERS = ["0", "7", "42", "1999", "123456789", "-1", "+1.5", "\u0663\u0664", "\u096b\u096c", "\xb2", "\xbd", "\u216b", "\u32bf",
           "\u0be7\u0be8", "\U0001d7d8\U0001d7d9", "\u3007", "\u2460", "\uff11\uff12", "1\u0663", "a1b2", "x\xb2+y\xb3"]
EMOJI = ["\U0001f600", "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f3f3\ufe0f\u200d\U0001f308", "\U0001f1eb\U0001f1f7",
         "\u2764\ufe0f", "\U0001f44d\U0001f3fd", "\U0001f600\U0001f600\U0001f600", " \U0001f680"]
APOSTROPHES = ["'s", "'S", "'\u017f", "'ll", "'LL", "'Ll", "'re", "'RE", "'ve", "'t", "'T", "'m", "'d", "'D", "''s", "'x", " 's",
               "\u2019s", "it's", "IT'S", "'", "'''", "'sun", "s'"]
RUNS = ["a" * 50, "A" * 33, "ab" * 40, "\u5b57" * 30, "=" * 80, "-" * 65, "." * 12, "!?" * 9, "0" * 20, "\xe9" * 17]


def fragments(specials, rng):
    """Everything above, whole and in parts, with special strings and random code points."""
    def code_point():
        while True:
            c = rng.randrange(rng.choice([0x80, 0x800, 0x3000, 0x10000, 0x20000, 0x110000]))
            if not 0xD800 <= c < 0xE000:
                return chr(c)
    found = []
    for line in (PROSE + "\n" + CODE).split("\n"):
        words = line.split(" ")
        found += [line, line + "\n"] + [word for word in words] + [" " + word for word in words]
    found += SPACES * 3 + MARKS + NUMBERS * 2 + EMOJI + APOSTROPHES * 2 + RUNS
    found += specials + ["<", "<|", "<|im_", "<|im_start|", "|>", "<|im_start|>user\n", "<|im_end|>\n", "<|IM_END|>"]
    found += ["".join(code_point() for _ in range(rng.randrange(1, 9))) for _ in range(300)]
    found += ["".join(chr(rng.randrange(0x4E00, 0x9FA0)) for _ in range(rng.randrange(1, 15))) for _ in range(60)]
    return [fragment for fragment in found if fragment]


def megabyte(parts):
    """Fragments drawn by a linear congruential generator until the text has a million bytes."""
    text, size, state = [], 0, 1
    while size < MEGABYTE:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        part = parts[(state >> 33) % len(parts)]
        text.append(part)
        size += len(part.encode())
    return "".join(text)


def surroundings(c):
    return f" {c}a{c}{c}  {c}1  {c}'{c}{c}'s"


def hash_of(ids):
    """FNV-1a over whole ids."""
    h = 0xCBF29CE484222325
    for i in ids:
        h = (h ^ i) * 0x100000001B3 % 2**64
    return f"{h:016x}"


def main(path):
    out = {"pre": {}}
    for pre in ("smollm", "gpt-2", "llama-bpe", "qwen2"):
        fast, specials = load(path, pre)
        out.setdefault("fragments", fragments(specials, random.Random(3)))
        ids = fast.encode(megabyte(out["fragments"])).ids
        planes = []
        for first in range(0, 0x110000, RUN):
            text = "".join(surroundings(chr(c)) for c in range(first, first + RUN) if not 0xD800 <= c < 0xE000)
            planes.append(hash_of(fast.encode(text).ids))
        cases = SPACES + MARKS + NUMBERS + APOSTROPHES + ["", "The cat", "<|im_start|>user\nHi 20<|im_end|>", "a  b   1"]
        out["pre"][pre] = {"ids": len(ids), "runs": [hash_of(ids[i:i + RUN]) for i in range(0, len(ids), RUN)],
                           "code_points": planes,
                           "cases": [[text, fast.encode(text).ids] for text in cases]}
    target = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tokenizer.json")
    with open(target, "w", encoding="ascii") as file:
        json.dump(out, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
