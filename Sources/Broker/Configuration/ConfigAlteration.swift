import KafkaMessages

/// One setting of a request that changes settings.
struct ConfigAlteration: Sendable {
    /// Numbers of Kafka's AlterConfigOp.OpType.
    enum Operation: Int8, Sendable {
        case set = 0
        case delete = 1
        case append = 2
        case subtract = 3
    }

    var name: String
    var operation: Operation
    /// Of no meaning to `delete`.
    var value: String

    /// Reads a setting of IncrementalAlterConfigs.
    init(name: String, operation number: Int8, value: String?) throws(TopicError) {
        guard let operation = Operation(rawValue: number) else {
            throw TopicError(code: .invalidRequest, message: "operation \(number) on \(name.prefix(100)) is not known")
        }
        guard let value = operation == .delete ? "" : value else {
            throw TopicError(code: .invalidRequest, message: "Null value not supported for : \(name.prefix(100))")
        }
        self.name = name
        self.operation = operation
        self.value = value
    }

    /// Refuses a setting that stands in a request twice.
    static func checkNames(_ changes: [ConfigAlteration]) throws(TopicError) {
        var names: Set<String> = []
        for change in changes where !names.insert(change.name).inserted {
            throw TopicError(
                code: .invalidRequest, message: "the request names \(change.name.prefix(100)) more than once")
        }
    }

    /// The settings after the changes. A name that isn't known stays for the check of the whole, but for one
    /// that is deleted: that changes nothing, as in Apache Kafka.
    static func apply(
        _ changes: [ConfigAlteration], to overrides: [String: String], table: ConfigTable, current: (String) -> String
    ) throws(TopicError) -> [String: String] {
        var overrides = overrides
        for change in changes {
            switch change.operation {
            case .set: overrides[change.name] = change.value
            case .delete: overrides[change.name] = nil
            case .append, .subtract:
                guard let definition = table[change.name] else {
                    throw TopicError(code: .invalidConfig, message: table.unknown(change.name).description)
                }
                guard case .list = definition.kind else {
                    let verb = change.operation == .append ? "APPEND to" : "SUBTRACT from"
                    throw TopicError(
                        code: .invalidConfig,
                        message: "Can't \(verb) key \(change.name.prefix(100)) because its type is not LIST.")
                }
                let named = change.value.split(separator: ",").map { String($0).trimmed }
                var list = current(change.name).split(separator: ",").map(String.init)
                if change.operation == .append {
                    list += named.filter { !list.contains($0) }
                } else {
                    list.removeAll { named.contains($0) }
                }
                overrides[change.name] = list.joined(separator: ",")
            }
        }
        return overrides
    }
}
