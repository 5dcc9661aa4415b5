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

    init(_ level: Logger.Level) {
        switch level {
        case .trace: self = .trace
        case .debug: self = .debug
        case .info: self = .info
        case .notice: self = .notice
        case .warning: self = .warning
        case .error: self = .error
        case .critical: self = .critical
        }
    }
}

enum LogFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// `2026-01-31T12:00:00.000Z warning sluice: topic is protected topic=accounts`; for people.
    case text
    /// `time=… level=warning logger=sluice msg="topic is protected" topic=accounts`.
    case logfmt
    /// One object on one line.
    case json
}

/// Writes log events to standard error, one line each, with the metadata sorted by name.
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    /// Set for this logger alone; nil: as the setting says.
    private var ownLevel: Logger.Level?
    private let cell: LogLevels.Cell
    private let label: String
    private let format: LogFormat
    private let now: @Sendable () -> Int64
    private let write: @Sendable (String) -> Void

    /// - Parameter now: milliseconds since 1970.
    init(
        label: String, levels: LogLevels, format: LogFormat, now: @escaping @Sendable () -> Int64,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.label = label
        self.format = format
        self.now = now
        self.write = write
        cell = levels.cell(ofLabel: label)
    }

    var logLevel: Logger.Level {
        get { ownLevel ?? cell.level }
        set { ownLevel = newValue }
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
        let fields = all.sorted { $0.key < $1.key }.map { (name: $0.key, value: "\($0.value)") }
        let line = LogLine(
            time: PolicyAuthor.text(of: now()), level: event.level, label: label, message: "\(event.message)",
            fields: fields)
        write(line.text(format))
    }
}
