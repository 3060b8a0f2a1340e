import Foundation
import KarezCore
import KarezCrypto
import KarezPacks
import KarezStore

/// What a bundle is to carry, as files in the clear, and what is said of it.
struct ExchangeContents {
  let files: [URL]
  let parts: [ExchangeManifest.Part]
  let derivation: ExchangeManifest.Derivation?
  /// What an edition has not got, by name; stays here.
  let leftOut: EditionLeftOut?
  /// What the recipient holds with it; nil where it adds nothing.
  let ground: (change: RecordChange, said: [String: JSONValue])?

  var classification: Classification { parts.map(\.classification).max() ?? .public }
}

/// Makes the content of one order.
struct ExchangeMaking {
  let exchange: Exchange
  let order: ExchangeOrder
  let partner: ExchangePartner
  let rules: ExchangeRules
  let scope: Scope
  let folder: URL

  private var map: OneMap { exchange.map }

  /// - Errors: forbidden where something in it is above the recipient's zone, or the recipient
  ///   would hold too much ground.
  func contents(by actor: Actor) async throws(Problem) -> ExchangeContents {
    var delivery = try await map.delivery(to: partner, under: rules.meter)
    do throws(Problem) {
      let (files, parts, derivation, leftOut) = try await made(&delivery)
      guard !parts.isEmpty else { throw .exchangeEmpty }
      for part in parts where part.classification > partner.zone.ceiling {
        throw .exchangeAbove(part.classification, partner.zone, at: part.dataset.text)
      }
      return ExchangeContents(
        files: files, parts: parts, derivation: derivation, leftOut: leftOut,
        ground: try delivery.conclusion())
    } catch {
      try await map.noteRefused(error, by: actor)
      throw error
    }
  }

  private typealias Made = (
    files: [URL], parts: [ExchangeManifest.Part], derivation: ExchangeManifest.Derivation?,
    leftOut: EditionLeftOut?
  )

  private func made(_ delivery: inout GroundDelivery) async throws(Problem) -> Made {
    guard let edition = try await exchange.edition(of: order, for: partner, rules) else {
      var made: Made = ([], [], nil, nil)
      for dataset in order.datasets {
        guard let (file, part) = try await changes(of: dataset, &delivery) else { continue }
        made.files.append(file)
        made.parts.append(part)
      }
      return made
    }
    var making = EditionMaking(
      map: map, rule: edition, order: order, scope: scope, folder: folder,
      meter: rules.meter, delivery: delivery)
    let (files, parts) = try await making.parts()
    delivery = making.delivery
    return (files, parts, making.derivation(under: rules), making.leftOut)
  }

  /// The changes of a dataset since what the recipient has; nil where there are none.
  private func changes(
    of name: String, _ delivery: inout GroundDelivery
  ) async throws(Problem) -> (URL, ExchangeManifest.Part)? {
    var increment = IncrementOrder(dataset: name, since: order.since ?? CommitNumber.none)
    increment.through = order.recorded
    increment.regions = order.regions
    let package = try await map.increment(increment, in: scope)
    guard !package.isEmpty else { return nil }
    let schema = try await map.schema(of: name, in: scope)
    if rules.meter.counts(schema.id) { try delivery.take(package) }
    let text = Array(package.text.utf8)
    let file = folder.appending(path: name + ".jsonl")
    try OutputFile.write(text, to: file.path)
    let part = ExchangeManifest.Part(
      dataset: package.dataset, form: .increment, validOn: nil,
      features: Int64(package.changes.count), bytes: Int64(text.count),
      sm3: SM3.digest(text).description, classification: package.classification(in: schema))
    return (file, part)
  }
}

extension IncrementPackage {
  /// The highest class of what is in it.
  func classification(in schema: DatasetSchema) -> Classification {
    var names: Set<String> = []
    for feature in changes.lazy.flatMap(\.rows).compactMap(\.content) {
      for (name, value) in feature.attributes where value != .null { names.insert(name) }
    }
    return schema.classification(of: names)
  }
}

extension DatasetSchema {
  /// The highest class among the dataset and some of its attributes.
  func classification(of names: Set<String>) -> Classification {
    attributes.filter { names.contains($0.name) }.map(\.classification)
      .reduce(classification, max)
  }
}
