public import KarezCore

/// 文字处理文件: a letter as a .docx, with what was edited since the draft as tracked changes.
///
/// - Source: ECMA-376-1:2016, WordprocessingML.
public enum WordDocument {
  public static let mediaType =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

  /// Who edited, and when, as the tracked changes say.
  public struct Revision: Sendable {
    public let author: String
    public let at: Timestamp

    public init(author: String, at: Timestamp) {
      self.author = author
      self.at = at
    }
  }

  private static let space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
  private static let office = "http://schemas.openxmlformats.org/officeDocument/2006"
  private static let package = "http://schemas.openxmlformats.org/package/2006"
  private static let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"

  /// The file; equal letters are equal bytes.
  public static func bytes(
    of current: LetterText, since draft: LetterText, _ revision: Revision,
    picture: [UInt8]? = nil
  ) -> [UInt8] {
    let text = TextRevision(from: draft, to: current)
    let parts = [
      ("[Content_Types].xml", contentTypes), ("_rels/.rels", relations),
      ("word/document.xml", document(text, revision, picture)),
      ("word/_rels/document.xml.rels", documentRelations(hasPicture: picture != nil)),
      ("word/settings.xml", settings), ("word/styles.xml", styles),
    ]
    var files = parts.map {
      BundleArchive.Part(name: $0.0, bytes: Array((head + $0.1).utf8))
    }
    if let picture { files.append(.init(name: "word/media/map.png", bytes: picture)) }
    return BundleArchive(parts: files).bytes()
  }

  private static func document(
    _ text: TextRevision, _ revision: Revision, _ picture: [UInt8]?
  ) -> String {
    var body = paragraph(text.title, "Title", 0, revision)
    for (place, part) in text.paragraphs.enumerated() {
      body += paragraph(part, "Normal", place + 1, revision)
    }
    if let picture { body += drawing(picture) }
    return """
      <w:document xmlns:w="\(space)"><w:body>\(body)<w:sectPr>\
      <w:pgSz w:w="11906" w:h="16838"/>\
      <w:pgMar w:top="1701" w:right="1474" w:bottom="1531" w:left="1588" w:header="851" \
      w:footer="992" w:gutter="0"/></w:sectPr></w:body></w:document>
      """
  }

  /// How wide the map is on paper, in English metric units: 155 mm.
  private static let pictureWidth = 155 * 36_000

