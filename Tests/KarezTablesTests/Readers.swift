import Foundation
import TestSupport
import Testing

/// Programs of others that read what we write, run in the Python environment of the tests.
enum Readers {
  static let python = Places.repository.appending(path: ".venv/bin/python")
  static let areInstalled = FileManager.default.isExecutableFile(atPath: python.path)

  /// What two readers found in a file, cell by cell, in the form of `RandomTable.cells`.
  struct Found: Decodable {
    let names: [String]
    let types: [String]
    let groups: [Int]
    let metadata: [String: String]
    let statistics: Int
    let disagreements: [String]
    let pyarrow: [[String?]]
    let duckdb: [[String?]]
  }

  struct FoundCSV: Decodable {
    let names: [String]
    let pyarrow: [[String?]]
    let duckdb: [[String?]]
    let python: [[String]]
  }

  /// All files in one process: its start costs more than the reading.
  static func parquet(_ files: [URL]) throws -> [Found] { try run(parquetScript, files) }
  static func csv(_ files: [URL]) throws -> [FoundCSV] { try run(csvScript, files) }

  private static func run<Value: Decodable>(_ script: String, _ files: [URL]) throws -> [Value] {
    let outcome = try Program.run(python.path, ["-c", script] + files.map(\.path))
    try #require(outcome.status == 0, "\(outcome.problems.suffix(1_200))")
    return try JSONDecoder().decode([Value].self, from: Data(outcome.output.utf8))
  }

  private static let parquetScript = """
    import datetime, decimal, json, struct, sys
    import duckdb, pyarrow.parquet

    def show(cell):
        if cell is None or isinstance(cell, str): return cell
        if isinstance(cell, bool): return str(cell).lower()
        if isinstance(cell, float): return struct.pack(">d", cell).hex()
        if isinstance(cell, bytes): return cell.hex()
        if isinstance(cell, decimal.Decimal): return format(cell, "f")
        if isinstance(cell, datetime.date): return f"{cell:%Y-%m-%d}".rjust(10, "0")
        return str(cell)

    def statistics(file, faults):
        examined = 0
        for number in range(file.num_row_groups):
            rows = file.read_row_group(number)
            for index in range(file.metadata.num_columns):
                held = file.metadata.row_group(number).column(index).statistics
                cells = rows.column(index).to_pylist()
                present = [cell for cell in cells if cell is not None]
                if held.null_count != len(cells) - len(present): faults.append(f"{number}.{index}")
                if held.has_min_max:
                    examined += 1
                    if (held.min, held.max) != (min(present), max(present)):
                        faults.append(f"{number}.{index}: {held.min} {held.max}")
        return examined

    answers = []
    for path in sys.argv[1:]:
        file = pyarrow.parquet.ParquetFile(path)
        table, faults = file.read(), []
        table.validate(full=True)
        ours = duckdb.sql("SELECT * FROM read_parquet(?)", params=[path])
        answers.append({
            "names": table.column_names, "types": [str(field.type) for field in table.schema],
            "groups": [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)],
            "metadata": {k.decode(): v.decode() for k, v in (file.metadata.metadata or {}).items()
                         if k != b"ARROW:schema"},
            "statistics": statistics(file, faults), "disagreements": faults,
            "pyarrow": [[show(cell) for cell in row] for row in
                        zip(*[column.to_pylist() for column in table.columns])],
            "duckdb": [[show(cell) for cell in row] for row in ours.fetchall()]})
    json.dump(answers, sys.stdout)
    """

  private static let csvScript = """
    import csv, json, sys
    import duckdb, pyarrow, pyarrow.csv

    answers = []
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8-sig", newline="") as file: lines = list(csv.reader(file))
        names = lines[0]
        table = pyarrow.csv.read_csv(
            path, parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types={name: pyarrow.string() for name in names}, null_values=[""],
                strings_can_be_null=True, quoted_strings_can_be_null=False))
        columns = "{" + ",".join("'" + name.replace("'", "''") + "':'VARCHAR'" for name in names) + "}"
        ours = duckdb.sql(
            f"SELECT * FROM read_csv(?, header=true, columns={columns}, delim=',', quote='\\"',"
            " escape='\\"', nullstr='', allow_quoted_nulls=false, auto_detect=false)", params=[path])
        answers.append({
            "names": names, "python": lines[1:], "duckdb": [list(row) for row in ours.fetchall()],
            "pyarrow": [list(row) for row in zip(*[c.to_pylist() for c in table.columns])]})
    json.dump(answers, sys.stdout)
    """
}
