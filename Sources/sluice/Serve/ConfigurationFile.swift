import Yams

/// The YAML of `--config FILE`: one flat mapping of setting names to values. Names are Kafka's where Kafka has one, and
/// a name that nobody knows is an error.
///
///     log.dir: /var/lib/sluice
///     listeners: [ "PLAIN://0.0.0.0:9092?advertise=broker:9092" ]
///     log.retention.ms: 604800000
enum ConfigurationFile {
    struct Entry: Equatable {
        var name: String
        var values: [String]
        /// From 1.
        var line: Int
    }

    static let bytesMax = 1024 * 1024

    /// - Parameter path: for messages.
    static func entries(of text: String, path: String) throws(CommandFailure) -> [Entry] {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw CommandFailure(.usage, describe(error, path: path))
        } catch {
            throw CommandFailure(.usage, "\(path): \(error)")
        }
        // An empty file says nothing, which is allowed.
        guard let root, root.null == nil else { return [] }
        guard let mapping = root.mapping else {
            throw CommandFailure(.usage, "\(path): a file of settings is `name: value` lines")
        }
        var entries: [Entry] = []
        for (key, value) in mapping {
            let line = key.mark?.line ?? 1
            guard let name = key.scalar?.string else {
                throw CommandFailure(.usage, "\(path):\(line): a setting's name is plain text")
            }
            guard !entries.contains(where: { $0.name == name }) else {
                throw CommandFailure(.usage, "\(path):\(line): \(Table.printable(name)) is set twice")
            }
            entries.append(Entry(name: name, values: try values(of: value, name, path, line), line: line))
        }
        return entries
    }

    private static func values(
        of node: Node, _ name: String, _ path: String, _ line: Int
    ) throws(CommandFailure) -> [String] {
        switch node {
        case .scalar(let scalar):
            return [scalar.string]
        case .sequence(let sequence):
            var values: [String] = []
            for element in sequence {
                guard let text = element.scalar?.string else {
                    throw CommandFailure(
                        .usage, "\(path):\(line): \(Table.printable(name)) takes a list of plain values")
                }
                values.append(text)
            }
            return values
        case .mapping:
            throw CommandFailure(
                .usage, "\(path):\(line): \(Table.printable(name)) has settings below it",
                hint: "write names in full, as in log.retention.ms: 604800000")
        case .alias:
            throw CommandFailure(.usage, "\(path):\(line): \(Table.printable(name)) is an alias; write the value")
        }
    }

    /// Place and problem in one line. The text of the file isn't quoted.
    private static func describe(_ error: YamlError, path: String) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "\(path):\(mark.line): \(problem)"
        case .reader(let problem, _, _, _): "\(path): \(problem)"
        case .duplicatedKeysInMapping(let names, _):
            "\(path): \(names.map(Table.printable).joined(separator: ", ")) is set twice"
        default: "\(path): this is no YAML"
        }
    }
}
