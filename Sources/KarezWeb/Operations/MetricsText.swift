import KarezCore

/// Text of Prometheus' exposition format 0.0.4, which OpenMetrics' readers take too.
struct MetricsText {
  static let type = "text/plain; version=0.0.4; charset=utf-8"

  enum Kind: String {
    case counter
    case gauge
    case histogram
  }

  typealias Labels = [(name: String, value: String)]

  private(set) var text = ""

  /// A metric with what it says, and all its values.
  mutating func add(
    _ name: String, _ kind: Kind, _ help: String, _ values: [(Labels, Double)]
  ) {
    guard !values.isEmpty else { return }
    head(name, kind, help)
    for (labels, value) in values { line(name, labels, value) }
  }

  /// A metric of one value; left out where it is not known.
  mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double?) {
    add(name, kind, help, value.map { [([], $0)] } ?? [])
  }

  /// Counts of times by upper bounds, as sums from the least on.
  mutating func add(
    _ name: String, _ help: String, _ values: [(Labels, RequestCounts.Times)]
  ) {
    guard !values.isEmpty else { return }
    head(name, .histogram, help)
    for (labels, times) in values {
      var sum = 0
      for (bound, count) in zip(RequestCounts.bounds, times.counts) {
        sum += count
        line(name + "_bucket", labels + [("le", Self.number(bound))], Double(sum))
      }
      line(name + "_bucket", labels + [("le", "+Inf")], Double(times.count))
      line(name + "_sum", labels, times.sum)
      line(name + "_count", labels, Double(times.count))
    }
  }

  private mutating func head(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
  }

  private mutating func line(_ name: String, _ labels: Labels, _ value: Double) {
    let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
    let list = pairs.isEmpty ? "" : "{" + pairs.joined(separator: ",") + "}"
    text += name + list + " " + Self.number(value) + "\n"
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
    return "\(value)"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    let plain = text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    return quotes ? plain.replacing("\"", with: "\\\"") : plain
  }
}
