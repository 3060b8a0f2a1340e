import KarezCore

extension WebError {
  /// The error as a reader sees it, and the status it leaves the server with.
  var response: (problem: Problem, status: Int) {
    switch self {
    case .addressNotLoopback(let address):
      (
        Self.problem(
          .forbidden, "address-not-loopback", address, "只能在本机地址上提供服务",
          "only a loopback address may be served",
          "用 --host 127.0.0.1；有账户之后才能对外", "use --host 127.0.0.1; others need accounts first"), 403
      )
    case .foreignRequest(let origin):
      (
        Self.problem(
          .forbidden, "foreign-request", origin, "请求来自其他网站或其他主机名",
          "the request comes from another site or under another host name",
          "请从本机地址打开门户", "open the portal at its own loopback address"), 403
      )
    case .accountsMissing:
      (
        Self.problem(
          .unavailable, "accounts-missing", "", "尚无账户，不接受经其他服务器转来的请求",
          "there are no accounts yet, so nothing is answered that another server passes on",
          "请操作员在服务器本机运行 karez user bootstrap",
          "have karez user bootstrap run at the machine itself",
          ug: "تېخى ھېسابات يوق، باشقا مۇلازىمېتىر ئۆتكۈزگەن تەلەپكە جاۋاب بېرىلمەيدۇ",
          "مۇلازىمېتىرنىڭ ئۆزىدە karez user bootstrap نى ئىجرا قىلىڭ"), 503
      )
    case .signInNeeded, .passwordToChange, .factorToEnrol, .formForeign: accessResponse
    case .notFound:
      (
        Self.problem(
          .notFound, "not-found", "", "没有这个地址", "there is no such address", "检查链接", "check the link"
        ), 404
      )
    case .signerMissing:
      (
        Self.problem(
          .unavailable, "signer-missing", "", "本服务未配置签名密钥，不能出具封存包",
          "this server has no key to sign bundles with",
          "请系统管理员用 karez seal 出具，或以 --signing-key 启动服务",
          "ask the administrator to run karez seal, or to serve with --signing-key"), 503
      )
    case .processUnknown:
      (
        Self.problem(
          .notFound, "process-unknown", "", "没有这个处理", "there is no such process",
          "处理见 /ogc/processes", "see /ogc/processes"), 404
      )
    case .featureChanged:
      (
        Self.problem(
          .conflict, "feature-changed", "If-Match", "要素已不是您所见的那一版",
          "the feature is not the version you have seen",
          "重新读取后再修改", "fetch it again and repeat the change"), 412
      )
    case .notAsSeen(let problem): (problem, 412)
    case .methodNotAllowed:
      (
        Self.problem(
          .usage, "method-not-allowed", "", "此地址不接受这种请求",
          "this address does not take such a request",
          "接口说明见 /api/v1/openapi.json", "see /api/v1/openapi.json"), 405
      )
    case .bodyTooLarge(let limit):
      (
        Self.problem(
          .refused, "body-too-large", "", "内容超过 \(limit >> 20) MB",
          "the body is larger than \(limit >> 20) MB",
          "分成几份后再提交", "split it"), 413
      )
    case .mediaTypeUnsupported(let type):
      (
        Self.problem(
          .usage, "media-type-unsupported", type, "不接受这种内容类型", "this content type is not taken",
          "用 application/json 或 multipart/form-data", "send application/json or multipart/form-data"
        ), 415
      )
    case .multipartMalformed(let error):
      (
        Self.problem(
          .usage, "multipart-malformed", error.place, "表单内容不完整或格式有误",
          "the form is incomplete or malformed",
          "重新提交；程序请按 RFC 7578 编码", "send it again; programs encode it by RFC 7578"), 400
      )
    case .fieldInvalid(let name):
      (
        Self.problem(
          .usage, "field-invalid", name, "字段的值无法识别", "the field’s value is not understood",
          "接口说明见 /api/v1/openapi.json", "see /api/v1/openapi.json"), 400
      )
    case .boundaryMissing:
      (
        Self.problem(
          .usage, "boundary-missing", "boundary", "没有给出项目用地范围", "there is no project boundary",
          "请绘制范围、选择文件或输入坐标", "draw a boundary, choose a file or enter coordinates"), 400
      )
    case .fileMissing:
      (
        Self.problem(
          .usage, "file-missing", "file", "没有选择文件", "there is no file", "选择要汇交的文件",
          "choose the file to hand in"), 400
      )
    case .notJSON(let field, .numberOutOfRange(let byte)):
      (
        Self.problem(
          .refused, "coordinate-not-finite", "\(field): byte \(byte)", "数值不是有限数",
          "a number is not finite", "更正该处坐标", "mend that coordinate"), 422
      )
    case .notJSON(let field, let error):
      (
        Self.problem(
          .usage, "json-malformed", Self.place(field, error), "内容不是合格的 JSON", "this is not JSON",
          "检查该处写法", "mend that place"), 400
      )
    case .coordinatesMalformed:
      (
        Self.problem(
          .refused, "coordinates-malformed", "coordinates", "坐标写法有误，或不是有限数",
          "the coordinates are malformed or not finite", "每行一点：经度 纬度，至少三点；或 WKT 的 POLYGON",
          "a corner a line: longitude latitude, three at least; or a WKT POLYGON"), 422
      )
    case .addressTooLong, .tooMany, .busy, .tookTooLong: limitResponse
    case .storageFailed:
      (
        Self.problem(
          .unavailable, "storage-failed", "", "服务器无法保存上传的文件", "the server cannot keep the upload",
          "稍后再试；请管理员检查磁盘空间", "try again later; the operator should look at the disk"), 507
      )
    }
  }

