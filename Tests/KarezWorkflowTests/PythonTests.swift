import Foundation
import KarezCore
import KarezWorkflow
import TestSupport
import Testing

/// Due dates against a calculation in another language that counts day by day.
@Suite struct PythonTests {
  static let python = [
    Places.repository.appending(path: ".venv/bin/python").path, "/usr/bin/python3",
  ].first { FileManager.default.isExecutableFile(atPath: $0) }

  struct Sample {
    let run: ClockRun
    let line: String
  }

  /// A term with up to three pauses somewhere in nine years.
  static func sample(_ random: inout SplitMix64, in calendar: WorkCalendar) throws -> Sample {
    let unit = try #require(Term.Unit.allCases.randomElement(using: &random))
    let length =
      switch unit {
      case .workingDays: Int.random(in: 1...60, using: &random)
      case .calendarDays: Int.random(in: 1...90, using: &random)
      case .months: Int.random(in: 1...18, using: &random)
      case .years: Int.random(in: 1...3, using: &random)
      }
    let began = try #require(
      calendar.first.adding(days: Int.random(in: 0..<3_000, using: &random)))
    var pauses: [ClockRun.Pause] = []
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let from = try #require(began.adding(days: Int.random(in: 0...40, using: &random)))
      let through = try #require(from.adding(days: Int.random(in: 0...25, using: &random)))
      pauses.append(try Fixtures.pause(from.description, through.description))
    }
    let written = pauses.compactMap { pause in pause.through.map { "\(pause.from)/\($0)" } }
    return Sample(
      run: ClockRun(term: Fixtures.term(length, unit), began: began, pauses: pauses),
      line: "\(began) \(unit.rawValue) \(length) "
        + (written.isEmpty ? "-" : written.joined(separator: ",")))
  }

  @Test(.enabled(if: python != nil, "no Python here"))
  func `five thousand terms end on the day counted on fingers`() throws {
    let calendar = try Fixtures.calendar()
    let clock = StatutoryClock(calendar: calendar)
    var random = SplitMix64(seed: 42)
    var samples: [Sample] = []
    for _ in 0..<5_000 { samples.append(try Self.sample(&random, in: calendar)) }
    let lines = samples.map(\.line).joined(separator: "\n") + "\n"
    let expected = try Self.counted(lines)
    try #require(expected.count == samples.count)
    for (sample, day) in zip(samples, expected) {
      let due = try clock.due(sample.run, on: sample.run.began).day
      #expect(due.description == day, "\(sample.line)")
    }
  }

  static func counted(_ lines: String) throws -> [String] {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try lines.write(to: folder, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: folder) }
    let process = Process()
    process.executableURL = URL(filePath: try #require(python))
    process.arguments = [
      Places.repository.appending(path: "Tests/KarezWorkflowTests/due_dates.py").path,
      Places.repository.appending(path: "Packs/calendar/years").path,
    ]
    process.standardInput = try FileHandle(forReadingFrom: folder)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
