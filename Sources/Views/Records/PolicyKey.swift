/// The keys of `__sluice_views` (policy-records §3). Stored keys are canonical JSON.
public enum PolicyKey: Sendable, Hashable {
    /// Version 0 is what a client sends: the broker puts the next one.
    case view(Name, UInt32)
    case binding(BindingKey)
    case topicDefault(TopicPattern)
    case pause(Name)
    case quarantine(TopicId, Int32, Int64)
    case feature

    private static let types = ["view", "binding", "default", "pause", "quarantine", "feature"]

    public init(parsing bytes: [UInt8]) throws(PolicyRefusal) {
        let value: JSONValue
        do { value = try JSONValue(parsing: bytes) } catch { throw PolicyRefusal("key is not JSON \(error)") }
        guard case .array(let parts) = value, case .string(let type)? = parts.first else {
            throw PolicyRefusal("key must be an array that begins with one of \(Self.types.joined(separator: ", "))")
        }
        func part(_ index: Int) -> JSONValue { index < parts.count ? parts[index] : .null }
        func count(_ count: Int, _ form: String) throws(PolicyRefusal) {
            guard parts.count == count else { throw PolicyRefusal("\(type) key must be \(form)") }
        }
        switch type {
        case "view":
            try count(3, #"["view",NAME,VERSION]"#)
            guard case .integer(let number) = part(2), let version = UInt32(exactly: number) else {
                throw PolicyRefusal("view key: version must be 0, which the broker replaces, or a version to delete")
            }
            self = .view(try Self.moduleName(part(1), "view"), version)
        case "binding":
            try count(4, #"["binding",GROUP,PRINCIPAL,TOPIC]"#)
            let key = BindingKey(
                group: try Self.group(part(1)), principal: try Self.principal(part(2)),
                topic: try Self.topic(part(3), "binding"))
            if key.group == .any && key.principal == .any {
                throw PolicyRefusal(#"names neither group nor principal: that is the default; set ["default",…]"#)
            }
            self = .binding(key)
        case "default":
            try count(2, #"["default",TOPIC]"#)
            self = .topicDefault(try Self.topic(part(1), "default"))
        case "pause":
            try count(2, #"["pause",NAME]"#)
            self = .pause(try Self.moduleName(part(1), "pause"))
        case "quarantine":
            try count(4, #"["quarantine",TOPIC-ID,PARTITION,OFFSET]"#)
            guard case .string(let text) = part(1), let id = TopicId(text), case .integer(let number) = part(2),
                let partition = Int32(exactly: number), partition >= 0, case .integer(let offset) = part(3), offset >= 0
            else { throw PolicyRefusal("quarantine key: must hold a topic id, a partition and an offset") }
            self = .quarantine(id, partition, offset)
        case "feature":
            try count(1, #"["feature"]"#)
            self = .feature
        default:
            throw PolicyRefusal("unknown key type \"\(type)\"\(Suggestion.text(for: type, among: Self.types))")
        }
    }

    /// The topics that a key still names which can't be read as a whole.
    static func topicNamed(by bytes: [UInt8]) -> TopicPattern? {
        guard let value = try? JSONValue(parsing: bytes), case .array(let parts) = value,
            case .string(let type)? = parts.first
        else { return nil }
        switch (type, parts.count) {
        case ("binding", 4): return try? topic(parts[3], type)
        case ("default", 2): return try? topic(parts[1], type)
        default: return nil
        }
    }

    public var bytes: [UInt8] { json.canonicalBytes }

    private var json: JSONValue {
        switch self {
        case .view(let name, let version): .array([.string("view"), .string(name.string), .integer(Int64(version))])
        case .binding(let key):
            .array([.string("binding"), Self.json(key.group), Self.json(key.principal), Self.json(key.topic)])
        case .topicDefault(let topic): .array([.string("default"), Self.json(topic)])
        case .pause(let name): .array([.string("pause"), .string(name.string)])
        case .quarantine(let id, let partition, let offset):
            .array([.string("quarantine"), .string(id.text), .integer(Int64(partition)), .integer(offset)])
        case .feature: .array([.string("feature")])
        }
    }

    // MARK: Patterns

    private static func pattern(_ value: JSONValue) -> (kind: String, text: String?)? {
        guard case .array(let parts) = value, case .string(let kind)? = parts.first else { return nil }
        if parts.count == 1 { return (kind, nil) }
        guard parts.count == 2, case .string(let text) = parts[1], !text.isEmpty else { return nil }
        return (kind, text)
    }

    private static func group(_ value: JSONValue) throws(PolicyRefusal) -> GroupPattern {
        switch pattern(value) {
        case ("any", nil)?: return .any
        case ("exact", let name?)?: return .exact(Name(name))
        case ("prefix", let prefix?)?: return .prefix(Name(prefix))
        default:
            throw PolicyRefusal(#"binding key: group must be ["any"], ["exact","…"] or ["prefix","…"], not empty"#)
        }
    }

    private static func principal(_ value: JSONValue) throws(PolicyRefusal) -> PrincipalPattern {
        switch pattern(value) {
        case ("any", nil)?: return .any
        case ("exact", let name?)?:
            if name == "User:ANONYMOUS" {
                throw PolicyRefusal(#"binding key: User:ANONYMOUS is nobody; leave the principal at ["any"]"#)
            }
            guard let principal = Principal(name: name) else { fallthrough }
            return .exact(principal)
        default: throw PolicyRefusal(#"binding key: principal must be ["any"] or ["exact","User:…"]"#)
        }
    }

    private static func topic(_ value: JSONValue, _ type: String) throws(PolicyRefusal) -> TopicPattern {
        switch pattern(value) {
        case ("exact", let name?)?: return .exact(Name(name))
        case ("prefix", let prefix?)?: return .prefix(Name(prefix))
        default: throw PolicyRefusal(#"\#(type) key: topic must be ["exact","…"] or ["prefix","…"], not empty"#)
        }
    }

    private static func moduleName(_ value: JSONValue, _ type: String) throws(PolicyRefusal) -> Name {
        guard case .string(let text) = value else { throw PolicyRefusal("\(type) key: the name must be a string") }
        guard Name.isValidModuleName(text) else { throw PolicyRefusal(Name.invalidModuleName(text)) }
        return Name(text)
    }

    private static func json(_ pattern: GroupPattern) -> JSONValue {
        switch pattern {
        case .any: .array([.string("any")])
        case .exact(let name): .array([.string("exact"), .string(name.string)])
        case .prefix(let prefix): .array([.string("prefix"), .string(prefix.string)])
        }
    }

    private static func json(_ pattern: PrincipalPattern) -> JSONValue {
        switch pattern {
        case .any: .array([.string("any")])
        case .exact(let principal): .array([.string("exact"), .string(principal.description)])
        }
    }

    private static func json(_ pattern: TopicPattern) -> JSONValue {
        switch pattern {
        case .exact(let name): .array([.string("exact"), .string(name.string)])
        case .prefix(let prefix): .array([.string("prefix"), .string(prefix.string)])
        }
    }
}

extension Name {
    static func invalidModuleName(_ text: String) -> String {
        reserved.contains(text)
            ? "\"\(text)\" has a meaning of its own; choose another name"
            : "name \"\(text.prefix(110))\" must be [a-z0-9][a-z0-9._-]{0,99}"
    }
}

extension TopicId {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// Kafka's text of an id: 22 characters of base64url, without padding.
    public var text: String {
        var output: [UInt8] = []
        // 128 bits are 21 groups of six and two bits that are left.
        for group in 0..<22 {
            output.append(Self.alphabet[Int(bits(from: group * 6))])
        }
        return String(decoding: output, as: UTF8.self)
    }

    public init?(_ text: String) {
        guard text.utf8.count == 22 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (group, character) in text.utf8.enumerated() {
            guard let value = Self.alphabet.firstIndex(of: character) else { return nil }
            let count = group == 21 ? 2 : 6
            guard group < 21 || value & 0b1111 == 0 else { return nil }
            high = high << UInt64(count) | low >> UInt64(64 - count)
            low = low << UInt64(count) | UInt64(group == 21 ? value >> 4 : value)
        }
        self.init(high: high, low: low)
    }

    /// Six bits from the most significant on; zeros follow the last.
    private func bits(from position: Int) -> UInt8 {
        var value: UInt8 = 0
        for bit in position..<position + 6 {
            let isSet = bit < 64 ? high >> UInt64(63 - bit) & 1 : bit < 128 ? low >> UInt64(127 - bit) & 1 : 0
            value = value << 1 | UInt8(isSet)
        }
        return value
    }
}
