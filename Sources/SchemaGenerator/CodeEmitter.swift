/// Writes the Swift types of the messages of one file.
enum CodeEmitter {
    static func file(_ messages: [Message], source: String) -> String {
        var text = SwiftText()
        text.line(SwiftText.notice(source))
        if messages.contains(where: { $0.hasBytes }) {
            text.line()
            text.line("public import NIOCore")
        }
        for message in messages {
            text.line()
            StructureEmitter(message: message, structure: message.root).emit(into: &text)
        }
        return text.text
    }
}

/// Writes one struct: a message with its nested structs inside, or a nested struct.
struct StructureEmitter {
    var message: Message
    var structure: Structure

    /// The versions in which this struct is on the wire at all.
    var valid: VersionRange { structure.versions.intersection(message.versions) }
    /// Fields in the order of the wire, which is the order of the schema.
    var untagged: [Field] { structure.fields.filter { $0.tag == nil } }
    var tagged: [Field] { structure.fields.filter { $0.tag != nil }.sorted { $0.tag ?? 0 < $1.tag ?? 0 } }
    var isRoot: Bool { structure.name == message.root.name }
    /// The Swift expression that is true where compact encodings and tags are used. nil: never.
    var flexibleCondition: String? {
        let flexible = message.flexible.intersection(valid)
        if flexible.isEmpty { return nil }
        return message.flexible.condition(in: message.versions) ?? "true"
    }

    func emit(into text: inout SwiftText) {
        text.documentation(structure.prose)
        text.block("public struct \(structure.name): \(isRoot ? conformance : "Sendable")") { text in
            if isRoot { emitFacts(into: &text) }
            for field in structure.fields { emitProperty(field, into: &text) }
            text.line()
            text.line("public init() {}")
            text.line()
            emitRead(into: &text)
            text.line()
            emitWrite(into: &text)
            if message.isTaggedStructure(structure.name) { emitIsDefault(into: &text) }
            if message.kind == .response, isRoot || message.holdsError(structure.name) { emitFirstError(into: &text) }
            guard isRoot else { return }
            if message.kind == .response, structure.fields.contains(where: { $0.name == "throttleTimeMs" }) {
                emitThrottle(into: &text)
            }
            for nested in message.nested {
                text.line()
                StructureEmitter(message: message, structure: nested).emit(into: &text)
            }
        }
    }

    private var conformance: String {
        switch message.kind {
        case .request: "KafkaRequest"
        case .response: "KafkaResponse"
        case .record: "VersionedRecord"
        }
    }

    private func emitFacts(into text: inout SwiftText) {
        if message.kind == .request { text.line("public typealias Response = \(message.name)Response") }
        if message.kind != .record { text.line("public static var apiKey: ApiKey { .\(message.name.lowerCamel) }") }
        text.line("public static var name: String { \"\(message.name)\" }")
        text.line(
            "public static var versions: ClosedRange<Int16> { \(message.versions.lower)...\(message.versions.upper) }")
        let condition = message.flexible.isEmpty ? "false" : message.flexible.condition(in: message.versions) ?? "true"
        text.line("public static func isFlexible(_ version: Int16) -> Bool { \(condition) }")
        if !structure.fields.isEmpty { text.line() }
    }

    private func emitProperty(_ field: Field, into text: inout SwiftText) {
        var prose = field.prose
        if let range = presence(field) { prose += prose.isEmpty ? "Versions \(range)." : " Versions \(range)." }
        text.documentation(prose)
        text.line("public var \(field.name.escaped): \(swiftType(field)) = \(defaultExpression(field))")
    }

    private func presence(_ field: Field) -> String? {
        guard field.versions.condition(in: valid) != nil else { return nil }
        if field.versions.upper == .max { return "\(field.versions.lower)+" }
        let lower = max(field.versions.lower, valid.lower)
        let upper = min(field.versions.upper, valid.upper)
        return lower == upper ? "\(lower) only" : "\(lower)–\(upper)"
    }

    private func emitIsDefault(into text: inout SwiftText) {
        text.line()
        text.line("/// Every field has its default: then a tag that holds this struct isn't sent.")
        text.block("var isDefault: Bool") { text in
            let tests = structure.fields.map { isDefaultTest($0) }
            text.line(tests.joined(separator: " && "))
        }
    }

