import KarezCore
import KarezGeometry
import KarezStore

@testable import KarezService

/// What programs send under `/ogc`: features and changes of them, and executions of processes.
enum ServiceBodyTarget: FuzzTarget {
  static let name = "service-body"

  static func feed(_ bytes: [UInt8]) {
    guard let text = text(bytes), let json = try? JSONValue(parsing: text),
      let schema = FuzzedSchema.landPatches
    else {
      return
    }
    for process in MapProcess.allCases {
      if let order = try? ExecutionOrder(execution: json, of: process) {
        hold(order.process == process, "an order of its process")
      }
      if let inputs = try? ProcessInputs(inputs: json, of: process) {
        let again = try? ProcessInputs(inputs: .object(inputs.said), of: process)
        hold(again?.said == inputs.said, "inputs that are kept are read again")
      }
    }
    let known = Feature(id: "7", geometry: nil, attributes: ["number": .text("7")])
    for crs in [OfferedCRS.crs84, .cgcs2000] {
      guard let body = try? FeatureBody(feature: json, of: schema, in: crs) else { continue }
      if let feature = try? body.feature(named: "7") {
        hold(feature.id == "7", "a feature is what its address calls it")
        hold(feature.attributes["number"] == .text("7"), "and so is its attribute")
      }
      if let feature = try? body.feature() { hold(!feature.id.isEmpty, "a name") }
      if let changed = try? body.changes(of: known) { hold(changed.id == "7", "no other name") }
    }
    _ = AttributeValue(json, as: .date)
    _ = AttributeValue(plain: json)
  }
}
