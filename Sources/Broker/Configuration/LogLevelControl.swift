public import Logging

/// The levels of the program's loggers, which a running broker lets be read and changed as BROKER_LOGGER configs. They hold
/// until the program ends.
public protocol LogLevelControl: Sendable {
    /// The level of each logger by its name, `root` among them: the one of those that have none of their own.
    var levels: [String: Logger.Level] { get }

    /// Changes the level of a logger that is there; nil: it is root's again.
    func set(_ level: Logger.Level?, of logger: String)
}

extension Logger.Level {
    /// Kafka's word, or our own where it has none.
    var configValue: String {
        switch self {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info: "INFO"
        case .notice: "NOTICE"
        case .warning: "WARN"
        case .error: "ERROR"
        case .critical: "FATAL"
        }
    }

    static var configDefinition: ConfigDefinition.Kind { .word(allCases.map(\.configValue)) }

    init?(configValue: String) {
        guard let level = Self.allCases.first(where: { $0.configValue == configValue }) else { return nil }
        self = level
    }
}
