import KarezCore
import Synchronization

/// 读取记忆: answers that hold for as long as nobody, in this process or another, recorded anything.
///
/// - Shape: every answer belongs to one stamp of the engine's; another stamp lets all of them go.
///   The scope is part of a question, so no reader is given another's answer.
final class ReadMemory: Sendable {
  enum Question: Hashable {
    case lastCommit
    case schemas(Scope)
    /// `turn` is the shelf's: what rests on a file that was let go is not what is asked for.
    case layer(DatasetID, AsOf, Scope, turn: Int)
    case record(RecordKind, String)
    case first(RecordQuery)
  }

  private struct Held {
    var stamp: EngineStamp?
    var answers: [Question: any Sendable] = [:]
  }

  private let held = Mutex(Held())

  /// Beyond so many all are let go: they are cheap to find again.
  private static let most = 4_096

  func answer<Answer>(_ question: Question, at stamp: EngineStamp) -> Answer? {
    held.withLock { held in
      // What is not there and what is there and is nil are two things.
      guard held.stamp == stamp, let found = held.answers[question] else { return nil }
      return found as? Answer
    }
  }

  /// `stamp` is the engine's from before the answer was looked for: what was recorded meanwhile
  /// makes another, so that an answer is at most newer than its stamp says.
  func keep(_ answer: some Sendable, to question: Question, at stamp: EngineStamp) {
    held.withLock { held in
      if held.stamp != stamp || held.answers.count >= Self.most {
        held = Held(stamp: stamp)
      }
      held.answers[question] = answer
    }
  }
}

extension RelationalStore {
  /// What was answered before, where nothing was recorded since, or what `read` finds.
  func remembered<Answer: Sendable>(
    _ question: ReadMemory.Question, _ read: () async throws(StoreError) -> Answer
  ) async throws(StoreError) -> Answer {
    guard let stamp = engine.stamp else { return try await read() }
    if let known: Answer = memory.answer(question, at: stamp) { return known }
    let answer = try await read()
    memory.keep(answer, to: question, at: stamp)
    return answer
  }
}
