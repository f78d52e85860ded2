"""Writes tokenizer_json.json: small tokenizers of every kind of stage, trained here, and what the `tokenizers` package
makes of some texts with them.

    python make_tokenizer_json_golden.py    (needs: tokenizers 0.23)

`models` are shared by the tokenizers, of which each names one and holds the stages around it. Ids and decoded texts are
kept as hashes, one a text; `characters` is the hash of the ids of all characters of a block, each in a surrounding.
"""
import json
import os

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = os.path.dirname(os.path.abspath(__file__))
BLOCK, BLOCKS = 4096, [*range(0, 0x20000, 4096), 0x2F000, 0xE0000]

TEXTS = [
    "", " ", "a", "The cat sat on the mat; it isn't what we'd expected, they've said.", "  two  spaces   and\ttabs\n\n\nlines \r\n",
    "for (int i = 0; i < n; ++i) {\n    sum += x[i] * y[i];  // dot\n}", "In 1999, 42% of 3,141.59 sheep cost $12.50 (0x1F).",
    "\u6ce8\u610f\u529b\u673a\u5236\u8ba9\u6a21\u578b\u9009\u62e9\u3002 \u4e8c\u3007\u4e8c\u516d\u5e74", "\u3053\u308c\u306f\u8a66\u9a13\u3067\u3059\u3002 \ud55c\uad6d\uc5b4 \ubb38\uc7a5",
    "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645\u060c \u0661\u0662\u0663 \u05e9\u05dc\u05d5\u05dd", "caf\u00e9 cafe\u0301 \u1e9b\u0323 \u212b \ufb01ne \u00bd \u2460 \u0130I\u0131 \u03a3\u03c3\u03c2",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea \u2764\ufe0f \U0001f44d\U0001f3fd", "\x00\x01\x1f\x7f\x80\x85\xa0\u180e\u200b\u2028\ufeff\ufffd", " " * 70 + "x" + " " * 33,
    "<s>The<s> [CLS] the <s> end</s><unk>", "the mask at IN wxy  1 \u00e9 themask", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "hello world" * 9, "\u2581the\u2581\u2581cat \u2581 <0x0A> <0xE4>", "'S 'LL don\u2019t it's\u017f", "x\u0300\u0323\u0345y\u1100\u1161\u11a8\uac01", "12345678 1 22 333",
]  # fmt: skip


def train(pre, text, size, alphabet=(), special=("<unk>", "<s>", "</s>"), **options):
    limit = options.pop("limit_alphabet", None)
    tokenizer = Tokenizer(models.BPE(**options))
    tokenizer.pre_tokenizer = pre
    names = {k: v for k, v in options.items() if k in ("end_of_word_suffix", "continuing_subword_prefix")}
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=list(special), initial_alphabet=list(alphabet),
                                  show_progress=False, **names, **({"limit_alphabet": limit} if limit else {}))
    tokenizer.train_from_iterator(text, trainer)
    return json.loads(tokenizer.to_str())["model"]


def make_models():
    text = [t for t in TEXTS for _ in range(3)]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    plain = pre_tokenizers.ByteLevel(add_prefix_space=False)
    fallback = [f"<0x{byte:02X}>" for byte in range(256)]
    out = {"bytes": train(plain, text, 330, alphabet)}
    out["bytes_ignoring"] = {**out["bytes"], "ignore_merges": True, "merges": out["bytes"]["merges"][:-25]}
    out["fallback"] = train(pre_tokenizers.Metaspace(prepend_scheme="never"), text, 380, special=["<unk>", "<s>", "</s>", *fallback],
                            unk_token="<unk>", fuse_unk=True, byte_fallback=True, limit_alphabet=60)
    out["words"] = train(pre_tokenizers.WhitespaceSplit(), text, 140, unk_token="<unk>", limit_alphabet=60)
    out["words_left_out"] = {**out["words"], "unk_token": None}
    out["words_fused"] = {**out["words"], "fuse_unk": True}
    out["suffixed"] = train(plain, text, 330, alphabet, unk_token="<unk>", end_of_word_suffix="</w>")
    out["prefixed"] = train(pre_tokenizers.Whitespace(), text, 160, unk_token="<unk>", continuing_subword_prefix="##", limit_alphabet=60)
    return out


def byte_level(**options):
    return pre_tokenizers.ByteLevel(**{"add_prefix_space": False, **options})


def split(regex, behavior="isolated", invert=False):
    pattern = pre_tokenizers.Split(Regex(regex), behavior, invert=invert)
    return pre_tokenizers.Sequence([pattern, byte_level(use_regex=False)])


LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
          r"|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
GPT4O = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re)?|\p{N}{1,3}"
         r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
CLIP = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
ADDED = [AddedToken("the", single_word=True), AddedToken("mask", lstrip=True, special=True), AddedToken("wxy", rstrip=True),
         AddedToken("IN", normalized=True), AddedToken("  ", normalized=False), AddedToken("\u00e9", single_word=True),
         AddedToken("at", lstrip=True, rstrip=True, single_word=True)]  # fmt: skip


