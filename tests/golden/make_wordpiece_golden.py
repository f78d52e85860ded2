"""Writes wordpiece.json: what the `tokenizers` package's BERT stages make of mixed text.

    python make_wordpiece_golden.py    (needs: tokenizers 0.23; the fragments are those of tokenizer.json)

For every way to set the normalizer: a hash of the ids of each run of the megabyte, and for every 4096 code points, each
in several surroundings, a hash of the pieces (their bytes, a newline behind each), so that a piece that the vocabulary
doesn't know counts too. `texts` are small ones with their ids and what these decode to.
"""
import json
import os

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

FOLDER = os.path.dirname(os.path.abspath(__file__))
RUN = 4096
MEGABYTE = 1_000_000
TOKENS = 1500
WAYS = [dict(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True),
        dict(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=False),
        dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=True),
        dict(clean_text=False, handle_chinese_chars=True, strip_accents=True, lowercase=False)]
TEXTS = ["", "Hello, World!", "unaffable caf\u00e9 cafe\u0301", "\u4f60\u597dworld", "a" * 100, "a" * 101, "\u00e9" * 100,
         "\u00e9" * 101, "don't do not can't I'm he's they've you're , . ? ! ' '", "\u0130stanbul \u03a3\u03c3\u03c2",
         "a\ufffdb\x00c\x1fd\u200de\u2028f\x85g", "[UNK] [CLS]x", "\U0001f600\U0001f468\u200d\U0001f469", "##ing ing ##"]


def megabyte(parts):
    text, size, state = [], 0, 1
    while size < MEGABYTE:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        part = parts[(state >> 33) % len(parts)]
        text.append(part)
        size += len(part.encode())
    return "".join(text)


def surroundings(c):
    return f" {c}a{c}{c}  {c}1  {c}'{c}{c}'s\u0301{c}\u0323 E{c}\u0327\u0334\n"


def hash_of(numbers):
    h = 0xCBF29CE484222325
    for number in numbers:
        h = (h ^ number) * 0x100000001B3 % 2**64
    return f"{h:016x}"


def train(text):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(strip_accents=False, lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=TOKENS, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
                                        limit_alphabet=600, show_progress=False)
    tokenizer.train_from_iterator([text, text.lower()], trainer)
    vocab = tokenizer.get_vocab()
    return sorted(vocab, key=vocab.get)


def main():
    with open(os.path.join(FOLDER, "tokenizer.json"), encoding="utf-8") as file:
        text = megabyte(json.load(file)["fragments"])
    tokens = train(text)
    out = {"tokens": tokens, "ways": []}
    for way in WAYS:
        tokenizer = Tokenizer(models.WordPiece({token: i for i, token in enumerate(tokens)}, unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer(**way)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        tokenizer.decoder = decoders.WordPiece(cleanup=way["lowercase"])
        ids = tokenizer.encode(text).ids
        planes = []
        for first in range(0, 0x110000, RUN):
            plane = "".join(surroundings(chr(c)) for c in range(first, first + RUN) if not 0xD800 <= c < 0xE000)
            pieces = tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(plane))
            planes.append(hash_of("".join(piece + "\n" for piece, _ in pieces).encode()))
        encoded = [tokenizer.encode(sample).ids for sample in TEXTS]
        out["ways"].append({"normalizer": json.loads(tokenizer.to_str())["normalizer"],
                            "runs": [hash_of(ids[i:i + RUN]) for i in range(0, len(ids), RUN)],
                            "decoded": hash_of(tokenizer.decode(ids).encode()), "cleanup": way["lowercase"],
                            "code_points": planes,
                            "texts": [[sample, ids, tokenizer.decode(ids)] for sample, ids in zip(TEXTS, encoded)]})
    with open(os.path.join(FOLDER, "wordpiece.json"), "w", encoding="ascii") as file:
        json.dump(out, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
