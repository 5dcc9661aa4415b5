/// An object whose fields are all known. Errors name the object and the field.
struct JSONFields {
    let what: String
    private let members: [JSONValue.Member]

    init(_ value: JSONValue, _ what: String, known: [String]) throws(PolicyRefusal) {
        guard case .object(let members) = value else { throw PolicyRefusal("\(what) must be an object") }
        for member in members where !known.contains(member.key) {
            throw PolicyRefusal(
                "unknown field \"\(member.key.prefix(100))\"\(Suggestion.text(for: member.key, among: known))")
        }
        self.what = what
        self.members = members
    }

    subscript(_ name: String) -> JSONValue? { members.first { $0.key == name }?.value }

    func string(_ name: String) throws(PolicyRefusal) -> String? {
        guard let value = self[name] else { return nil }
        guard case .string(let text) = value else { throw wrong(name, "a string", value) }
        return text
    }

    func integer(_ name: String) throws(PolicyRefusal) -> Int64? {
        guard let value = self[name] else { return nil }
        guard case .integer(let number) = value else { throw wrong(name, "an integer", value) }
        return number
    }

    func bool(_ name: String) throws(PolicyRefusal) -> Bool? {
        guard let value = self[name] else { return nil }
        guard case .bool(let flag) = value else { throw wrong(name, "true or false", value) }
        return flag
    }

    func digest(_ name: String) throws(PolicyRefusal) -> Digest? {
        guard let text = try string(name) else { return nil }
        guard let digest = Digest(hex: text) else {
            throw PolicyRefusal("\(what): \(name) must be 64 lower-case hexadecimal digits")
        }
        return digest
    }

    func required<Value>(_ value: Value?, _ name: String) throws(PolicyRefusal) -> Value {
        guard let value else { throw PolicyRefusal("\(what): \(name) is missing") }
        return value
    }

    private func wrong(_ name: String, _ expected: String, _ value: JSONValue) -> PolicyRefusal {
        PolicyRefusal("\(what): \(name) must be \(expected), not \(value.kind)")
    }
}
