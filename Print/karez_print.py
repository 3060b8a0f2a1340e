"""karez-print: a compliance answer or a map sheet as JSON on stdin, one PDF/A-2b or PNG on stdout.

Runs in a sandbox without network; reads nothing but its own folder and the system's fonts.
The last line on stderr says what went wrong, if anything did.
"""

import io
import json
import sys
from pathlib import Path

import segno
import typst

HERE = Path(__file__).resolve().parent
WORK = Path("/tmp/work")
FONTS = [
    Path("/usr/share/fonts/opentype/noto"),
    Path("/usr/share/fonts/truetype/noto"),
]
# Of the hundreds of families in these folders a sheet needs two; each one opened costs time.
WANTED = ("NotoSansCJK-Regular", "NotoSansCJK-Bold", "NotoNaskhArabic", "NotoSans-Regular")
LIMIT = 64 * 1024 * 1024
# What each sheet has to say; its template has its name.
SHEETS = {
    "answer": ("digest", "mapSVG", "language", "t", "findings"),
    "case": ("mapSVG", "digest", "language", "title", "paragraphs", "lines"),
    "casemap": ("mapSVG", "language"),
    "plate": ("mapSVG", "language", "frame", "legend", "labels", "facts"),
}


def fail(what: str) -> None:
    sys.stderr.write(what.replace("\n", " ")[:200] + "\n")
    sys.exit(3)


def link_fonts() -> Path:
    folder = WORK / "fonts"
    folder.mkdir(parents=True)
    found = 0
    for place in FONTS:
        for file in sorted(place.glob("*")):
            if file.name.startswith(WANTED):
                (folder / file.name).symlink_to(file)
                found += 1
    if found < 3:
        fail("fonts are missing: install fonts-noto-cjk and fonts-noto-core")
    return folder


def code_of(digest: str) -> bytes:
    out = io.BytesIO()
    segno.make(digest, error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue()


def main() -> None:
    text = sys.stdin.buffer.read(LIMIT + 1)
    if len(text) > LIMIT:
        fail("the sheet is larger than 64 MB")
    content = json.loads(text)
    name = content.get("sheet", "answer")
    if name not in SHEETS:
        fail("there is no such sheet")
    for key in SHEETS[name]:
        if key not in content:
            fail(f"not a sheet of this kind: no `{key}`")
    fonts = link_fonts()
    (WORK / "map.svg").write_text(content.pop("mapSVG"), encoding="utf-8")
    if "digest" in content:
        (WORK / "digest.svg").write_bytes(code_of(content["digest"]))
    (WORK / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    template = WORK / f"{name}.typ"
    template.write_bytes((HERE / f"{name}.typ").read_bytes())
    common = {"root": WORK, "font_paths": [fonts], "ignore_system_fonts": True}
    try:
        if content.get("output") == "png":
            document = typst.compile(
                template, format="png", ppi=float(content["dots"]), **common)
        else:
            # The sheet's own time is printed on it; the file's must not vary.
            document = typst.compile(
                template, format="pdf", pdf_standards="a-2b", timestamp=0, **common)
    except typst.TypstError as error:
        fail(f"typst: {error.message}")
    sys.stdout.buffer.write(document)


if __name__ == "__main__":
    main()