    private func emitFirstError(into text: inout SwiftText) {
        text.line()
        text.line("/// The first error in it, in the order of its fields; NONE if there is none.")
        text.block("public var firstError: ErrorCode") { text in
            for field in structure.fields {
                let name = field.name.escaped
                let optional = field.isNullable ? " ?? []" : ""
                switch field.type {
                case .error: text.line("if \(name) != .none { return \(name) }")
                case .structure(let inner) where message.holdsError(inner):
                    let value = field.isNullable ? "\(name)?.firstError ?? .none" : "\(name).firstError"
                    text.block("if case let error = \(value), error != .none") { $0.line("return error") }
                case .array(.error):
                    text.block("for error in \(name)\(optional) where error != .none") { $0.line("return error") }
                case .array(.structure(let inner)) where message.holdsError(inner):
                    text.block("for value in \(name)\(optional)") { text in
                        text.line("let error = value.firstError")
                        text.line("if error != .none { return error }")
                    }
                default: break
                }
            }
            text.line("return .none")
        }
    }

    private func emitThrottle(into text: inout SwiftText) {
        text.line()
        text.line("/// Says how long the client is held back by a quota, in the versions that can.")
        text.block("public mutating func throttle(ms: Int32)") { $0.line("throttleTimeMs = ms") }
    }

    // MARK: Types and defaults

    func swiftType(_ field: Field) -> String {
        let base = Self.swiftType(field.type)
        return field.type != .records && (field.isNullable || field.type == .digest) ? base + "?" : base
    }

    static func swiftType(_ type: FieldType) -> String {
        switch type {
        case .bool: "Bool"
        case .int8: "Int8"
        case .int16: "Int16"
        case .int32: "Int32"
        case .int64: "Int64"
        case .float64: "Double"
        case .error: "ErrorCode"
        case .uuid: "Uuid"
        case .digest: "Digest256"
        case .string: "String"
        case .bytes: "ByteBuffer"
        case .records: "Records"
        case .array(let element): "[\(swiftType(element))]"
        case .structure(let name): name
        }
    }

    func defaultExpression(_ field: Field) -> String {
        if field.defaultValue == "null" { return field.type == .records ? ".null" : "nil" }
        switch field.type {
        case .bool: return field.defaultValue ?? "false"
        case .int8, .int16, .int32, .int64, .float64: return field.defaultValue ?? "0"
        case .error: return ".none"
        case .uuid: return ".zero"
        case .digest: return "nil"
        case .string: return "\"\(field.defaultValue ?? "")\""
        case .bytes: return "ByteBuffer()"
        case .records: return ".empty"
        case .array: return "[]"
        case .structure(let name): return "\(name)()"
        }
    }

    func isDefaultTest(_ field: Field) -> String {
        let name = field.name.escaped
        if field.defaultValue == "null" || field.type == .digest { return "\(name) == nil" }
        switch field.type {
        case .bool: return defaultExpression(field) == "true" ? name : "!\(name)"
        case .string where field.defaultValue == nil, .array:
            return field.isNullable ? "\(name)?.isEmpty == true" : "\(name).isEmpty"
        case .bytes: return "\(name).readableBytes == 0"
        case .records: return "\(name).isEmpty"
        case .structure: return "\(name).isDefault"
        default: return "\(name) == \(defaultExpression(field))"
        }
    }

    /// True if the field's value isn't its default.
    func differsTest(_ field: Field) -> String {
        let test = isDefaultTest(field)
        if test.hasPrefix("!") { return String(test.dropFirst()) }
        if test.contains(" == ") { return test.replacingFirst(" == ", with: " != ") }
        return "!\(test)"
    }
}

extension Message {
    /// Whether a field is a ByteBuffer.
    var hasBytes: Bool {
        ([root] + nested).contains { structure in structure.fields.contains { $0.type == .bytes } }
    }

    /// Whether an error code is in this struct or in one below it.
    func holdsError(_ name: String) -> Bool {
        guard let structure = name == root.name ? root : structure(name) else { return false }
        return structure.fields.contains { field in
            switch field.type {
            case .error, .array(.error): true
            case .structure(let inner), .array(.structure(let inner)): inner != name && holdsError(inner)
            default: false
            }
        }
    }

    /// Whether a tag holds this struct itself, so that its `isDefault` is needed.
    func isTaggedStructure(_ name: String) -> Bool {
        ([root] + nested).contains { structure in
            structure.fields.contains { $0.type == .structure(name) && $0.tag != nil }
        }
    }
}

extension String {
    func replacingFirst(_ part: String, with other: String) -> String {
        guard let start = indices.first(where: { self[$0...].hasPrefix(part) }) else { return self }
        return self[..<start] + other + self[index(start, offsetBy: part.count)...]
    }
}
