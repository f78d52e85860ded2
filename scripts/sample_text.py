"""Turn the Wikipedia excerpt inside gensim into two plain-text files: a few articles for evaluation, the rest for training.

usage: sample_text.py DUMP.xml.bz2 EVAL.txt TRAIN.txt   (needs mwparserfromhell; scripts/setup calls it)

The same dump gives the same bytes: articles in the dump's order, every EVALUATION_STEP-th prose article set apart.
"""

import bz2
import re
import sys
import xml.etree.ElementTree as ElementTree

EVALUATION_STEP = 5  # about 0.5 of 2.7 MB
SHORTEST_ARTICLE = 2000  # characters; below it an article is a list of links
SHORTEST_PARAGRAPH = 60  # characters; below it a line is a caption, a heading or a rest of a table

# What an article ends with: lists of works and links rather than prose.
CLOSING_SECTIONS = re.compile(
    r"^==\s*(see also|references|notes|footnotes|further reading|external links|bibliography|sources|citations|"
    r"notes and references|references and notes|works cited)\s*==\s*$",
    re.IGNORECASE | re.MULTILINE,
)
DROPPED_TAGS = {"ref", "gallery", "table", "math", "timeline", "imagemap", "syntaxhighlight", "source", "score"}
DROPPED_LINKS = re.compile(r"^:?\s*(file|image|category|media|[a-z]{2,3}(-[a-z]+)?)\s*:", re.IGNORECASE)
LEFTOVER = re.compile(r"\{\{|\}\}|\[\[|\]\]|\{\||\|\}|^\||^!|__[A-Z]+__|thumb\|")


def articles(path):
    """(title, wikitext) of each article that is not a redirect."""
    with bz2.open(path) as file:
        for _, element in ElementTree.iterparse(file):
            if not element.tag.endswith("}page"):
                continue
            prefix = element.tag[: -len("page")]
            if element.findtext(prefix + "ns") == "0" and element.find(prefix + "redirect") is None:
                yield element.findtext(prefix + "title"), element.findtext(f"{prefix}revision/{prefix}text") or ""
            element.clear()


def strip_markup(wikitext):
    """The words of an article, one paragraph a line."""
    import mwparserfromhell

    closing = CLOSING_SECTIONS.search(wikitext)
    code = mwparserfromhell.parse(wikitext[: closing.start()] if closing else wikitext)
    unwanted = [link for link in code.ifilter_wikilinks() if DROPPED_LINKS.match(str(link.title))]
    unwanted += [tag for tag in code.ifilter_tags() if str(tag.tag).strip().lower() in DROPPED_TAGS]
    for node in unwanted:
        try:
            code.remove(node)
        except ValueError:  # it went with the one around it
            pass
    return code.strip_code(normalize=True, collapse=True)


def clean_paragraph(line):
    line = line.replace("\u00a0", " ").replace("\u200b", "").replace("'''", "").replace("''", "")
    line = re.sub(r"[ \t]+", " ", line)
    # What a pronunciation or a translation template leaves behind.
    line = re.sub(r"\([\s,;]+", "(", line)
    line = re.sub(r"[\s,;]+\)", ")", line)
    line = line.replace("(years ago)", "").replace("()", "")
    line = re.sub(r"\s+([,.;:!?])(?=\s|$)", r"\1", line)
    return re.sub(r" +", " ", line).strip()


def prose(wikitext):
    """Paragraphs only, separated by an empty line."""
    paragraphs = [clean_paragraph(line) for line in strip_markup(wikitext).split("\n")]
    kept = [p for p in paragraphs if len(p) >= SHORTEST_PARAGRAPH and not LEFTOVER.search(p) and p[0] not in "*#:;<"]
    return "\n\n".join(kept)


def main(dump, evaluation, training):
    parts = {evaluation: [], training: []}
    number = 0
    for title, wikitext in articles(dump):
        text = prose(wikitext)
        if len(text) < SHORTEST_ARTICLE:
            continue
        number += 1
        parts[evaluation if number % EVALUATION_STEP == 0 else training].append(f"{title}\n\n{text}\n")
    for path, texts in parts.items():
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write("\n\n".join(texts))


if __name__ == "__main__":
    main(*sys.argv[1:4])
