#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/tokenizer_json: small honest tokenizer.json files of every kind of stage, one on a line, then
a text. Needs tokenizers (0.23), which must read them too."""

import json
import pathlib

from tokenizers import Tokenizer, pre_tokenizers

FOLDER = pathlib.Path(__file__).parent / "corpus" / "tokenizer_json"
TEXT = "The cafe\u0301 <s> has 12  caf\u00e9s,\n isn't it? \u4e2d\U0001f600 the end<end>\n"


def bpe(pieces, merges, **options):
    vocab, prefix = {}, len(options.get("continuing_subword_prefix", ""))
    for piece in pieces + [a + b[prefix:] for a, b in merges]:
        vocab.setdefault(piece, len(vocab))
    return {"type": "BPE", "vocab": vocab, "merges": merges, **options}


LETTERS = ["<unk>", "<s>", *"abcdefghistnTm12.,'"]
BYTES = sorted(pre_tokenizers.ByteLevel.alphabet())
BYTE_MODEL = bpe(BYTES, [["t", "h"], ["th", "e"], ["\u0120", "the"], ["c", "a"]])
WORD_MODEL = bpe(LETTERS, [["t", "h"], ["th", "e"]], unk_token="<unk>")
SPACE_MODEL = bpe([*LETTERS, "\u2581", "<0xE4>", "<0xB8>", "<0xAD>"], [["t", "h"], ["\u2581", "th"]], unk_token="<unk>",
                  fuse_unk=True, byte_fallback=True)
BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
LAST = {**BYTE_LEVEL, "use_regex": False}


def split(pattern, behavior="Isolated", invert=False):
    return {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}


def steps(kind, *stages):
    return {"type": "Sequence", kind: list(stages)}


def added(content, token, **flags):
    off = dict(single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)
    return {"id": token, "content": content, **off, **flags}


def template(*pieces):
    single = [{"Sequence": {"id": "A", "type_id": 0}} if p is None else {"SpecialToken": {"id": p, "type_id": 0}}
              for p in pieces]
    names = {p: {"id": p, "ids": [i], "tokens": [p]} for i, p in enumerate(pieces) if p}
    return {"type": "TemplateProcessing", "single": single, "pair": [{"Sequence": {"id": "A", "type_id": 0}},
            {"Sequence": {"id": "B", "type_id": 0}}], "special_tokens": names}


PROCESSED = steps("processors", {**BYTE_LEVEL, "trim_offsets": False}, template("<unk>", None))
DECODER = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
SPACES = steps("decoders", {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}, {"type": "ByteFallback"},
               {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0})
END = len(BYTE_MODEL["vocab"])
SEEDS = {
    "gpt2": dict(model=BYTE_MODEL, pre_tokenizer=BYTE_LEVEL, decoder=DECODER, added_tokens=[added("<end>", END)]),
    "llama3": dict(model={**BYTE_MODEL, "ignore_merges": True}, decoder=DECODER, post_processor=PROCESSED,
                   pre_tokenizer=steps("pretokenizers", split({"Regex": r"(?i:'s|'t)|[^\r\n\p{L}\p{N}]?\p{L}+|\s+(?!\S)|."}), LAST)),
    "smollm": dict(model=BYTE_MODEL, decoder=DECODER,
                   pre_tokenizer=steps("pretokenizers", {"type": "Digits", "individual_digits": True}, BYTE_LEVEL)),
    "llama2": dict(model=SPACE_MODEL, decoder=SPACES, normalizer=steps(
        "normalizers", {"type": "Prepend", "prepend": "\u2581"},
        {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"})),
    "metaspace": dict(model=SPACE_MODEL, pre_tokenizer={"type": "Metaspace", "replacement": "\u2581",
                                                        "prepend_scheme": "first", "split": True},
                      decoder={"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "first", "split": True},
                      added_tokens=[added("<s>", 1, lstrip=True, rstrip=True)]),
    "normal_forms": dict(model=BYTE_MODEL, pre_tokenizer={**BYTE_LEVEL, "add_prefix_space": True}, decoder=DECODER,
                         normalizer=steps("normalizers", {"type": "NFKD"}, {"type": "StripAccents"}, {"type": "NFC"},
                                          {"type": "NFD"}, {"type": "NFKC"}, {"type": "Lowercase"},
                                          {"type": "Strip", "strip_left": True, "strip_right": True})),
    "spelled": dict(model=BYTE_MODEL, normalizer={"type": "ByteLevel"}, decoder=DECODER,
                    pre_tokenizer=split({"Regex": r"\u0120?\w+|\b|\h{2,}|[[:punct:]]"}, "MergedWithPrevious")),
    "words": dict(model=WORD_MODEL, pre_tokenizer=steps("pretokenizers", {"type": "Whitespace"},
                                                        {"type": "Punctuation", "behavior": "Contiguous"})),
    "clip": dict(model=bpe([*LETTERS, "e</w>", "d</w>"], [["h", "e</w>"]], unk_token="<unk>", end_of_word_suffix="</w>"),
                 pre_tokenizer=split({"Regex": r"\s+"}, "Removed"), decoder={"type": "BPEDecoder", "suffix": "</w>"},
                 post_processor={"type": "RobertaProcessing", "cls": ["<s>", 1], "sep": ["<s>", 1],
                                 "trim_offsets": True, "add_prefix_space": True}),
    "prefixed": dict(model=bpe([*LETTERS, "##h", "##e"], [["t", "##h"]], unk_token="<unk>", continuing_subword_prefix="##"),
                     pre_tokenizer={"type": "WhitespaceSplit"}, decoder={"type": "WordPiece", "prefix": "##", "cleanup": True}),
    "bert": dict(model={"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                        "max_input_chars_per_word": 100,
                        "vocab": {t: i for i, t in enumerate(["[UNK]", "[CLS]", "[SEP]", "the", "ca", "##fe", "##s"])}},
                 normalizer={"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                             "strip_accents": None, "lowercase": True},
                 pre_tokenizer={"type": "BertPreTokenizer"}, decoder={"type": "WordPiece", "prefix": "##", "cleanup": True},
                 post_processor={"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]}),
    "added": dict(model=WORD_MODEL, normalizer={"type": "Replace", "pattern": {"Regex": r"\d+"}, "content": "1"},
                  pre_tokenizer=split({"String": " "}, "MergedWithNext", True), post_processor=template("<unk>", None, "<s>"),
                  added_tokens=[added("<s>", 1), added("end", 90, single_word=True, special=False),
                                added("12", 91, normalized=True, special=False), added("caf", 92, rstrip=True)]),
}


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, stages in SEEDS.items():
        empty = dict(normalizer=None, pre_tokenizer=None, post_processor=None, decoder=None, added_tokens=[])
        line = json.dumps({"version": "1.0", "truncation": None, "padding": None, **empty, **stages}, separators=(",", ":"))
        fast = Tokenizer.from_str(line)
        assert fast.encode(TEXT).ids
        (FOLDER / name).write_text(line + "\n" + TEXT, encoding="utf-8")


if __name__ == "__main__":
    main()
