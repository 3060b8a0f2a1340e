// swift-tools-version: 6.2
import PackageDescription

/// The same strictness everywhere.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

/// The suite runs the release build, so that what is tested is what is shipped.
///
/// Tests look inside its modules. A debug build is for who builds often, or steps through it.
let product =
  settings + [.unsafeFlags(["-enable-testing"], .when(configuration: .release))]

/// Tests themselves are not optimised: that would take longer than it saves.
let testing = settings + [.unsafeFlags(["-Onone"], .when(configuration: .release))]

func library(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: product)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, swiftSettings: product)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestSupport"], exclude: exclude,
    swiftSettings: testing)
}

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")

/// What reads bytes nobody vouches for, as a fuzzer calls it (`Fuzz/`): beside the tests of its
/// seeds, or, for `make fuzz` and with libFuzzer's own `main`, as a program.
let fuzzed: [Target.Dependency] = [
  "KarezAccounts", "KarezCatalog", "KarezCore", "KarezCrypto", "KarezGeometry",
  "KarezIndicators", "KarezPacks", "KarezReading", "KarezReport", "KarezRules", "KarezService",
  "KarezStore", "KarezTiles",
  "KarezWeb", "KarezWorkflow", hummingbird,
]
let fuzz: Target =
  Context.environment["KAREZ_FUZZ"] == nil
  ? .testTarget(
    name: "FuzzTests", dependencies: fuzzed + ["TestSupport"], path: "Fuzz",
    exclude: ["Corpus", "Program", "README.md", "parsers.txt"], swiftSettings: testing)
  : .executableTarget(
    name: "karez-fuzz", dependencies: fuzzed, path: "Fuzz",
    exclude: ["Corpus", "README.md", "Tests", "parsers.txt"], swiftSettings: settings)

