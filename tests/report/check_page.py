#!/usr/bin/python3
"""Checks that a page is well formed and needs nothing from outside: check_page.py PAGE."""
import base64
import re
import sys
import xml.etree.ElementTree as tree
from html.parser import HTMLParser

EMPTY = {"meta", "img", "br"}
ALLOWED = {"html", "head", "body", "main", "header", "section", "footer", "title", "style", "script", "meta",
           "h1", "h2", "p", "span", "div", "b", "sub", "br", "dl", "dt", "dd", "ul", "li", "figure", "figcaption",
           "img", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "pre"}


class Checker(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.scripts, self.sections, self.pictures = [], 0, [], 0

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        assert tag in ALLOWED, f"unexpected <{tag}>"
        assert not [name for name in values if name.startswith("on")], f"event handler in <{tag}>"
        assert "href" not in values
        if "src" in values:
            self.check_picture(tag, values)
        if tag == "script":
            self.scripts += 1
        if tag in ("section", "header"):
            self.sections.append(values["id"])
        if tag not in EMPTY:
            self.open.append(tag)

    def check_picture(self, tag, values):
        assert tag == "img" and values["alt"], "a picture without a description"
        kind, content = values["src"].split(",", 1)
        content = base64.b64decode(content, validate=True)
        if kind == "data:image/svg+xml;base64":
            links = re.findall(rb'href="([^"]*)"', content)
            assert all(link.startswith((b"#", b"data:image/png")) for link in links)
            tree.fromstring(content)
        else:
            assert kind == "data:image/png;base64" and content[:4] == b"\x89PNG"
        self.pictures += 1

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes <{self.open[-1:]}>"
        self.open.pop()


def main():
    text = open(sys.argv[1], "rb").read().decode("utf-8")
    assert text.startswith("<!DOCTYPE html>")
    checker = Checker()
    checker.feed(text)
    checker.close()
    assert checker.open == [], f"not closed: {checker.open}"
    sections = ["head", "energy", "structures", "qmaps", "image", "timings", "settings"]
    assert checker.sections in (sections, [s for s in sections if s != "image"]), checker.sections
    assert checker.scripts in (1, 2), f"{checker.scripts} scripts"
    assert "url(" not in text and "@import" not in text
    assert len(text) < 5_000_000, "the page is too large"
    print(checker.pictures)


main()
