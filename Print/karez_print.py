"""karez-print: one compliance answer as JSON on stdin, one PDF/A-2b on stdout.

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
        fail("the answer is larger than 64 MB")
    answer = json.loads(text)
    for key in ("digest", "mapSVG", "language", "t", "findings"):
        if key not in answer:
            fail(f"not an answer: no `{key}`")
    fonts = link_fonts()
    (WORK / "map.svg").write_text(answer.pop("mapSVG"), encoding="utf-8")
    (WORK / "digest.svg").write_bytes(code_of(answer["digest"]))
    (WORK / "answer.json").write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    template = WORK / "answer.typ"
    template.write_bytes((HERE / "answer.typ").read_bytes())
    try:
        document = typst.compile(
            template,
            root=WORK,
            font_paths=[fonts],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards="a-2b",
            # The answer's own time is printed on the sheet; the file's must not vary.
            timestamp=0,
        )
    except typst.TypstError as error:
        fail(f"typst: {error.message}")
    sys.stdout.buffer.write(document)


if __name__ == "__main__":
    main()
