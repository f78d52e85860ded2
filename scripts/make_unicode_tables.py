"""Writes model/tokenizer/unicode_tables.cpp: how the `tokenizers` package classes and folds characters.

    python make_unicode_tables.py ../model/tokenizer/unicode_tables.cpp    (needs: tokenizers 0.23)

The package takes its classes from crates of several Unicode versions (8, 9 and a recent one), so they are measured by
asking it about every code point. What Unicode's version 15 (utf8proc) says already isn't repeated: of lower case and of
combining classes only the differences are kept.
"""
import ctypes
import sys
import unicodedata

from tokenizers import Regex, normalizers, pre_tokenizers

CODE_POINTS = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]


def bert(**on):
    off = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**{**off, **on}).normalize_str


def classes():
    clean, chinese, strip = bert(clean_text=True), bert(handle_chinese_chars=True), bert(strip_accents=True)
    split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str
    found = {name: [] for name in ("kRemoved", "kSpaces", "kChinese", "kNonspacingMarks", "kPunctuation", "kSeparators")}
    for code in CODE_POINTS:
        text = "a" + chr(code) + "b"
        cleaned = clean(text)
        pieces = [piece for piece, _ in split(text)]
        for name, holds in (("kRemoved", cleaned == "ab"), ("kSpaces", cleaned == "a b"),
                            ("kChinese", chinese(text) != text), ("kNonspacingMarks", strip("a" + chr(code)) == "a"),
                            ("kPunctuation", len(pieces) == 3), ("kSeparators", pieces == ["a", "b"])):
            if holds:
                found[name].append(code)
    return found


def marks():
    """What StripAccents drops."""
    strip = normalizers.StripAccents().normalize_str
    return [code for code in CODE_POINTS if strip("a" + chr(code)) == "a"]


def undecomposed(utf8proc):
    """Code points that the package's forms leave alone and utf8proc takes apart."""
    nfkd = normalizers.NFKD().normalize_str
    parts, options = (ctypes.c_int32 * 32)(), 1 << 4 | 1 << 2  # UTF8PROC_DECOMPOSE, UTF8PROC_COMPAT
    result = []
    for code in CODE_POINTS:
        count = utf8proc.utf8proc_decompose_char(code, parts, 32, options, None)
        if nfkd(chr(code)) == chr(code) and list(parts[:count]) != [code]:
            result.append(code)
    return result


def numeric():
    """What Digits cuts out."""
    split = pre_tokenizers.Digits(individual_digits=True).pre_tokenize_str
    return [code for code in CODE_POINTS if len(split("a" + chr(code))) > 1]


CLASSES = [r"\w"] + [r"\p{%s}" % name for name in (
    "Alphabetic L Lu Ll Lm Lo M Mn Mc N Nd No P Pd Po S Sm So Cf "
    "Han Hiragana Katakana Arabic Cyrillic Latin Devanagari").split()]


def younger():
    """What classes of the package's regexes hold beyond Unicode 14, the version of PCRE2 10.42's tables."""
    assert unicodedata.unidata_version == "14.0.0"
    text = "".join(map(chr, CODE_POINTS))
    result = {}
    for regex in CLASSES:
        split = pre_tokenizers.Split(Regex(regex), "removed", invert=True)
        members = {ord(c) for piece, _ in split.pre_tokenize_str(text) for c in piece}
        result[regex.strip("\\p{}")] = [code for code in sorted(members) if unicodedata.category(chr(code)) == "Cn"]
    return result


def words_beyond(utf8proc):
    r"""Rust's \w where the categories that it is made of don't have it yet (characters.cpp)."""
    split = pre_tokenizers.Whitespace().pre_tokenize_str
    return [code for code in CODE_POINTS if utf8proc.utf8proc_category(code) == 0 and len(split("a" + chr(code) + "a")) == 1]


class Property(ctypes.Structure):
    _fields_ = [("category", ctypes.c_int16), ("combining_class", ctypes.c_int16)]


def load_utf8proc():
    library = ctypes.CDLL("libutf8proc.so.2")
    library.utf8proc_get_property.restype = ctypes.POINTER(Property)
    return library


