import KarezCore

extension Scope {
  /// The same, held to regions as well; unchanged by none.
  func narrowed(to regions: [String], of schema: DatasetSchema) throws(Problem) -> Scope {
    guard !regions.isEmpty else { return self }
    guard schema.region != nil else {
      throw Wording(
        "export-region-unknown", "该数据集没有行政区代码字段", "the dataset has no attribute of its region",
        do: "去掉 --region", "leave out --region"
      ).problem(.usage, at: schema.id.text)
    }
    let prefixes = (regionPrefixes ?? [""]).flatMap { own in
      regions.compactMap { region in
        region.hasPrefix(own) ? region : own.hasPrefix(region) ? own : nil
      }
    }
    return everywhere.held(to: .regions(Set(prefixes).sorted()))
  }
}
