"""Writes bpe.json: the merges that BpeTrainer of the `tokenizers` package learns.

    python make_bpe_golden.py wikipedia-train.txt    (needs: tokenizers 0.23)

`text` is trained on to the end, all its merges are kept: words that repeat, rows of equal letters, other scripts. Of the
sample's training text, cut into documents, only hashes are kept: of the merges of several sizes, and of the ids that the
largest of these vocabularies gives to the first document.
"""
import json
import os
import sys

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

TEXTS = ["aaaa aaa aaaaaaaa aaaaa baaab aabaab abaaba", "It's the cat's hat, isn't it? They'll say so: the cat sat.",
         "low lower lowest new newer newest wide wider widest " * 3, "注意力机制让模型在每个位置上选择它要看的词。注意力,注意力。",
         "Здравствуй, мир! Здравствуйте. naïve café Straße \U0001f600\U0001f600\U0001f600", "1999 2000 2001  20012001\n\n\tx\r\n x",
         "ababab bababa abbaabba cacaca", "<|endoftext|> <|endoftext|>"]
SIZES = [4096, 8192, 30000]


def hash_of(ids):
    """FNV-1a over whole ids."""
    h = 0xCBF29CE484222325
    for i in ids:
        h = (h ^ i) * 0x100000001B3 % 2**64
    return f"{h:016x}"


def train(texts, size):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=["<|endoftext|>"], show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def merges_of(tokenizer):
    return json.loads(tokenizer.to_str())["model"]["merges"]


def lines_hash(merges):
    return hash_of("".join(f"{left} {right}\n" for left, right in merges).encode())


def main(path):
    small = train(TEXTS, 100_000)
    with open(path, encoding="utf-8", newline="") as file:
        documents = file.read().split("\n\n\n")
    out = {"texts": TEXTS, "size": small.get_vocab_size(), "merges": merges_of(small), "sizes": SIZES, "hashes": []}
    for size in SIZES:
        tokenizer = train(documents, size)
        out["hashes"].append(lines_hash(merges_of(tokenizer)))
    out["vocabulary"] = lines_hash([(token, i) for token, i in sorted(tokenizer.get_vocab().items(), key=lambda t: t[1])])
    out["ids"] = hash_of(tokenizer.encode(documents[0], add_special_tokens=False).ids)
    target = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bpe.json")
    with open(target, "w", encoding="ascii") as file:
        json.dump(out, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
