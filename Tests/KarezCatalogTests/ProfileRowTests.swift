import KarezCatalog
import KarezCore
import KarezGeometry
import Testing

/// Rules of the packs' profiles that a row shows by itself: one that passes, one that does not,
/// and one on the boundary.
@Suite struct ProfileRowTests {
  static func patch(
    _ landClass: String, areaM2: Double = 1_000, _ more: [String: String] = [:]
  ) throws -> Submission.Row {
    Submission.Row(
      [
        "identifier": "1", "land_class": landClass, "location_code": "110101001001",
        "slope_grade": landClass.hasPrefix("01") ? "1" : "",
      ].merging(more) { $1 }, try Submission.square(76, 39, areaM2: areaM2))
  }

  static let leastAreas: [(String, Double, String?)] = [
    ("0702", 200, nil), ("0702", 199.99, "the area is 199.99 m², less than the least of 200 m²"),
    ("1202", 200, nil), ("1202", 199.99, "the area is 199.99 m², less than the least of 200 m²"),
    ("0102", 400, nil), ("0102", 399.99, "the area is 399.99 m², less than the least of 400 m²"),
    ("1206", 600, nil), ("1206", 599.99, "the area is 599.99 m², less than the least of 600 m²"),
    // What prints as the least area is the least area.
    ("0702", 199.996, nil),
  ]

