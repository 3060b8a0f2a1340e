import Foundation
import GRDB
import KarezCore

/// The file `karez.gpkg` of a data folder: how it is made, opened and recognised.
enum StoreFile {
  /// Version of our own tables; the header's user version is GeoPackage's.
  static let format = "1"

  /// How long whoever comes waits for others, in seconds; millions of rows are one commit.
  private static let patience = 30.0

  /// Opens the file in the folder, making it where there is none.
  ///
  /// SQLite does not wait where another process is just opening the file first or closing it
  /// last, so it is tried again.
  static func open(in folder: URL) throws -> DatabasePool {
    let end = ContinuousClock.now + .seconds(patience)
    while true {
      do {
        return try opened(in: folder)
      } catch let error as DatabaseError
        where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < end
      {
        usleep(20_000)
      }
    }
  }

  private static func opened(in folder: URL) throws -> DatabasePool {
    let file = folder.appending(path: "karez.gpkg")
    if !FileManager.default.fileExists(atPath: file.path) { try make(file, in: folder) }
    let pool = try DatabasePool(path: file.path, configuration: configuration())
    try pool.writeWithoutTransaction { db in
      // The pool asks for NORMAL, which loses acknowledged commits when power fails.
      try db.execute(sql: "PRAGMA synchronous=FULL")
      try db.execute(sql: "PRAGMA cache_size=-65536")
      try db.inTransaction(.immediate) {
        try recognise(db, named: file.lastPathComponent)
        // Folders made before a register existed get its table when they are next opened.
        for register in Registers.all where try !db.tableExists(register.name) {
          try db.execute(sql: SQLiteTables.creation(register))
        }
        // So do tables made before an index of theirs did.
        let known = Set(
          try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'index'"))
        for register in Registers.all {
          for index in register.indexes where !known.contains(index.name) {
            try db.execute(sql: SQLiteTables.creation(index, of: register))
          }
        }
        return .commit
      }
      try checkDurability(db)
    }
    return pool
  }

  /// Makes the file under another name, and gives it its own when it is whole and on the disk.
  ///
  /// A new file's first page is written before any journal knows of it: what a loss of power left
  /// of it would be no database. A file only its owner may read; its journal and index get the
  /// same mode.
  private static func make(_ file: URL, in folder: URL) throws {
    let unfinished = folder.appending(path: "karez.gpkg.unfinished")
    func remove() {
      for suffix in ["", "-journal", "-wal", "-shm"] { unlink(unfinished.path + suffix) }
    }
    try FolderLock.holding(folder) {
      guard !FileManager.default.fileExists(atPath: file.path) else { return }
      remove()
      do {
        try makeWhole(unfinished)
      } catch {
        remove()
        throw error
      }
      guard rename(unfinished.path, file.path) == 0 else {
        throw StoreError.unavailable(reason: String(cString: strerror(errno)))
      }
      try DurableNames.sync(folder)
    }
  }

  private static func makeWhole(_ file: URL) throws {
    let descriptor = Foundation.open(file.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw StoreError.unavailable(reason: String(cString: strerror(errno)))
    }
    // Closed before the file has its name: SQLite's locks on a file end with any close of it.
    defer { close(descriptor) }
    let queue = try DatabaseQueue(path: file.path, configuration: configuration())
    try queue.writeWithoutTransaction { db in
      try db.inTransaction(.immediate) {
        try create(db)
        return .commit
      }
      // Last, so that all lies in the file itself: opened by its own name, it has no journal yet.
      try db.execute(sql: "PRAGMA journal_mode=WAL")
    }
    try queue.close()
    guard fsync(descriptor) == 0 else {
      throw StoreError.unavailable(reason: String(cString: strerror(errno)))
    }
  }

  /// Another connection to the file, which must be there.
  static func onlooker(in folder: URL) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.busyMode = .timeout(patience)
    return try DatabaseQueue(
      path: folder.appending(path: "karez.gpkg").path, configuration: configuration)
  }

  static func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(patience)
    configuration.maximumReaderCount = 4
    configuration.prepareDatabase { db in
      try RowHashFunction.add(to: db)
      db.add(function: jsonMember)
      // A large commit leaves a large journal; it is cut back once it has been copied over.
      try db.execute(
        sql: """
          PRAGMA foreign_keys=OFF; PRAGMA trusted_schema=OFF; PRAGMA secure_delete=ON;
          PRAGMA journal_size_limit=67108864;
          """)
    }
    return configuration
  }

  /// `json_member(text, name)`: a member that is text, or null; whatever the text is.
  private static let jsonMember = DatabaseFunction("json_member", argumentCount: 2, pure: true) {
    values in
    guard let text = String.fromDatabaseValue(values[0]),
      let name = String.fromDatabaseValue(values[1])
    else { return nil }
    return (try? JSONValue(parsing: text))?[name]?.string
  }

  private static func checkDurability(_ db: Database) throws {
    let synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous")
    let journal = try String.fetchOne(db, sql: "PRAGMA journal_mode")
    guard synchronous == 2, journal == "wal" else {
      throw StoreError.unavailable(
        reason: "synchronous=\(synchronous ?? -1), journal_mode=\(journal ?? "")")
    }
  }

  private static func recognise(_ db: Database, named name: String) throws {
    let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    guard application == GeoPackageTables.applicationID, try db.tableExists("karez_meta") else {
      throw StoreError.notAOneMap(file: name)
    }
    let version = try Int32.fetchOne(db, sql: "PRAGMA user_version")
    let found = try String.fetchOne(db, sql: "SELECT value FROM karez_meta WHERE key='format'")
    guard version == GeoPackageTables.userVersion, found == format else {
      throw StoreError.unavailable(
        reason: "\(name) has format \(found ?? "none"), this program reads \(format)")
    }
  }

  private static func create(_ db: Database) throws {
    try db.execute(
      sql: """
        PRAGMA application_id=\(GeoPackageTables.applicationID);
        PRAGMA user_version=\(GeoPackageTables.userVersion);
        """)
    try db.execute(sql: GeoPackageTables.metadata)
    try db.execute(sql: tables)
    try db.execute(sql: "INSERT INTO karez_meta VALUES ('format', ?)", arguments: [format])
  }

  /// The registers, and that nobody cuts or changes the log.
  private static let tables =
    Registers.all.map(SQLiteTables.creation).joined() + """
      CREATE TRIGGER karez_log_is_not_changed BEFORE UPDATE ON karez_log
        BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
      CREATE TRIGGER karez_log_is_not_cut BEFORE DELETE ON karez_log
        BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
      """
}