// Strata, lowest first: a target depends only on targets above it in this list.
let package = Package(
  name: "karez",
  products: [
    .executable(name: "karez", targets: ["karez"]),
    .executable(name: "karez-reader", targets: ["karez-reader"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
  ],
  targets: [
    .systemLibrary(
      name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
    .systemLibrary(
      name: "CCairo", pkgConfig: "pangocairo",
      providers: [.apt(["libcairo2-dev", "libpango1.0-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CGDAL", pkgConfig: "gdal", providers: [.apt(["libgdal-dev"])]),
    .systemLibrary(name: "CGEOS", pkgConfig: "geos", providers: [.apt(["libgeos-dev"])]),
    .systemLibrary(name: "CPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CPROJ", pkgConfig: "proj", providers: [.apt(["libproj-dev"])]),
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),

    // Rounding is a call into libm, and KarezCore imports nothing that would bring it.
    .target(
      name: "KarezCore", swiftSettings: product, linkerSettings: [.linkedLibrary("m")]),
    library("KarezTables", ["KarezCore"]),
    library("KarezCrypto", ["CArgon2", "CCrypto", "KarezCore"]),
    library("KarezGeometry", ["CGEOS", "CPROJ", "KarezCore"]),
    library("KarezReading", ["KarezCore", "KarezGeometry", "KarezTables"]),
    library("KarezRules", ["KarezCore"]),
    library("KarezWorkflow", ["KarezCore", "KarezRules"]),
    library("KarezAccounts", ["KarezCore"]),
    library("KarezIndicators", ["KarezCore", "KarezRules"]),
    library(
      "KarezStore",
      ["CPQ", "CSQLite", "KarezAccounts", "KarezCore", "KarezCrypto", "KarezGeometry", grdb]),
    library(
      "KarezWriting",
      ["KarezCore", "KarezGeometry", "KarezReading", "KarezStore", "KarezTables"]),
    library("KarezCatalog", ["KarezCore", "KarezGeometry", "KarezRules", "KarezStore"]),
    library("KarezTiles", ["CCairo", "KarezCore", "KarezGeometry", "KarezStore"]),
    library(
      "KarezPacks",
      [
        "KarezAccounts", "KarezCore", "KarezCrypto", "KarezIndicators", "KarezRules",
        "KarezWorkflow",
      ]),
    library("KarezSynth", ["KarezCore", "KarezGeometry", "KarezPacks", "KarezStore"]),
    library(
      "KarezService",
      [
        "KarezAccounts", "KarezCatalog", "KarezCore", "KarezCrypto", "KarezGeometry",
        "KarezIndicators", "KarezPacks", "KarezReading", "KarezRules", "KarezStore", "KarezSynth",
        "KarezTables", "KarezTiles",
        "KarezWorkflow",
        "KarezWriting",
      ]),
    library(
      "KarezReport",
      [
        "KarezCatalog", "KarezCore", "KarezGeometry", "KarezPacks", "KarezRules", "KarezService",
        "KarezStore", "KarezTiles", mustache,
      ]),
    library(
      "KarezWeb",
      [
        "KarezAccounts", "KarezCore", "KarezGeometry", "KarezIndicators", "KarezPacks",
        "KarezReport", "KarezRules", "KarezService", "KarezStore", "KarezTiles", "KarezWorkflow",
        "KarezWriting", hummingbird,
        logging,
      ]),

    program(
      "karez-reader",
      ["CGDAL", "CSQLite", "KarezCore", "KarezGeometry", "KarezReading", "KarezTables"]),
    program(
      "karez",
      [
        "KarezAccounts", "KarezCore", "KarezCrypto", "KarezIndicators", "KarezPacks",
        "KarezReport", "KarezRules", "KarezService", "KarezStore", "KarezWeb", "KarezWorkflow",
        "KarezWriting", argumentParser,
        logging,
      ]),

    .target(
      name: "TestSupport", dependencies: ["KarezCore"], path: "Tests/TestSupport",
      swiftSettings: testing),
    tests("KarezCoreTests", ["KarezCore"]),
    tests("KarezTablesTests", ["KarezCore", "KarezTables"], exclude: ["Goldens"]),
    tests("KarezCryptoTests", ["KarezCore", "KarezCrypto"]),
    tests("KarezGeometryTests", ["KarezCore", "KarezGeometry"], exclude: ["Goldens", "Cases"]),
    tests(
      "KarezReadingTests",
      ["CSQLite", "karez-reader", "KarezCore", "KarezGeometry", "KarezReading"]),
    tests("KarezRulesTests", ["KarezCore", "KarezRules"]),
    tests(
      "KarezWorkflowTests", ["KarezCore", "KarezPacks", "KarezRules", "KarezWorkflow"],
      exclude: ["due_dates.py"]),
    tests("KarezAccountsTests", ["KarezAccounts", "KarezCore"]),
    tests("KarezIndicatorsTests", ["KarezCore", "KarezIndicators", "KarezRules"]),
    tests(
      "KarezStoreTests",
      ["KarezAccounts", "KarezCore", "KarezCrypto", "KarezGeometry", "KarezStore", grdb]),
    tests(
      "KarezWritingTests",
      [
        "karez-reader", "KarezCore", "KarezGeometry", "KarezReading", "KarezStore", "KarezTables",
        "KarezWriting",
      ]),
    tests(
      "KarezCatalogTests",
      ["KarezCatalog", "KarezCore", "KarezGeometry", "KarezPacks", "KarezRules", "KarezStore"]),
    tests(
      "KarezSynthTests",
      ["KarezCore", "KarezCrypto", "KarezGeometry", "KarezPacks", "KarezSynth", grdb]),
    tests("KarezTilesTests", ["KarezCore", "KarezGeometry", "KarezStore", "KarezTiles"]),
    tests(
      "PackTests",
      [
        "KarezAccounts", "KarezCore", "KarezIndicators", "KarezPacks", "KarezRules",
        "KarezWorkflow", grdb,
      ]),
    tests(
      "KarezServiceTests",
      [
        "KarezAccounts", "KarezCore", "KarezCrypto", "KarezGeometry", "KarezIndicators",
        "KarezPacks", "KarezRules", "KarezService", "KarezStore", "KarezTables", "KarezWorkflow",
      ]),
    tests(
      "KarezReportTests",
      [
        "KarezCore", "KarezGeometry", "KarezReport", "KarezRules", "KarezService", "KarezTiles",
      ],
      exclude: ["Goldens"]),
    tests(
      "KarezWebTests",
      [
        "KarezCore", "KarezCrypto", "KarezGeometry", "KarezPacks", "KarezReport", "KarezService",
        "KarezStore", "KarezTiles", "KarezWeb", "KarezWorkflow", "KarezWriting", logging,
      ]),
    tests("EndToEndTests", ["KarezCore"]),
    tests("TidyTests", ["KarezCore"]),
    fuzz,
  ],
  swiftLanguageModes: [.v6]
)