  @Test(arguments: leastAreas)
  func `a patch is as large as its class asks`(
    landClass: String, area: Double, message: String?
  ) async throws {
    try await Submission.with { map in
      let found = try await map.findings(
        "land-patches", [try Self.patch(landClass, areaM2: area)],
        rules: "land-patches/minimum-area")
      let remedy = "merge it into a neighbour, or check its class"
      #expect(
        found == (message.map { ["land-patches/minimum-area 1: \($0); \(remedy)"] } ?? []))
    }
  }

  static let widths: [(String, Double, Bool)] = [
    ("1006", 2, false), ("1006", 1.9, true), ("1107", 1.5, true), ("0102", 1.5, false),
  ]

  @Test(arguments: widths)
  func `a linear patch is as wide as its class asks`(
    landClass: String, width: Double, isNarrow: Bool
  ) async throws {
    try await Submission.with { map in
      var row = try Self.patch(landClass)
      row.geometry = try Submission.rectangle(76, 39, width: width, length: 600)
      let found = try await map.findings(
        "land-patches", [row], rules: "land-patches/minimum-width")
      #expect(found.isEmpty != isNarrow, "\(found)")
      if width == 1.5, isNarrow {
        #expect(
          found == [
            "land-patches/minimum-width 1: it is 1.50 m at its widest, less than the least of "
              + "2 m; draw it as a line, or merge it into a neighbour"
          ])
      }
    }
  }

  static let combinations: [(String, [String: String], [String])] = [
    ("0103", ["slope_grade": "1"], []),
    (
      "0103", ["slope_grade": ""],
      ["slope-grade-stated 1: Slope grade is empty; state the grade, 1 to 5"]
    ),
    (
      "0301", ["slope_grade": "2"],
      ["slope-grade-elsewhere 1: Slope grade must be empty, and is “2”; empty it"]
    ),
    ("0103", ["slope_grade": "2", "ridge_share": "0.08", "ridge_area": "80"], []),
    (
      "0103", ["slope_grade": "2"],
      [
        "ridge-share-stated 1: Ridge share is empty; state it",
        "ridge-share-stated 1: Ridge area is empty; state it",
      ]
    ),
    ("0103", ["slope_grade": "1", "ridge_share": "0", "ridge_area": "0"], []),
    (
      "0103", ["slope_grade": "1", "ridge_share": "0.08"],
      [
        "ridge-share-elsewhere 1: no ridges are deducted here, yet the share is 0.08 and the "
          + "area –; empty both, or write 0"
      ]
    ),
  ]

  @Test(arguments: combinations)
  func `slope grades and ridge shares stand where they belong`(
    landClass: String, values: [String: String], expected: [String]
  ) async throws {
    try await Submission.with { map in
      let row = try Self.patch(landClass, values)
      let found = try await map.findings("land-patches", [row], rules: "land-patches/slope-grade")
      let ridges = try await map.findings("land-patches", [row], rules: "land-patches/ridge-share")
      #expect(found + ridges == expected.map { "land-patches/" + $0 })
    }
  }

  static let sums: [([String: String], [String])] = [
    // 1000.00 × 0.0833 = 83.30; 916.70 is left.
    (["recorded_area": "1000", "ridge_area": "83.3", "class_area": "916.7"], []),
    (
      ["recorded_area": "1000", "ridge_area": "83.31", "class_area": "916.69"],
      ["ridge-area 1: the ridge area 83.31 is not the patch's 1000 × 0.0833; compute it anew"]
    ),
    (
      ["recorded_area": "1000", "ridge_area": "83.3", "class_area": "916.71"],
      ["class-area 1: the net class area 916.71 is not 1000 less 83.3; compute it anew"]
    ),
    // Rounded to two decimals: 1000.06 × 0.0833 = 83.304998.
    (["recorded_area": "1000.06", "ridge_area": "83.3", "class_area": "916.76"], []),
  ]

  @Test(arguments: sums)
  func `ridge area and net area are what the patch gives`(
    values: [String: String], expected: [String]
  ) async throws {
    try await Submission.with { map in
      let row = try Self.patch(
        "0103", ["slope_grade": "2", "ridge_share": "0.0833"].merging(values) { $1 })
      let ridge = try await map.findings("land-patches", [row], rules: "land-patches/ridge-area")
      let net = try await map.findings("land-patches", [row], rules: "land-patches/class-area")
      #expect(ridge + net == expected.map { "land-patches/" + $0 })
    }
  }

  @Test(arguments: [(1_000.1, false), (1_000.11, true), (999.9, false), (999.89, true)])
  func `a recorded area may differ by a ten-thousandth`(
    recorded: Double, isTold: Bool
  ) async throws {
    try await Submission.with { map in
      let row = try Self.patch("0301", ["recorded_area": "\(recorded)"])
      let found = try await map.findings(
        "land-patches", [row], rules: "land-patches/recorded-area")
      #expect(found.isEmpty != isTold, "\(found)")
    }
  }

  @Test(arguments: [
    ("1948-12-31", true), ("1949-01-01", false), ("2100-12-31", false), ("2101-01-01", true),
  ])
  func `a date is from 1949 until 2100`(day: String, isTold: Bool) async throws {
    try await Submission.with { map in
      let row = Submission.Row(
        ["parcel_code": "110101001001GB00001", "registered_on": day],
        try Submission.square(76, 39, areaM2: 500))
      let found = try await map.findings("parcels", [row], rules: "every-dataset/")
      let message =
        "every-dataset/plausible-date 1: Registered on \(day) is not from 1949-01-01 until "
        + "2101-01-01 (exclusive); check the date"
      #expect(found == (isTold ? [message] : []))
    }
  }

  static let units: [(String, String?)] = [
    ("110101001001GB00001F00010001", nil), ("110101001001GB00001W00000000", nil),
    // A tail of two letters and seven digits, as some programs write it.
    ("110101001001GB00001FW0000001", "character 21 is no digit"),
    ("110101001001GB00001F0001001", "27 characters, not 28"),
    ("110101001001GB00001W00000001", "the feature codes do not go together"),
    ("110101001001GA00001F00010001", "the feature codes do not go together"),
    ("110101001001JA00001F00010001", nil),
  ]

  @Test(arguments: units)
  func `a real-estate unit code is built as the standard says`(
    code: String, fault: String?
  ) async throws {
    try await Submission.with { map in
      let row = Submission.Row(
        ["unit_code": code, "parcel_code": "110101001001GB00001"],
        try Submission.square(76, 39, areaM2: 500))
      let found = try await map.findings("real-estate-units", [row], rules: "format-wrong")
      let message = fault.map {
        "format-wrong 1: Real-estate unit code “\(code)” is not a real-estate unit code: \($0); "
          + "correct it"
      }
      #expect(found == [message].compactMap(\.self))
    }
  }
}
