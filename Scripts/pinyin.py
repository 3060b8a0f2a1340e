"""Writes Packs/pinyin.csv: the readings of the characters of GB 2312, without tones.

usage: pinyin.py > Packs/pinyin.csv      (needs: pip install pypinyin==0.55.0)

The readings are facts of the language; the package is how they were looked up. A character with several
readings has them all, the commonest first. Sorted by character, so that a new run shows what changed.
"""
import sys

from pypinyin import Style, pinyin

print("zh,readings")
for lead in range(0xB0, 0xF8):
    for trail in range(0xA1, 0xFF):
        try:
            character = bytes([lead, trail]).decode("gb2312")
        except UnicodeDecodeError:
            continue
        found = pinyin(character, style=Style.NORMAL, heteronym=True, v_to_u=False)[0]
        readings = dict.fromkeys(r.replace("ü", "v").replace("ê", "e") for r in found)
        plain = [r for r in readings if r.isascii() and r.isalpha()]
        if plain:
            print(f"{character},{' '.join(plain)}", file=sys.stdout)
