import Foundation
import KarezCore
import KarezPacks
import KarezSynth
import TestSupport
import Testing

/// What is generated is what the packs' schemas describe.
@Suite struct SchemaTests {
  static let library = Result {
    try PackLibrary.load(from: Places.repository.appending(path: "Packs").path)
  }

  @Test(arguments: SynthLayer.allCases)
  func `a layer has the attributes of its schema, with values from its code tables`(
    layer: SynthLayer
  ) throws {
    let library = try Self.library.get()
    let id = try #require(DatasetID(layer.rawValue))
    let schema = try #require(library.schema(id), "no schema of \(layer.rawValue)")
    #expect(schema.geometry == layer.geometry)
    let fields = Dictionary(uniqueKeysWithValues: layer.fields.map { ($0.name, $0.type) })
    #expect(layer.fields.first?.name == schema.identifier)
    for attribute in schema.attributes where attribute.isRequired {
      #expect(fields[attribute.name] != nil, "\(attribute.name) is required")
    }
    let features = try SynthCountryTests.made.get()[layer]
    try #require(!features.isEmpty)
    for (name, type) in fields {
      let attribute = try #require(schema.attributes.first { $0.name == name }, "\(name)")
      #expect(attribute.type == type, "\(name)")
      guard let table = attribute.codes else { continue }
      let codes = Set(try #require(library.codeTables[table], "\(table)").rows.map(\.code))
      let values = Set(features.compactMap { $0.values[name] })
      #expect(values.isSubset(of: codes), "\(name): \(values.subtracting(codes).sorted())")
    }
  }

  @Test func `the codes of a region pack are land classes`() throws {
    let library = try Self.library.get()
    let codes = Set(try #require(library.codeTables["land-classes"]).rows.map(\.code))
    try #require(!RegionTests.packs.isEmpty)
    for adcode in RegionTests.packs {
      let region = try Region(folder: RegionTests.folder.appending(path: adcode).path)
      #expect(Set(region.classCodes.map(\.code)).isSubset(of: codes))
    }
  }

  @Test func `sites have purposes the packs know`() throws {
    let purposes = Set(try #require(try Self.library.get().purposes).rows.map(\.code))
    let sites = try SynthCountryTests.made.get().truth["sites"]?.array ?? []
    try #require(!sites.isEmpty)
    for site in sites { #expect(purposes.contains(site["purpose"]?.string ?? "")) }
  }
}
