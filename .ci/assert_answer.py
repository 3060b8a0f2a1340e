"""Asserts on the demo's answer: its form, its sums, and that the planted facts were found."""
import decimal
import json
import pathlib
import sys

import jsonschema


def main() -> None:
    out = pathlib.Path(sys.argv[1])
    root = pathlib.Path(__file__).resolve().parent.parent
    answer = json.loads((out / "answer.json").read_text(encoding="utf-8"))
    schema = json.loads((root / "docs/schemas/answer.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(answer, schema)
    examined = 1

    land = sum(decimal.Decimal(line["areaM2"]) for line in answer["landUse"])
    assert land == decimal.Decimal(answer["boundary"]["statutoryAreaM2"]), "land use does not close"
    examined += len(answer["landUse"])

    touched = {layer["dataset"] for layer in answer["layers"]
               if layer["features"] > 0 and decimal.Decimal(layer["occupiedM2"]) > 0}
    for planted in ("permanent-basic-farmland", "ecological-red-line", "mining-rights", "hazard-zones"):
        assert planted in touched, f"{planted} was planted under the sample boundary and not found"
        examined += 1
    pipelines = next(layer for layer in answer["layers"] if layer["dataset"] == "oil-gas-pipelines")
    assert pipelines["near"], "nothing was looked for around the boundary"
    examined += 1
    # The demo's map has a date of its own: what is renewed continuously is told of as stale by now.
    assert all(layer["status"] in ("checked", "stale") for layer in answer["layers"]), "a layer was not checked"
    for finding in answer["findings"]:
        assert finding["citation"]["law"] and finding["citation"]["article"], finding["rule"]
        assert finding["message"]["zh"] and finding["message"]["en"], finding["rule"]
        examined += 1
    assert len(answer["findings"]) >= 4, "too few findings"
    assert answer["verdict"] in ("prohibited", "needs-determination"), answer["verdict"]

    page = (out / "answer.html").read_text(encoding="utf-8")
    assert answer["digest"] in page and "<svg" in page, "the page lacks the digest or the map"
    assert (out / "answer.pdf").read_bytes().startswith(b"%PDF-"), "the PDF is none"
    print(f"answer: {examined} facts examined, verdict {answer['verdict']}")


if __name__ == "__main__":
    main()