def uncombined(utf8proc):
    """Code points with a combining class in utf8proc and none in the package's normal forms."""
    nfd = normalizers.NFD().normalize_str
    low, high = chr(0x0334), chr(0x0345)  # of classes 1 and 240: every other class moves past one of them
    result = []
    for code in CODE_POINTS:
        kind = utf8proc.utf8proc_get_property(code).contents.combining_class
        mark = chr(code)
        if not kind or nfd(mark) != mark:
            continue
        moves = nfd("a" + mark + low) != "a" + mark + low or nfd("a" + high + mark) != "a" + high + mark
        if not moves and code not in (0x0345, 0x0334):
            result.append(code)
    return [code for code in result if code > 0x0345]


def folds(utf8proc):
    """(code point, its lower case) where utf8proc says otherwise; one code point each."""
    lower = normalizers.Lowercase().normalize_str
    result = []
    for code in CODE_POINTS:
        folded = lower(chr(code))
        if folded != chr(utf8proc.utf8proc_tolower(code)):
            if len(folded) > 1:
                assert code == 0x130 and folded == "i\u0307"
                continue
            result.append((code, ord(folded)))
    return result


def ranges(codes):
    result = []
    for code in codes:
        if result and result[-1][1] == code - 1:
            result[-1][1] = code
        else:
            result.append([code, code])
    return result


def runs(pairs):
    """[first, last, what to add]"""
    result = []
    for code, folded in pairs:
        if result and result[-1][1] == code - 1 and result[-1][2] == folded - code:
            result[-1][1] = code
        else:
            result.append([code, code, folded - code])
    return result


def rows(items, per_row):
    return ["    " + " ".join(items[i:i + per_row]) for i in range(0, len(items), per_row)]


def main():
    utf8proc = load_utf8proc()
    tables = {name: [f"{{0x{a:X}, 0x{b:X}}}," for a, b in ranges(codes)] for name, codes in classes().items()}
    tables["kUncombined"] = [f"{{0x{a:X}, 0x{b:X}}}," for a, b in ranges(uncombined(utf8proc))]
    tables["kMarks"] = [f"{{0x{a:X}, 0x{b:X}}}," for a, b in ranges(marks())]
    tables["kUndecomposed"] = [f"{{0x{a:X}, 0x{b:X}}}," for a, b in ranges(undecomposed(utf8proc))]
    tables["kNumeric"] = [f"{{0x{a:X}, 0x{b:X}}}," for a, b in ranges(numeric())]
    tables["kWordsBeyond"] = [f"{{0x{a:X}, 0x{b:X}}}," for a, b in ranges(words_beyond(utf8proc))]
    lower = [f"{{0x{a:X}, 0x{b:X}, {d}}}," for a, b, d in runs(folds(utf8proc))]
    out = ["// Written by scripts/make_unicode_tables.py from tokenizers 0.23; do not edit.", "// clang-format off",
           '#include "model/tokenizer/unicode_tables.h"', "", "namespace gatescope::unicode_tables {", "namespace {", ""]
    for name, items in tables.items():
        out += [f"constexpr CodePointRange {name}[] = {{", *rows(items, 6), "};", ""]
    young = younger()
    for name, codes in young.items():
        items = [f"{{0x{a:X}, 0x{b:X}}}," for a, b in ranges(codes)]
        out += [f"constexpr CodePointRange kYounger_{name}[] = {{", *rows(items, 6), "};", ""]
    out += ["constexpr FoldedRange kLowerCase[] = {", *rows(lower, 5), "};", "", "}  // namespace", ""]
    for name in tables:
        function = "".join("_" + c.lower() if c.isupper() else c for c in name[1:]).lstrip("_")
        out.append(f"std::span<const CodePointRange> {function}() {{ return {name}; }}")
    out += ["std::span<const CodePointRange> younger(std::string_view name) {"]
    out += [f'    if (name == "{name}") return kYounger_{name};' for name in young]
    out += ["    return {};", "}"]
    out += ["std::span<const FoldedRange> lower_case() { return kLowerCase; }", "",
            "}  // namespace gatescope::unicode_tables", ""]
    with open(sys.argv[1], "w", encoding="utf-8") as f:
        f.write("\n".join(out))


main()
