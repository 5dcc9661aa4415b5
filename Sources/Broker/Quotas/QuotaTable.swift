import Views

/// All quotas that are set. Pure; which one holds for a client is decided as in Apache Kafka: user and client id together
/// before the user before the client id, and at each step a name before the default.
struct QuotaTable: Sendable, Equatable {
    private(set) var limits: [QuotaEntity: [QuotaKind: Double]] = [:]
    private var kinds: Set<QuotaKind> = []

    /// Sets what holds for an entity. Nothing: there is no quota for it any more.
    mutating func set(_ values: [QuotaKind: Double], for entity: QuotaEntity) {
        limits[entity] = values.isEmpty ? nil : values
        kinds = Set(limits.values.flatMap(\.keys))
    }

    func has(_ kind: QuotaKind) -> Bool { kinds.contains(kind) }

    /// The quota that holds for a client, and who shares it: everybody who matches the same names.
    func quota(_ kind: QuotaKind, user: Name, clientId: Name) -> (holder: QuotaHolder, limit: Double)? {
        guard has(kind) else { return nil }
        let candidates: [(QuotaEntity.Part?, QuotaEntity.Part?)] = [
            (.named(user), .named(clientId)), (.named(user), .byDefault), (.named(user), nil),
            (.byDefault, .named(clientId)), (.byDefault, .byDefault), (.byDefault, nil),
            (nil, .named(clientId)), (nil, .byDefault),
        ]
        for (userPart, clientPart) in candidates {
            let entity = QuotaEntity(user: userPart, clientId: clientPart)
            guard let limit = limits[entity]?[kind] else { continue }
            let holder = QuotaHolder(
                kind: kind, entity: entity, user: userPart == nil ? nil : user,
                clientId: clientPart == nil ? nil : clientId)
            return (holder, limit)
        }
        return nil
    }

    func quota(ofAddress address: Name) -> (holder: QuotaHolder, limit: Double)? {
        guard has(.connections) else { return nil }
        for part in [QuotaEntity.Part.named(address), .byDefault] {
            let entity = QuotaEntity(ip: part)
            guard let limit = limits[entity]?[.connections] else { continue }
            return (QuotaHolder(kind: .connections, entity: entity, address: address), limit)
        }
        return nil
    }
}

/// Who draws on one quota together.
struct QuotaHolder: Sendable, Hashable {
    var kind: QuotaKind
    /// Where its limit is set.
    var entity: QuotaEntity
    var user: Name?
    var clientId: Name?
    var address: Name?

    /// All who hold the same quota, as one: for when there are too many to be told apart.
    var shared: QuotaHolder { QuotaHolder(kind: kind, entity: entity) }
}
