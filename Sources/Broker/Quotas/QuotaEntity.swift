import Views

/// For whom quotas are set (KIP-546): a user, a client id, both together, or an address; each by name or as the default for
/// those without one of their own.
struct QuotaEntity: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case named(Name)
        case byDefault

        var name: Name? {
            if case .named(let name) = self { name } else { nil }
        }
    }

    /// The types of Kafka's wire and tools, in their order.
    enum PartType: String, Sendable, CaseIterable {
        case user
        case clientId = "client-id"
        case ip
    }

    var user: Part?
    var clientId: Part?
    var ip: Part?

    subscript(_ type: PartType) -> Part? {
        get {
            switch type {
            case .user: user
            case .clientId: clientId
            case .ip: ip
            }
        }
        set {
            switch type {
            case .user: user = newValue
            case .clientId: clientId = newValue
            case .ip: ip = newValue
            }
        }
    }

    /// Whether quotas can be set for it: an address stands alone.
    var isValid: Bool { ip == nil ? user != nil || clientId != nil : user == nil && clientId == nil }

    func takes(_ kind: QuotaKind) -> Bool { kind.isOfAddresses == (ip != nil) }
}

/// In a key of `__sluice_security`: type, `NAMED` or `DEFAULT`, and name of each part.
extension QuotaEntity {
    init?(fields: ArraySlice<String>) {
        self.init(user: nil, clientId: nil, ip: nil)
        var rest = fields
        while let typeName = rest.popFirst() {
            guard let type = PartType(rawValue: typeName), self[type] == nil, let kind = rest.popFirst(),
                let name = rest.popFirst()
            else { return nil }
            switch kind {
            case "NAMED": self[type] = .named(Name(name))
            case "DEFAULT" where name.isEmpty: self[type] = .byDefault
            default: return nil
            }
        }
        guard isValid else { return nil }
    }

    var fields: [String] {
        parts.flatMap { [$0.type, $0.name == nil ? "DEFAULT" : "NAMED", $0.name ?? ""] }
    }
}
