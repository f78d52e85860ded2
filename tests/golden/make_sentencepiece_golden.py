"""Writes sentencepiece/*.model and sentencepiece.json: small models and what SentencePiece and transformers make of text;
and the seeds of the fuzzer, models smaller still.

    python make_sentencepiece_golden.py    (needs: sentencepiece 0.2.1, transformers 5; the fragments are tokenizer.json's)

Each way is a model and whose rules it is read by: "file" (SentencePiece itself), "llama" and "gemma" (transformers'
classes over the `tokenizers` package). `texts` are small ones with their ids, and what these decode to where transformers
was asked; `runs` are hashes of the megabyte's ids.
"""
import json
import os
import tempfile

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from transformers import AutoTokenizer

FOLDER = os.path.dirname(os.path.abspath(__file__))
MODELS = os.path.join(FOLDER, "sentencepiece")
SEEDS = os.path.join(os.path.dirname(FOLDER), "fuzz", "corpus", "sentencepiece")
RUN = 4096
MEGABYTE = 1_000_000
RULES = "FB01\t66 69\nFF21\t41\nA0\t20\n3000\t20\n200B\t\n65 301\tE9\n9\t20\nA\t20\nFDFA\t635 644 649 20 627 644 644 647\n"
SAMPLES = {
    "bpe": dict(model_type="bpe", vocab_size=700, byte_fallback=True, normalization_rule_name="identity",
                split_digits=True, remove_extra_whitespaces=False, allow_whitespace_only_pieces=True),
    "bpe_gemma": dict(model_type="bpe", vocab_size=700, byte_fallback=True, normalization_rule_name="identity",
                      remove_extra_whitespaces=False, allow_whitespace_only_pieces=True, add_dummy_prefix=False, pad_id=0,
                      eos_id=1, bos_id=2, unk_id=3, user_defined_symbols=["<mask>", "\u2581\u2581", "\u2581" * 4, "\n\n"]),
    "bpe_rules": dict(model_type="bpe", vocab_size=500, normalization_rule_tsv=True),
    "unigram": dict(model_type="unigram", vocab_size=500, normalization_rule_tsv=True),
    "unigram_bytes": dict(model_type="unigram", vocab_size=700, byte_fallback=True, user_defined_symbols=["<b>", "sparse"],
                          normalization_rule_name="identity", remove_extra_whitespaces=False),
}
SEED_SAMPLES = {
    "bpe": dict(model_type="bpe", vocab_size=60, normalization_rule_tsv=True, user_defined_symbols=["<b>"]),
    "bytes": dict(model_type="bpe", vocab_size=300, byte_fallback=True, normalization_rule_name="identity"),
    "unigram": dict(model_type="unigram", vocab_size=60, normalization_rule_tsv=True),
}
WAYS = [("bpe", "file", {}), ("bpe_rules", "file", {}), ("unigram", "file", {}), ("unigram_bytes", "file", {}),
        ("bpe", "llama", {"legacy": False}), ("bpe", "llama", {"legacy": True}),
        ("bpe", "llama", {"add_prefix_space": False}), ("bpe_gemma", "gemma", {})]
TEXTS = ["", " ", "   ", "a", " a", "a ", "Hello  world 123", "caf\u00e9 cafe\u0301 \ufb01n", "\u4f60\u597d \U0001f600!",
         "a\n\n\nb\tc\r\nd", "\u00a0x\u3000\u3000y\u200bz\u00a0", "\uff21\ufdfa\ufdfa", "\ufffd\x00\x01", "====== -- =====",
         "a" * 30, " " * 30, "x\u2581y \u2581", "\u0915\u094d\u0937\u0e01\u0e34\u0e4d", "\u4e00\u4e01\u4e02 \u4e03a\u4e04"]
SPECIALS = ["Hi <s> there</s> <unk>x", "<s>", "</s> a", "<mask>x  y    z\n\n\n<b> sparse attention"]


