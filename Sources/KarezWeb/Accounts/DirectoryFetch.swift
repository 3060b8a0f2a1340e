import Foundation
import FoundationNetworking
import KarezCore
import KarezService

/// Sends what the directory is asked: no redirections, no cookies, little time, little text.
enum DirectoryFetch {
  private static let limitBytes = 1 << 20

  private static let session: URLSession = {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpCookieStorage = nil
    configuration.httpShouldSetCookies = false
    configuration.timeoutIntervalForRequest = 30
    configuration.timeoutIntervalForResource = 60
    return URLSession(configuration: configuration, delegate: Staying(), delegateQueue: nil)
  }()

  @Sendable
  static func send(_ asked: DirectoryRequest) async throws(Problem) -> (Int, String) {
    guard let url = URL(string: asked.address) else { throw unreachable }
    var request = URLRequest(url: url)
    request.setValue("application/json", forHTTPHeaderField: "Accept")
    if let form = asked.form {
      request.httpMethod = "POST"
      request.setValue(
        "application/x-www-form-urlencoded", forHTTPHeaderField: "Content-Type")
      let pairs = form.sorted { $0.key < $1.key }
        .map { Asked.escaped($0.key) + "=" + Asked.escaped($0.value) }
      request.httpBody = Data(pairs.joined(separator: "&").utf8)
    }
    if let user = asked.user, let password = asked.password {
      let both = Data("\(user):\(password)".utf8).base64EncodedString()
      request.setValue("Basic " + both, forHTTPHeaderField: "Authorization")
    }
    let found: (Data, URLResponse)
    do {
      found = try await session.data(for: request)
    } catch {
      throw unreachable
    }
    guard let answer = found.1 as? HTTPURLResponse, found.0.count <= limitBytes else {
      throw unreachable
    }
    return (answer.statusCode, String(decoding: found.0, as: UTF8.self))
  }

  /// Stays where it was sent.
  private final class Staying: NSObject, URLSessionTaskDelegate, Sendable {
    func urlSession(
      _ session: URLSession, task: URLSessionTask,
      willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
      completionHandler: @escaping (URLRequest?) -> Void
    ) { completionHandler(nil) }
  }

  private static let unreachable = Problem(
    .unavailable, code: "directory-unreachable", place: "oidc.json",
    what: LocalizedText(zh: "统一认证服务器没有回应", en: "the directory does not answer"),
    remedy: LocalizedText(
      zh: "稍后再试，或用口令登录；请管理员检查网络",
      en: "try again later or use the password; the operator checks the network"))
}
