#!/usr/bin/python3
"""Renders reports in headless Chromium and checks what is seen: render_page.py WRITE_REPORT [KEEP_FOLDER]."""
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
WIDTH = 1280
MEASURE = """<script>window.addEventListener("load",function(){
const boxes={};for(const e of document.querySelectorAll("header,section"))
{const r=e.getBoundingClientRect();boxes[e.id]=[r.left,r.top,r.right,r.bottom]}
const broken=[...document.images].filter(i=>!i.complete||!i.naturalWidth).length;
const right=document.querySelector("main").getBoundingClientRect().right;
const beyond=[...document.querySelectorAll("main *")].filter(e=>e.getBoundingClientRect().right>right+1);
document.body.dataset.measured=JSON.stringify({boxes:boxes,broken:broken,
beyond:beyond.map(e=>e.tagName+"."+e.className),
wide:document.documentElement.scrollWidth-innerWidth,height:document.documentElement.scrollHeight})});</script>"""


def chromium(page, *options):
    with tempfile.TemporaryDirectory() as profile:
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        assert program, "chromium is not installed"
        return subprocess.run(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-quic",
             "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
             f"--user-data-dir={profile}", *options, page.as_uri()],
            check=True, timeout=180, capture_output=True, text=True).stdout


def measure(page, width):
    """Boxes of the sections as the browser lays them out."""
    copy = page.with_name("measured.html")
    copy.write_text(page.read_text().replace("</body>", MEASURE + "</body>"))
    text = chromium(copy, f"--window-size={width},1000", "--dump-dom")
    found = re.search(r'data-measured="([^"]*)"', text)
    assert found, "the page was not measured"
    return json.loads(found[1].replace("&quot;", '"').replace("&amp;", "&"))


def colors(image, box):
    part = image.crop([int(v) for v in box])
    return part, len(part.getcolors(maxcolors=part.width * part.height + 1))


def check(page, width, least_colors):
    """least_colors: how many colours each section must show at least."""
    measured = measure(page, width)
    assert measured["broken"] == 0, f"{measured['broken']} pictures do not load"
    assert measured["wide"] <= 0, "the page is wider than the window"
    assert measured["beyond"] == [], f"beyond the margin: {measured['beyond']}"
    picture = page.with_suffix(f".{width}.png")
    chromium(page, f"--window-size={width},{measured['height']}", f"--screenshot={picture}")
    image = Image.open(picture).convert("RGB")
    for name, least in least_colors.items():
        part, count = colors(image, measured["boxes"][name])
        assert part.height >= 60, f"{name} is {part.height} pixels high"
        assert count >= least, f"{name} shows {count} colours only"
    return image, measured["boxes"]


def has_color(image, box, color):
    part, _ = colors(image, box)
    near = sum(n for n, c in part.getcolors(part.width * part.height) if max(abs(a - b) for a, b in zip(c, color)) < 12)
    return near / (part.width * part.height)


def main():
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp())
    full = {"head": 50, "energy": 100, "structures": 500, "qmaps": 500, "timings": 50, "settings": 20}
    for kind in ("graphene", "skewed", "cluster"):
        run = folder / kind
        subprocess.run(["/usr/bin/python3", HERE / "make_run.py", run, kind], check=True, timeout=300)
        subprocess.run([sys.argv[1], run], check=True, timeout=300)
        image, boxes = check(run / "report.html", WIDTH, full)
        # Best-so-far line, greedy dots; both ends of the colours of Q; phases.
        assert has_color(image, boxes["energy"], (0x12, 0x3a, 0x63)) > 5e-4
        assert has_color(image, boxes["energy"], (0xe0, 0x8a, 0x1e)) > 5e-4
        for phase in ((0x4a, 0x7f, 0xb0), (0xe3, 0xa3, 0x3b), (0x5f, 0xa7, 0x77)):
            assert has_color(image, boxes["timings"], phase) > 0.01
        if kind == "graphene":
            check(run / "report.html", 640, full)
    if len(sys.argv) <= 2:
        shutil.rmtree(folder)


main()