  private var limitResponse: (problem: Problem, status: Int) {
    switch self {
    case .tooMany(let seconds):
      (
        Self.problem(
          .unavailable, "too-many-requests", "", "请求过于频繁", "you ask too often",
          "\(seconds) 秒后再试", "try again in \(seconds) s", ug: "بەك كۆپ تەلەپ قىلدىڭىز",
          "\(seconds) سېكۇنتتىن كېيىن قايتا سىناڭ"), 429
      )
    case .busy(let seconds):
      (
        Self.problem(
          .unavailable, "busy", "", "服务器正忙，未受理", "the server is busy; nothing was done",
          "\(seconds) 秒后再试", "try again in \(seconds) s",
          ug: "مۇلازىمېتىر ئالدىراش، ھېچنېمە قىلىنمىدى",
          "\(seconds) سېكۇنتتىن كېيىن قايتا سىناڭ"), 503
      )
    case .tookTooLong(let limit, _):
      (
        Self.problem(
          .unavailable, "took-too-long", "", "超过 \(limit) 秒仍未完成，已中止",
          "it was not done within \(limit) s and was stopped",
          "缩小范围，或稍后再试", "ask for less, or try again later",
          ug: "\(limit) سېكۇنت ئىچىدە تاماملانمىدى، توختىتىلدى",
          "دائىرىنى كىچىكلىتىڭ ياكى كېيىن قايتا سىناڭ"), 503
      )
    default:
      (
        Self.problem(
          .usage, "address-too-long", "", "地址过长", "the address is too long",
          "缩短查询条件", "ask for less in one address"), 414
      )
    }
  }

  /// How many seconds whoever met a limit is told to wait; nil where waiting does not help.
  var retryAfter: Int? {
    switch self {
    case .tooMany(let seconds), .busy(let seconds), .tookTooLong(_, let seconds): seconds
    default: nil
    }
  }

  private var accessResponse: (problem: Problem, status: Int) {
    switch self {
    case .passwordToChange:
      (
        Self.problem(
          .forbidden, "password-to-change", "", "首次口令须先更换",
          "the first secret has to be changed first", "在门户上更换口令", "change it at the portal"), 403
      )
    case .factorToEnrol:
      (
        Self.problem(
          .forbidden, "second-factor-to-enrol", "", "须先设置第二鉴别因素",
          "a second factor has to be set up first", "在门户的“我的账户”设置", "set it up on the account page"
        ), 403
      )
    case .formForeign:
      (
        Self.problem(
          .forbidden, "form-foreign", "", "表单已失效，或不是本门户发出的",
          "the form is out of date, or no page of this portal made it", "刷新页面后重新填写",
          "reload the page and fill it in again"), 403
      )
    default:
      (
        Self.problem(
          .forbidden, "sign-in-needed", "", "须先登录", "this is for those who have signed in",
          "在 /sign-in 登录", "sign in at /sign-in"), 401
      )
    }
  }

  private static func place(_ field: String, _ error: JSONError) -> String {
    switch error {
    case .unexpected(let byte), .tooDeep(let byte), .duplicateKey(_, let byte),
      .numberOutOfRange(let byte), .invalidText(let byte), .trailing(let byte):
      "\(field): byte \(byte)"
    case .endsTooSoon: field
    }
  }

  private static func problem(
    _ kind: Problem.Kind, _ code: String, _ place: String, _ what: String, _ whatEn: String,
    _ remedy: String, _ remedyEn: String, ug: String? = nil, _ remedyUg: String? = nil
  ) -> Problem {
    Problem(
      kind, code: code, place: place, what: LocalizedText(zh: what, en: whatEn, ug: ug),
      remedy: LocalizedText(zh: remedy, en: remedyEn, ug: remedyUg))
  }
}
