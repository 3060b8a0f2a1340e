/// Why a region pack could not be loaded; carries facts, no sentences.
public enum RegionError: Error, Hashable, Sendable {
  /// The file is not there, cannot be read or is not UTF-8.
  case unreadable(file: String)
  /// What stands in `region.yaml` was refused.
  case refused([PackFault])
  case rowWidth(file: String, line: Int, expected: Int, found: Int)
  case notANumber(file: String, line: Int, text: String)
  case headerDiffers(file: String, expected: [String])
  case codeTwice(file: String, line: Int, code: String)
  /// A row names something another table of the pack does not have.
  case unknown(file: String, line: Int, text: String)
  case noRows(file: String)
}