def kinds():
    """name -> (model, stages)"""
    N, P, D = normalizers, pre_tokenizers, decoders
    spaced = N.Sequence([N.Prepend("\u2581"), N.Replace(" ", "\u2581")])
    spaces = [D.Replace("\u2581", " "), D.ByteFallback(), D.Fuse()]
    back = dict(decoder=D.ByteLevel())
    bos = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    ends = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)])
    yield "gpt2", "bytes", dict(pre_tokenizer=byte_level(), **back)
    yield "gpt_neox", "bytes", dict(pre_tokenizer=byte_level(add_prefix_space=True), normalizer=N.NFC(), **back)
    yield "llama3", "bytes_ignoring", dict(pre_tokenizer=split(LLAMA3), **back, post_processor=processors.Sequence([processors.ByteLevel(), bos]))
    yield "qwen2", "bytes", dict(pre_tokenizer=split(QWEN2), normalizer=N.NFC(), **back)
    yield "smollm", "bytes", dict(pre_tokenizer=P.Sequence([P.Digits(individual_digits=True), byte_level()]), **back)
    yield "llama2", "fallback", dict(normalizer=spaced, decoder=D.Sequence([*spaces, D.Strip(" ", 1, 0)]), post_processor=bos)
    yield "gemma2", "fallback", dict(normalizer=N.Replace(" ", "\u2581"), decoder=D.Sequence(spaces), post_processor=bos)
    yield "mistral", "fallback", dict(pre_tokenizer=P.Metaspace(prepend_scheme="first", split=False), decoder=D.Sequence([*spaces, D.Strip(" ", 1, 0)]))
    for scheme in ("always", "first", "never"):
        yield "metaspace_" + scheme, "fallback", dict(pre_tokenizer=P.Metaspace(prepend_scheme=scheme), decoder=D.Metaspace(prepend_scheme=scheme))
    for form in ("NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents"):
        yield form.lower(), "bytes", dict(pre_tokenizer=byte_level(), normalizer=getattr(N, form)(), **back)
    yield "strip", "bytes", dict(pre_tokenizer=byte_level(), normalizer=N.Strip(), **back)
    yield "replace", "bytes", dict(pre_tokenizer=byte_level(), normalizer=N.Sequence([N.Replace(Regex(r"\s+"), " "), N.Replace("e", "E")]), **back)
    yield "spelled", "bytes", dict(normalizer=N.ByteLevel(), pre_tokenizer=P.Split(Regex("\u0120?\\w+|."), "isolated"), **back)
    for behavior in ("removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"):
        for invert in (False, True):
            yield f"{behavior}_{invert}".lower(), "bytes", dict(pre_tokenizer=split(r"\p{P}|\s|\d{2}", behavior, invert), **back)
    yield "gpt4o", "bytes", dict(pre_tokenizer=split(GPT4O), **back)
    yield "classes", "bytes", dict(pre_tokenizer=split(r"\p{Han}+|\h{2,}|\b\w+\b|[[:punct:]]|\p{N}{1,2}+|\W"), **back)
    yield "clip", "suffixed", dict(pre_tokenizer=split(CLIP, "removed", True), normalizer=N.Lowercase(), **back, post_processor=processors.RobertaProcessing(("</s>", 2), ("<s>", 1)))
    yield "words", "words", dict(pre_tokenizer=P.Whitespace())
    yield "words_fused", "words_fused", dict(pre_tokenizer=P.WhitespaceSplit(), post_processor=ends)
    yield "words_left_out", "words_left_out", dict(pre_tokenizer=P.Sequence([P.WhitespaceSplit(), P.Punctuation("merged_with_previous")]))
    yield "prefixed", "prefixed", dict(pre_tokenizer=P.Whitespace(), decoder=D.WordPiece())
    yield "added", "bytes", dict(pre_tokenizer=byte_level(), **back, added=ADDED)
    yield "added_normalized", "bytes", dict(pre_tokenizer=byte_level(), normalizer=N.Sequence([N.NFD(), N.StripAccents(), N.Lowercase()]), **back, added=ADDED)


def hash_of(values):
    """FNV-1a over whole ids."""
    h = 0xCBF29CE484222325
    for value in values:
        h = (h ^ value) * 0x100000001B3 % 2**64
    return f"{h:016x}"


def character_hashes(fast):
    out = []
    for first in BLOCKS:
        text = "".join(f" {chr(c)}a{chr(c)}1" for c in range(first, first + BLOCK) if not 0xD800 <= c < 0xE000)
        out.append(hash_of(fast.encode(text).ids))
    return hash_of(int(h, 16) for h in out)


def build(model, stages):
    fast = Tokenizer.from_str(json.dumps({"version": "1.0", "added_tokens": [], "model": model}))
    fast.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in ("<unk>", "<s>", "</s>")])
    for name in ("normalizer", "pre_tokenizer", "post_processor", "decoder"):
        if name in stages:
            setattr(fast, name, stages[name])
    for token in stages.get("added", []):
        (fast.add_special_tokens if token.special else fast.add_tokens)([token])
    return fast


def main():
    out = {"texts": TEXTS, "blocks": BLOCKS, "models": make_models(), "tokenizers": {}}
    for name, model, stages in kinds():
        fast = build(out["models"][model], stages)
        document = json.loads(fast.to_str())
        del document["model"], document["truncation"], document["padding"], document["version"]
        ids = [fast.encode(text).ids for text in TEXTS]
        back = [fast.decode(i, skip_special_tokens=False).encode() for i in ids]
        out["tokenizers"][name] = {"model": model, "stages": document, "ids": [hash_of(i) for i in ids],
                                   "decoded": [hash_of(text) for text in back], "characters": character_hashes(fast)}
    with open(os.path.join(HERE, "tokenizer_json.json"), "w", encoding="ascii") as file:
        json.dump(out, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
