/// 更新周期: how often a dataset is to be brought up to date.
public enum UpdateCycle: String, CaseIterable, Hashable, Sendable {
  /// Every event is recorded when it happens.
  case continuous
  case daily
  case monthly
  case quarterly
  case yearly
  case fiveYearly = "five-yearly"
  /// When its subject changes, which may be never.
  case asNeeded = "as-needed"
}

/// 法律依据: the article that makes a dataset exist, as the packs' laws name it.
public struct LegalBasis: Hashable, Sendable {
  /// `cn/land-administration-law/2019`.
  public let law: String
  /// `35`, or `35(1)`.
  public let article: String

  public init(law: String, article: String) {
    self.law = law
    self.article = article
  }
}

/// 目录信息: what the catalogue says of a dataset, besides the form of its features.
public struct CatalogueEntry: Hashable, Sendable {
  public let summary: LocalizedText
  public let cycle: UpdateCycle
  /// Empty for a dataset that rests on no law, such as one for trying a file.
  public let basis: [LegalBasis]

  public init(summary: LocalizedText, cycle: UpdateCycle, basis: [LegalBasis]) {
    self.summary = summary
    self.cycle = cycle
    self.basis = basis
  }
}
