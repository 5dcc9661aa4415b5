import ArgumentParser
import Logging
import Views

enum LogLevel: String, ExpressibleByArgument, CaseIterable, Sendable {
    case trace, debug, info, notice, warning, error, critical

    var level: Logger.Level {
        switch self {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        case .critical: .critical
        }
    }
}

enum LogFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// `2026-01-31T12:00:00.000Z warning broker: topic is protected topic=accounts`
    case text
    /// One object on one line.
    case json
}

/// Writes log events to standard error, one line each. Metadata is sorted, and what would break a line is shown as a
/// replacement.
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel: Logger.Level
    private let label: String
    private let format: LogFormat
    private let now: @Sendable () -> Int64
    private let write: @Sendable (String) -> Void

    /// - Parameter now: milliseconds since 1970.
    init(
        label: String, level: Logger.Level, format: LogFormat, now: @escaping @Sendable () -> Int64,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.label = label
        self.format = format
        self.now = now
        self.write = write
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let own = event.metadata { all.merge(own) { _, new in new } }
        if let error = event.error { all["error"] = "\(error)" }
        let time = PolicyAuthor.text(of: now())
        switch format {
        case .text:
            var line = "\(time) \(event.level) \(label): \(event.message)"
            for (key, value) in all.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(value)" }
            write(Table.printable(line))
        case .json:
            let fields = all.mapValues { JSON.string("\($0)") }
            let json: JSON = [
                "time": .string(time), "level": .string("\(event.level)"), "logger": .string(label),
                "message": .string("\(event.message)"), "fields": .object(fields),
            ]
            write(json.text)
        }
    }
}
