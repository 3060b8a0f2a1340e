public import KarezCore

/// 双人办理事项: one thing nobody does alone: who may propose it, who may agree.
public struct TwoPersonAct: Hashable, Sendable {
  /// What the program knows how to hold back until a second person agrees.
  public enum Name: String, CaseIterable, Hashable, Sendable {
    case roleGrant = "role-grant"
    case submission
    case controlLine = "control-line"
    case classification
    case zonePublication = "zone-publication"
    case packPublication = "pack-publication"
    case exchangePartner = "exchange-partner"
    case accessRestoration = "access-restoration"
    case dataRelease = "data-release"
  }

  /// A way an act may go that one person takes alone.
  public enum Lone: String, CaseIterable, Hashable, Sendable {
    /// 定高: to a stricter level.
    case raise
  }

  public let name: Name
  public let title: LocalizedText
  /// Any of them is enough.
  public let propose: Set<Permission>
  public let approve: Set<Permission>
  /// The datasets it is about; nil is all of them.
  public let datasets: Set<String>?
  /// What of it takes effect at once, by one person.
  public let alone: Set<Lone>
  /// A proposal nobody agreed to by then is over.
  public let lapseSeconds: Int
  public let certainty: Certainty
  public let source: LocalizedText

  public func concerns(_ dataset: String) -> Bool { datasets?.contains(dataset) ?? true }
}

/// Which acts need a second person, as `Packs/two-persons.yaml` states them.
public struct TwoPersonActs: Hashable, Sendable {
  /// What its file is called in the packs' folder.
  public static let file = "two-persons.yaml"

  /// In the order of the file; an act that is not in it needs nobody else.
  public let acts: [TwoPersonAct]

  public subscript(name: TwoPersonAct.Name) -> TwoPersonAct? { acts.first { $0.name == name } }

  /// The act, where it is needed for this dataset.
  public func act(_ name: TwoPersonAct.Name, on dataset: String) -> TwoPersonAct? {
    self[name].flatMap { $0.concerns(dataset) ? $0 : nil }
  }

  /// Reads `two-persons.yaml` of the packs' folder; `datasets` are those there are.
  ///
  /// - Errors: `RulePackError.refused` with every fault found.
  public static func load(
    from folder: String, datasets: Set<String>
  ) throws(RulePackError) -> TwoPersonActs {
    let bytes: [UInt8]
    do throws(PackFault) {
      bytes = try PackFolder.read(folder + "/" + file, named: file).bytes
    } catch {
      throw .refused([error])
    }
    return try read(bytes, datasets: datasets)
  }

  /// The acts of a text.
  public static func read(
    _ bytes: [UInt8], datasets: Set<String>
  ) throws(RulePackError) -> TwoPersonActs {
    var reader = TwoPersonsFile(datasets: datasets)
    reader.read(try PackNode.read(bytes, file: file))
    guard reader.faults.isEmpty else { throw .refused(reader.faults) }
    return TwoPersonActs(acts: reader.acts)
  }
}
