/// Writes, for the tests, what fills each message with seeded values that the version can carry.
enum SampleEmitter {
    static func file(_ messages: [Message], source: String) -> String {
        var text = SwiftText()
        text.line(SwiftText.notice(source))
        text.line()
        text.line("@testable import KafkaMessages")
        for message in messages {
            emit(message, message.root, path: message.typeName, isRoot: true, into: &text)
            for nested in message.nested {
                emit(message, nested, path: "\(message.typeName).\(nested.name)", isRoot: false, into: &text)
            }
        }
        return text.text
    }

    private static func emit(
        _ message: Message, _ structure: Structure, path: String, isRoot: Bool, into text: inout SwiftText
    ) {
        let valid = structure.versions.intersection(message.versions)
        text.line()
        text.block("extension \(path)\(isRoot ? ": Sampled" : "")") { text in
            text.block("static func sample(_ random: inout SampleRandom, version: Int16) -> Self") { text in
                guard !structure.fields.isEmpty else {
                    text.line("Self()")
                    return
                }
                text.line("var value = Self()")
                for field in structure.fields {
                    var versions = field.versions
                    if field.tag != nil { versions = versions.intersection(message.flexible) }
                    text.when(versions.condition(in: valid)) { text in
                        text.line(
                            "value.\(field.name.escaped) = \(expression(field, valid: valid, root: message.typeName))")
                    }
                }
                text.line("return value")
            }
        }
    }

    private static func expression(_ field: Field, valid: VersionRange, root: String) -> String {
        let value = expression(field.type, root: root)
        guard field.isNullable else { return value }
        let null = field.type == .records ? ".null" : "nil"
        let condition = field.nullable.condition(in: valid.intersection(field.versions))
        return "\(condition.map { "(\($0)) && " } ?? "")random.oneIn(4) ? \(null) : \(value)"
    }

    private static func expression(_ type: FieldType, root: String) -> String {
        switch type {
        case .bool: "random.bool()"
        case .int8, .int16, .int32, .int64: "random.integer()"
        case .float64: "Double(random.integer() as Int32) / 8"
        case .error: "ErrorCode(rawValue: random.integer())"
        case .uuid: "random.uuid()"
        case .digest: "random.digest256()"
        case .string: "random.string()"
        case .bytes: "random.bytes()"
        case .records: ".bytes(random.bytes())"
        case .array(let element): "random.array { random in \(expression(element, root: root)) }"
        case .structure(let name): "\(root).\(name).sample(&random, version: version)"
        }
    }
}