def megabyte(parts):
    text, size, state = [], 0, 1
    while size < MEGABYTE:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        part = parts[(state >> 33) % len(parts)]
        text.append(part)
        size += len(part.encode())
    return "".join(text)


def hash_of(numbers):
    h = 0xCBF29CE484222325
    for number in numbers:
        h = (h ^ number) * 0x100000001B3 % 2**64
    return f"{h:016x}"


def train(target, options, text, scratch):
    options = dict(options)
    if options.pop("normalization_rule_tsv", False):
        options["normalization_rule_tsv"] = os.path.join(scratch, "rules.tsv")
        with open(options["normalization_rule_tsv"], "w", encoding="ascii") as file:
            file.write(RULES)
    corpus = os.path.join(scratch, "corpus.txt")
    with open(corpus, "w", encoding="utf-8") as file:
        file.write(text)
    prefix = os.path.join(scratch, "model")
    sentencepiece.SentencePieceTrainer.train(input=corpus, model_prefix=prefix, max_sentence_length=1 << 20, num_threads=1,
                                             character_coverage=0.98, hard_vocab_limit=False, minloglevel=2, **options)
    proto = sentencepiece_model_pb2.ModelProto.FromString(open(prefix + ".model", "rb").read())
    for field in ("input", "model_prefix"):
        proto.trainer_spec.ClearField(field)
    proto.normalizer_spec.ClearField("normalization_rule_tsv")
    with open(target, "wb") as file:
        file.write(proto.SerializeToString())


def by_transformers(name, rules, settings, scratch):
    folder = os.path.join(scratch, "folder")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(MODELS, name + ".model"), "rb") as source:
        with open(os.path.join(folder, "tokenizer.model"), "wb") as file:
            file.write(source.read())
    with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as file:
        json.dump({"model_type": "llama" if rules == "llama" else "gemma2"}, file)
    with open(os.path.join(folder, "tokenizer_config.json"), "w", encoding="utf-8") as file:
        json.dump({"tokenizer_class": rules.capitalize() + "Tokenizer", "add_bos_token": False, "bos_token": "<s>",
                   "eos_token": "</s>", "unk_token": "<unk>", **settings}, file)
    return AutoTokenizer.from_pretrained(folder).backend_tokenizer


def main():
    os.makedirs(MODELS, exist_ok=True)
    os.makedirs(SEEDS, exist_ok=True)
    with open(os.path.join(FOLDER, "tokenizer.json"), encoding="utf-8") as file:
        fragments = json.load(file)["fragments"]
    text = megabyte(fragments)
    prose = "\n".join(fragment for fragment in fragments if len(fragment) > 40 and "<|" not in fragment)
    out = {"ways": []}
    with tempfile.TemporaryDirectory() as scratch:
        for name, options in SAMPLES.items():
            train(os.path.join(MODELS, name + ".model"), options, prose * 3, scratch)
        for name, options in SEED_SAMPLES.items():
            train(os.path.join(SEEDS, name), options, "ab abc abcd bcd, cab. " * 40, scratch)
        for name, rules, settings in WAYS:
            samples = list(TEXTS)
            if rules == "file":
                processor = sentencepiece.SentencePieceProcessor(model_file=os.path.join(MODELS, name + ".model"))
                encode, decode = processor.encode, None
            else:
                backend = by_transformers(name, rules, settings, scratch)
                encode = lambda sample: backend.encode(sample, add_special_tokens=False).ids
                decode = lambda ids: backend.decode(ids, skip_special_tokens=False)
                samples += SPECIALS
            ids = encode(text)
            way = {"model": name, "rules": rules, **settings, "ids": len(ids),
                   "runs": [hash_of(ids[i:i + RUN]) for i in range(0, len(ids), RUN)],
                   "texts": [[sample, encode(sample)] + ([decode(encode(sample))] if decode else []) for sample in samples]}
            if decode:
                way["decoded"] = hash_of(decode(ids).encode())
            out["ways"].append(way)
    with open(os.path.join(FOLDER, "sentencepiece.json"), "w", encoding="ascii") as file:
        json.dump(out, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
