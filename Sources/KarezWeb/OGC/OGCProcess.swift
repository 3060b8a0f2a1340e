import KarezCore
import KarezReport
import KarezService

/// A process as its description has it, in the words of one language.
///
/// - Source: OGC API Processes, part 1, `process.yaml`.
struct OGCProcess {
  static let version = "1.0.0"
  static let execute = "http://www.opengis.net/def/rel/ogc/1.0/execute"

  let process: MapProcess
  let words: MessageCatalogue
  /// Codes of purposes in force.
  let purposes: [String]
  /// Datasets in reach, and those of them that are of polygons.
  let datasets: [String]
  let polygons: [String]

  init(
    _ process: MapProcess, _ words: MessageCatalogue, purposes: [String], schemas: [DatasetSchema]
  ) {
    self.process = process
    self.words = words
    self.purposes = purposes
    datasets = schemas.map(\.id.text)
    polygons = schemas.filter { $0.geometry == .polygon }.map(\.id.text)
  }

  private var key: String { "process_" + process.rawValue.replacing("-", with: "_") }
  var title: String { words.text(key) }
  var intro: String { words.text(key + "_intro") }

  /// What stands in the list of processes.
  func summary(_ address: OGCAddresses, own: [OGCLink]) -> JSONValue {
    .object(summaryMembers(address, own: own))
  }

  private func summaryMembers(
    _ address: OGCAddresses, own: [OGCLink]
  ) -> [String: JSONValue] {
    let place = address("/processes/" + process.rawValue)
    let links =
      (own.isEmpty
        ? [OGCLink(relation: "self", type: "application/json", address: place, title: title)]
        : own)
      + [
        OGCLink(
          relation: Self.execute, type: "application/json", address: place + "/execution",
          title: words.text("process_execute"))
      ]
    return [
      "id": .string(process.rawValue), "title": .string(title), "description": .string(intro),
      "version": .string(Self.version),
      "jobControlOptions": .array(
        ["sync-execute", "async-execute", "dismiss"].map(JSONValue.string)),
      "outputTransmission": .array(
        (process.isKept ? ["value", "reference"] : ["value"]).map(JSONValue.string)),
      "links": .array(links.map(\.json)),
    ]
  }

  func description(_ address: OGCAddresses, own: [OGCLink]) -> JSONValue {
    var members = summaryMembers(address, own: own)
    members["inputs"] = .object(
      Dictionary(uniqueKeysWithValues: process.inputs.map { ($0.name, json($0)) }))
    members["outputs"] = .object([
      process.output: .object([
        "title": .string(words.text("process_output_" + process.output)),
        "schema": .object([
          "type": .string("object"), "contentMediaType": .string("application/json"),
        ]),
      ])
    ])
    return .object(members)
  }

  func title(of input: MapProcess.Input) -> String {
    words.text("process_input_" + input.name.lowercased())
  }

  private func json(_ input: MapProcess.Input) -> JSONValue {
    .object([
      "title": .string(title(of: input)), "schema": schema(of: input.kind),
      "minOccurs": .integer(input.isRequired ? 1 : 0), "maxOccurs": .integer(1),
    ])
  }

  private func schema(of kind: MapProcess.Kind) -> JSONValue {
    func type(_ name: String, _ more: [String: JSONValue] = [:]) -> JSONValue {
      .object(["type": .string(name)].merging(more) { $1 })
    }
    // A list of nothing would be no schema.
    func choice(_ codes: [String]) -> JSONValue {
      codes.isEmpty
        ? type("string") : type("string", ["enum": .array(codes.map(JSONValue.string))])
    }
    return switch kind {
    case .shape:
      type(
        "object", ["format": .string("geojson-geometry"), "required": .array([.string("type")])])
    case .purpose: choice(purposes)
    case .documents: type("array", ["items": type("string"), "maxItems": .integer(100)])
    case .dataset(let ofPolygons): choice(ofPolygons ? polygons : datasets)
    case .day: type("string", ["format": .string("date")])
    case .commit: type("integer", ["minimum": .integer(0)])
    case .text: type("string", ["maxLength": .integer(256)])
    case .flag: type("boolean")
    case .count(let most):
      type("integer", ["minimum": .integer(1), "maximum": .integer(Int64(most))])
    case .measure: type("number", ["minimum": .integer(0)])
    }
  }

  /// What an input has to be, for people.
  func kind(of input: MapProcess.Input) -> String {
    switch input.kind {
    case .shape: "GeoJSON"
    case .purpose, .documents, .dataset: words.text("process_code")
    case .day: words.text("type_date")
    case .commit, .count: words.text("type_integer")
    case .text: words.text("type_text")
    case .flag: words.text("type_boolean")
    case .measure: words.text("type_decimal")
    }
  }
}
