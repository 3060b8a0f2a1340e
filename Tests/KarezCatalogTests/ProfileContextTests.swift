import KarezCatalog
import KarezCore
import KarezGeometry
import Testing

/// Rules of the packs' profiles that rest on other datasets, or on what was recorded before.
@Suite struct ProfileContextTests {
  static func village(_ code: String, x: Double) throws -> Submission.Row {
    Submission.Row(
      [
        "village_code": code, "name": "v", "township_code": String(code.prefix(9)),
        "county_code": String(code.prefix(6)),
      ], try Drafting.square(x: x, y: 39, side: 0.01))
  }

  static func patch(_ id: String, in village: String, x: Double, side: Double = 0.01) throws
    -> Submission.Row
  {
    Submission.Row(
      ["identifier": id, "land_class": "0301", "location_code": village],
      try Drafting.square(x: x, y: 39, side: side))
  }

  @Test func `a patch lies in the village its code names`() async throws {
    try await Submission.with { map in
      try await map.record(
        "villages",
        [try Self.village("110101001001", x: 76), try Self.village("110101001002", x: 76.01)],
        from: "2024-01-01")
      let rules = "land-patches/village"
      let good = [
        try Self.patch("1", in: "110101001001", x: 76),
        try Self.patch("2", in: "110101001002", x: 76.01),
      ]
      let village = "land-patches/village "
      let passed = try await map.findings("land-patches", good, rules: rules)
      #expect(passed.filter { $0.hasPrefix(village) } == [])
      let swapped = [
        try Self.patch("1", in: "110101001002", x: 76),
        try Self.patch("2", in: "110101001009", x: 76.01),
      ]
      let found = try await map.findings("land-patches", swapped, rules: rules)
      let remedy = "check the location code or the boundary"
      guard case .polygons(let square) = try Drafting.square(x: 76, y: 39, side: 0.01) else {
        return
      }
      let area = square.statutoryArea().text
      #expect(
        found.filter { $0.hasPrefix(village) }.sorted() == [
          "\(village)1: \(area) m² of it lie outside feature 110101001002 of dataset villages; "
            + remedy,
          "\(village)2: \(area) m² of it lie outside feature 110101001009 of dataset villages; "
            + remedy,
        ])
    }
  }

  @Test func `without villages the rules on them say that they were not asked`() async throws {
    try await Submission.with { map in
      let rows = [try Self.patch("1", in: "110101001001", x: 76)]
      let found = try await map.findings("land-patches", rows, rules: "reference-unchecked")
      #expect(found.count == 2, "\(found)")
    }
  }

  @Test func `the patches of a village sum to its area`() async throws {
    try await Submission.with { map in
      try await map.record(
        "villages", [try Self.village("110101001001", x: 76)], from: "2024-01-01")
      guard case .polygons(let square) = try Drafting.square(x: 76, y: 39, side: 0.01) else {
        return
      }
      let area = square.statutoryArea().squareMetres
      for (difference, isTold) in [(0.0, false), (0.9, false), (1.1, true), (-1.1, true)] {
        var row = try Self.patch("1", in: "110101001001", x: 76)
        row.values["recorded_area"] = "\(area + difference)"
        let found = try await map.findings(
          "land-patches", [row], rules: "land-patches/village-closure")
        #expect(found.isEmpty != isTold, "\(difference): \(found)")
      }
    }
  }

  @Test func `the county of a parcel code existed when the parcel was registered`() async throws {
    try await Submission.with { map in
      func county(_ code: String) throws -> Submission.Row {
        Submission.Row(
          ["county_code": code, "name": "c"], try Drafting.square(x: 76, y: 39, side: 0.1))
      }
      try await map.record("counties", [try county("110101")], from: "2010-01-01")
      try await map.record("counties", [try county("110102")], from: "2020-01-01")
      let cases: [(String, String, Bool)] = [
        ("110101", "2019-12-31", false), ("110101", "2020-01-01", true),
        ("110102", "2020-01-01", false), ("110102", "2019-12-31", true),
        ("110103", "2021-01-01", true),
        // Before the first state of the counties nobody knows.
        ("110103", "2009-12-31", false),
      ]
      for (code, day, isTold) in cases {
        let row = Submission.Row(
          ["parcel_code": code + "001001GB00001", "registered_on": day],
          try Submission.square(76, 39, areaM2: 500))
        let found = try await map.findings("parcels", [row], rules: "parcels/county")
        let message =
          "parcels/county 1: Parcel code names \(code), which dataset counties does not have on "
          + "\(day); check the code and the day"
        #expect(found == (isTold ? [message] : []))
      }
    }
  }

  @Test func `a parcel code that ended does not come back, and a parcel stays where it lies`()
    async throws
  {
    try await Submission.with { map in
      func parcel(_ serial: String, x: Double) throws -> Submission.Row {
        Submission.Row(
          ["parcel_code": "110101001001GB0000\(serial)"],
          try Submission.square(x, 39, areaM2: 500))
      }
      try await map.record(
        "parcels", [try parcel("1", x: 76), try parcel("2", x: 76.1)], from: "2023-01-01")
      try await map.record("parcels", [try parcel("1", x: 76)], from: "2024-01-01")
      let again = [try parcel("1", x: 76.002), try parcel("2", x: 76.1), try parcel("3", x: 77)]
      let retired = try await map.findings("parcels", again, rules: "parcels/retired")
      #expect(
        retired == [
          "parcels/retired 2: identifier 110101001001GB00002 ended on 2024-01-01 and is never "
            + "used again; give the feature a new one"
        ])
      let moved = try await map.findings("parcels", again, rules: "parcels/movement")
      #expect(moved.count == 1 && moved[0].contains("it lies 173."), "\(moved)")
      // A correction of the past does not know what ended later.
      let past = try await map.findings(
        "parcels", [try parcel("2", x: 76.1)], on: "2023-06-01", rules: "parcels/retired")
      #expect(past == [])
    }
  }

  @Test func `codes of townships and villages contain one another`() async throws {
    try await Submission.with { map in
      var row = try Self.village("110101001001", x: 76)
      #expect(try await map.findings("villages", [row], rules: "villages/code") == [])
      row.values["township_code"] = "110101002"
      #expect(
        try await map.findings("villages", [row], rules: "villages/code") == [
          "villages/code 1: codes 110101001001, 110101002, 110101 do not contain one another; "
            + "check the three codes"
        ])
    }
  }
}
