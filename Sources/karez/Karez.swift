@main
enum Karez {
  static func main() {}
}