  /// A paragraph with the picture, in the shape its own head tells.
  private static func drawing(_ picture: [UInt8]) -> String {
    func number(at place: Int) -> Int {
      guard picture.count >= place + 4 else { return 1 }
      return picture[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
    }
    let (across, down) = (max(1, number(at: 16)), max(1, number(at: 20)))
    let height = min(pictureWidth * 2, pictureWidth / across * down)
    let size = "cx=\"\(pictureWidth)\" cy=\"\(height)\""
    let drawing = "http://schemas.openxmlformats.org/drawingml/2006"
    return """
      <w:p><w:pPr><w:spacing w:line="240" w:lineRule="auto"/>\
      <w:ind w:firstLineChars="0" w:firstLine="0"/></w:pPr><w:r><w:drawing>\
      <wp:inline xmlns:wp="\(drawing)/wordprocessingDrawing"><wp:extent \(size)/>\
      <wp:docPr id="1" name="map"/><a:graphic xmlns:a="\(drawing)/main">\
      <a:graphicData uri="\(drawing)/picture"><pic:pic xmlns:pic="\(drawing)/picture">\
      <pic:nvPicPr><pic:cNvPr id="1" name="map.png"/><pic:cNvPicPr/></pic:nvPicPr>\
      <pic:blipFill><a:blip xmlns:r="\(office)/relationships" r:embed="rId3"/>\
      <a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>\
      <a:off x="0" y="0"/><a:ext \(size)/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>\
      </a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline>\
      </w:drawing></w:r></w:p>
      """
  }

  private static func paragraph(
    _ part: TextRevision.Paragraph, _ style: String, _ place: Int, _ revision: Revision
  ) -> String {
    var properties = "<w:pStyle w:val=\"\(style)\"/>"
    // The end of a paragraph is tracked too, where the whole of it came or went.
    if part.isRemoved || part.isAdded {
      let name = part.isRemoved ? "del" : "ins"
      properties += "<w:rPr>\(mark(name, place * 1_000 + 999, revision))/></w:rPr>"
    }
    var runs = ""
    for (number, piece) in part.pieces.enumerated() {
      let id = place * 1_000 + min(number, 998)
      let text = escaped(piece.text)
      switch piece.change {
      case .kept: runs += run("t", text)
      case .added: runs += mark("ins", id, revision) + ">" + run("t", text) + "</w:ins>"
      case .removed:
        runs += mark("del", id, revision) + ">" + run("delText", text) + "</w:del>"
      }
    }
    return "<w:p><w:pPr>\(properties)</w:pPr>\(runs)</w:p>"
  }

  private static func run(_ name: String, _ text: String) -> String {
    "<w:r><w:\(name) xml:space=\"preserve\">\(text)</w:\(name)></w:r>"
  }

  /// The beginning of an element that tells who changed what; still open.
  private static func mark(_ name: String, _ id: Int, _ revision: Revision) -> String {
    "<w:\(name) w:id=\"\(id)\" w:author=\"\(escaped(revision.author))\" "
      + "w:date=\"\(revision.at.description.prefix(19))Z\""
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      // What XML 1.0 has no place for.
      case "\u{0}"..."\u{8}", "\u{B}", "\u{C}", "\u{E}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}":
        result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static let wordType =
    "application/vnd.openxmlformats-officedocument.wordprocessingml"

  private static let contentTypes = """
    <Types xmlns="\(package)/content-types">\
    <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
    <Default Extension="xml" ContentType="application/xml"/>\
    <Default Extension="png" ContentType="image/png"/>\
    <Override PartName="/word/document.xml" ContentType="\(wordType).document.main+xml"/>\
    <Override PartName="/word/settings.xml" ContentType="\(wordType).settings+xml"/>\
    <Override PartName="/word/styles.xml" ContentType="\(wordType).styles+xml"/></Types>
    """

  private static let relations = """
    <Relationships xmlns="\(package)/relationships"><Relationship Id="rId1" \
    Type="\(office)/relationships/officeDocument" Target="word/document.xml"/></Relationships>
    """

  private static func documentRelations(hasPicture: Bool) -> String {
    let kind = "\(office)/relationships"
    let picture =
      hasPicture
      ? "<Relationship Id=\"rId3\" Type=\"\(kind)/image\" Target=\"media/map.png\"/>" : ""
    return """
      <Relationships xmlns="\(package)/relationships">\
      <Relationship Id="rId1" Type="\(kind)/settings" Target="settings.xml"/>\
      <Relationship Id="rId2" Type="\(kind)/styles" Target="styles.xml"/>\
      \(picture)</Relationships>
      """
  }

  /// Whoever edits it further does so in sight.
  private static let settings = """
    <w:settings xmlns:w="\(space)"><w:trackRevisions/></w:settings>
    """

  private static let styles = """
    <w:styles xmlns:w="\(space)"><w:docDefaults><w:rPrDefault><w:rPr>\
    <w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="FangSong"/>\
    <w:sz w:val="32"/></w:rPr></w:rPrDefault></w:docDefaults>\
    <w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>\
    <w:pPr><w:spacing w:line="560" w:lineRule="exact"/><w:ind w:firstLineChars="200"/></w:pPr>\
    </w:style><w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/>\
    <w:basedOn w:val="Normal"/><w:pPr><w:spacing w:after="560" w:line="700" w:lineRule="exact"/>\
    <w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="center"/></w:pPr>\
    <w:rPr><w:b/><w:sz w:val="44"/></w:rPr></w:style></w:styles>
    """
}
