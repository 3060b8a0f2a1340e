import Foundation
public import KarezCore

/// 实名核验请求: a name and a number that somebody outside is to compare.
///
/// It leaves through the port and is kept nowhere else.
public struct RealNameRequest: Sendable {
  public let id: String
  public let kind: Applicant.Kind
  public let name: String
  /// 公民身份号码 or 统一社会信用代码.
  public let number: String

  var json: JSONValue {
    .object([
      "id": .string(id), "kind": .string(kind.rawValue), "name": .string(name),
      "number": .string(number),
    ])
  }
}

/// 实名核验结果: what whoever compared them says.
public struct RealNameAnswer: Hashable, Sendable {
  public let id: String
  public let isVerified: Bool

  /// Reads `{"id": …, "verified": true}`; nil for anything else.
  public init?(parsing bytes: [UInt8]) {
    guard bytes.count <= 4_096, let json = try? JSONValue(parsing: bytes),
      let id = json["id"]?.string, id.utf8.count <= 64,
      case .boolean(let isVerified)? = json["verified"]
    else { return nil }
    self.id = id
    self.isVerified = isVerified
  }
}

/// 实名核验接口: where names are compared with an authority's own register.
public protocol RealNamePort: Sendable {
  func ask(_ request: RealNameRequest) throws(Problem)
  /// The answer to a request; nil where there is none yet.
  func answer(to id: String) -> RealNameAnswer?
}

/// 实名核验文件夹: requests are laid out as files, and answers are fetched as files.
///
/// A gateway that speaks to the authority takes what is in `requests` away and writes into
/// `answers`, each file whole and named after its request.
public struct RealNameFolder: RealNamePort {
  /// Left out of backups: it holds numbers of people's cards until they are fetched.
  static let name = "real-name"

  let folder: URL

  init(in data: URL) { folder = data.appending(path: Self.name) }

  public func ask(_ request: RealNameRequest) throws(Problem) {
    let requests = folder.appending(path: "requests")
    for place in [requests, folder.appending(path: "answers")] {
      do {
        try FileManager.default.createDirectory(
          at: place, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      } catch { throw .unreadableFile(Self.name) }
    }
    try OutputFile.write(
      request.json.canonicalText + "\n",
      to: requests.appending(path: request.id + ".json").path)
  }

  public func answer(to id: String) -> RealNameAnswer? {
    guard id.utf8.count <= 64, id.allSatisfy({ $0.isLetter || $0.isNumber }) else { return nil }
    let file = folder.appending(path: "answers").appending(path: id + ".json")
    guard let data = FileManager.default.contents(atPath: file.path),
      let answer = RealNameAnswer(parsing: Array(data)), answer.id == id
    else { return nil }
    return answer
  }
}

extension OneMap {
  /// 实名核验接口.
  var realNames: any RealNamePort { RealNameFolder(in: data) }
}
