import Scram
import Views

/// Keys of `__sluice_security`, canonical JSON: `["acl",TYPE,"LITERAL"|"PREFIXED",NAME,PRINCIPAL,HOST,OPERATION,"ALLOW"|"DENY"]`
/// `["scram",USER,MECHANISM]`, `["quota",TYPE,"NAMED"|"DEFAULT",NAME,…]` with one to two parts, and `["secret"]`. A null value deletes what the key names.
enum SecurityKey: Sendable, Hashable {
    case acl(Acl)
    case scram(CredentialKey)
    case quota(QuotaEntity)
    /// From which the salts are made that users who don't exist seem to have.
    case secret

    /// nil for bytes that this version doesn't know.
    init?(parsing bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes), case .array(let elements) = value else { return nil }
        let fields = elements.compactMap { element in
            if case .string(let text) = element { text } else { nil }
        }
        guard fields.count == elements.count, let kind = fields.first else { return nil }
        switch kind {
        case "acl" where fields.count == 8:
            guard let type = ResourceType(name: fields[1]), let pattern = ResourcePattern.Kind(name: fields[2]),
                let principal = AclPrincipal(fields[4]), let operation = AclOperation(name: fields[6]),
                ["ALLOW", "DENY"].contains(fields[7])
            else { return nil }
            self = .acl(
                Acl(
                    pattern: ResourcePattern(type: type, name: Name(fields[3]), kind: pattern), principal: principal,
                    host: fields[5], operation: operation, isDeny: fields[7] == "DENY"))
        case "scram" where fields.count == 3:
            guard let mechanism = ScramMechanism(name: fields[2]) else { return nil }
            self = .scram(CredentialKey(user: Name(fields[1]), mechanism: mechanism))
        case "quota":
            guard let entity = QuotaEntity(fields: fields.dropFirst()) else { return nil }
            self = .quota(entity)
        case "secret" where fields.count == 1: self = .secret
        default: return nil
        }
    }

    var bytes: [UInt8] {
        let fields: [String] =
            switch self {
            case .acl(let acl):
                [
                    "acl", acl.pattern.type.name, acl.pattern.kind.name, acl.pattern.name.string,
                    acl.principal.description, acl.host, acl.operation.name, acl.isDeny ? "DENY" : "ALLOW",
                ]
            case .scram(let key): ["scram", key.user.string, key.mechanism.name]
            case .quota(let entity): ["quota"] + entity.fields
            case .secret: ["secret"]
            }
        return JSONValue.array(fields.map(JSONValue.string)).canonicalBytes
    }
}

/// Whose credential for what.
struct CredentialKey: Sendable, Hashable {
    var user: Name
    var mechanism: ScramMechanism
}

extension ResourcePattern.Kind {
    var name: String {
        switch self {
        case .literal: "LITERAL"
        case .prefixed: "PREFIXED"
        }
    }

    init?(name: String) {
        switch name {
        case "LITERAL": self = .literal
        case "PREFIXED": self = .prefixed
        default: return nil
        }
    }
}

/// Values of `__sluice_security`. Of an ACL: `{"at","by","v":1}`; of a credential also `iterations`, `salt`, `server_key` and
/// `stored_key`; of the secret also `bytes`; of quotas also `limits`, numbers as text; bytes in base64. Deliberately not printable: a credential is in it.
struct SecurityValue {
    static let version: Int64 = 1

    /// nil: an ACL's.
    var credential: ScramCredential?
    var secret: [UInt8]?
    var limits: [QuotaKind: Double]?

    init(credential: ScramCredential? = nil, secret: [UInt8]? = nil, limits: [QuotaKind: Double]? = nil) {
        self.credential = credential
        self.secret = secret
        self.limits = limits
    }

    /// nil for a value that this version can't read as that of `key`.
    init?(parsing bytes: [UInt8], of key: SecurityKey) {
        guard let value = try? JSONValue(parsing: bytes), case .object(let members) = value,
            members.first(where: { $0.key == "v" })?.value == .integer(Self.version)
        else { return nil }
        func field(_ name: String) -> [UInt8]? {
            guard case .string(let text)? = members.first(where: { $0.key == name })?.value else { return nil }
            return Base64.decode(text)
        }
        if case .secret = key {
            guard let bytes = field("bytes"), bytes.count >= 32 else { return nil }
            secret = bytes
        }
        if case .quota(let entity) = key {
            guard let limits = Self.limits(members.first { $0.key == "limits" }?.value, of: entity) else { return nil }
            self.limits = limits
        }
        guard case .scram(let key) = key else { return }
        guard case .integer(let iterations)? = members.first(where: { $0.key == "iterations" })?.value,
            let iterations = Int32(exactly: iterations), iterations > 0, let salt = field("salt"),
            let storedKey = field("stored_key"), let serverKey = field("server_key"),
            storedKey.count == key.mechanism.byteCount, serverKey.count == key.mechanism.byteCount
        else { return nil }
        credential = ScramCredential(
            mechanism: key.mechanism, salt: salt, iterations: iterations, storedKey: storedKey, serverKey: serverKey)
    }

    /// - Parameters:
    ///   - author: who made the change.
    ///   - atMs: when, in milliseconds since 1970.
    func bytes(author: Principal, atMs: Int64) -> [UInt8] {
        var members = [
            JSONValue.Member("v", .integer(Self.version)), JSONValue.Member("by", .string(author.description)),
            JSONValue.Member("at", .integer(atMs)),
        ]
        if let credential {
            members += [
                JSONValue.Member("iterations", .integer(Int64(credential.iterations))),
                JSONValue.Member("salt", .string(Base64.encode(credential.salt))),
                JSONValue.Member("stored_key", .string(Base64.encode(credential.storedKey))),
                JSONValue.Member("server_key", .string(Base64.encode(credential.serverKey))),
            ]
        }
        if let secret { members.append(JSONValue.Member("bytes", .string(Base64.encode(secret)))) }
        if let limits {
            let texts = limits.map { JSONValue.Member($0.key.rawValue, .string($0.value.description)) }
            members.append(JSONValue.Member("limits", .object(texts)))
        }
        return JSONValue.object(members).canonicalBytes
    }

    private static func limits(_ value: JSONValue?, of entity: QuotaEntity) -> [QuotaKind: Double]? {
        guard case .object(let members)? = value else { return nil }
        var limits: [QuotaKind: Double] = [:]
        for member in members {
            guard let kind = QuotaKind(rawValue: member.key), entity.takes(kind), case .string(let text) = member.value,
                let limit = Double(text), kind.refusal(of: limit) == nil
            else { return nil }
            limits[kind] = limit
        }
        return limits
    }
}
