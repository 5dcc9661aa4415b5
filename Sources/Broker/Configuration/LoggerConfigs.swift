import KafkaMessages
import Logging

/// BROKER_LOGGER configs: a logger's name and its level.
struct LoggerConfigs {
    static let root = "root"

    let control: any LogLevelControl

    /// The loggers by name, as definitions whose values are levels.
    var definitions: [(definition: ConfigDefinition, value: String)] {
        control.levels.sorted { $0.key < $1.key }.map { name, level in
            (Self.definition(name), level.configValue)
        }
    }

    /// Sets levels, and takes loggers back to root's; all of them or none.
    func alter(_ changes: [ConfigAlteration], validateOnly: Bool) throws(TopicError) {
        let known = control.levels
        var levels: [(name: String, level: Logger.Level?)] = []
        for change in changes {
            guard known[change.name] != nil else {
                let table = ConfigTable(known.keys.sorted().map(Self.definition))
                throw TopicError(code: .invalidConfig, message: table.unknown(change.name).description)
            }
            levels.append((change.name, try Self.level(change)))
        }
        if validateOnly { return }
        for (name, level) in levels { control.set(level, of: name) }
    }

    private static func level(_ change: ConfigAlteration) throws(TopicError) -> Logger.Level? {
        switch change.operation {
        case .set:
            do throws(ConfigError) {
                return Logger.Level(configValue: try definition(change.name).check(change.value))
            } catch {
                throw TopicError(code: .invalidConfig, message: error.description)
            }
        case .delete:
            guard change.name != root else {
                throw TopicError(code: .invalidRequest, message: "root has no other logger's level to go back to")
            }
            return nil
        case .append, .subtract:
            throw TopicError(
                code: .invalidRequest, message: "the level of \(change.name) is not a list: set or delete it")
        }
    }

    private static func definition(_ name: String) -> ConfigDefinition {
        ConfigDefinition(
            name, Logger.Level.configDefinition, default: nil,
            name == root ? "The level of loggers that have none of their own." : "Logged is this and what is worse.")
    }
}
