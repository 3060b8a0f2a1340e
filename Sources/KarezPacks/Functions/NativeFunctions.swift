import KarezRules

/// Functions rules may call; each is pure and typed.
enum NativeFunctions {
  static let all = [sharesAny, sharesAll, isEmpty, begins]

  /// `shares_any(one, other)`: some code of the first list is in the second.
  static let sharesAny = NativeFunction(
    name: "shares_any", parameters: [.codes, .codes], result: .boolean
  ) { values in
    guard values.count == 2, case .codes(let one) = values[0], case .codes(let other) = values[1]
    else { return .boolean(false) }
    return .boolean(!Set(one).isDisjoint(with: other))
  }

  /// `shares_all(one, other)`: the first list has codes, and every one is in the second.
  static let sharesAll = NativeFunction(
    name: "shares_all", parameters: [.codes, .codes], result: .boolean
  ) { values in
    guard values.count == 2, case .codes(let one) = values[0], case .codes(let other) = values[1]
    else { return .boolean(false) }
    return .boolean(!one.isEmpty && Set(one).isSubset(of: other))
  }

  /// `is_empty(list)`: there is no code in it.
  static let isEmpty = NativeFunction(
    name: "is_empty", parameters: [.codes], result: .boolean
  ) { values in
    guard case .codes(let codes) = values.first else { return .boolean(true) }
    return .boolean(codes.isEmpty)
  }

  /// `begins(code, other)`: the first text begins with the second.
  static let begins = NativeFunction(
    name: "begins", parameters: [.text, .text], result: .boolean
  ) { values in
    guard values.count == 2, case .text(let code) = values[0], case .text(let other) = values[1]
    else { return .boolean(false) }
    return .boolean(code.hasPrefix(other))
  }
}
