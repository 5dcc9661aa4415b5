import KafkaMessages
import Views

/// Why an entity or a change of its quotas is refused: INVALID_REQUEST, in words.
struct QuotaRefusal: Error, Equatable {
    var text: String
}

extension QuotaEntity {
    /// `parts`: type and name; a name that is nil is the default.
    init(_ parts: [(type: String, name: String?)]) throws(QuotaRefusal) {
        self.init(user: nil, clientId: nil, ip: nil)
        for (type, name) in parts {
            guard let known = PartType(rawValue: type) else {
                throw QuotaRefusal(text: "entity type \(type.prefix(40)) is not known: user, client-id or ip")
            }
            guard self[known] == nil else { throw QuotaRefusal(text: "entity type \(type) is named twice") }
            if let name {
                guard (1...255).contains(name.utf8.count) else {
                    throw QuotaRefusal(text: "the name of a \(type) has 1 to 255 bytes; null stands for the default")
                }
                self[known] = .named(Name(name))
            } else {
                self[known] = .byDefault
            }
        }
        guard isValid else {
            throw QuotaRefusal(text: "an entity is a user, a client-id, both, or an ip alone")
        }
    }

    /// Type and name of each part; a name that is nil is the default.
    var parts: [(type: String, name: String?)] {
        PartType.allCases.compactMap { type in self[type].map { (type.rawValue, $0.name?.string) } }
    }
}

/// What entities must have to be listed, by DescribeClientQuotas.
struct QuotaFilter {
    private enum Match {
        case exactly(QuotaEntity.Part)
        case any
    }

    private var matches: [(type: QuotaEntity.PartType, match: Match)] = []
    private let isStrict: Bool

    init(_ request: DescribeClientQuotasRequest) throws(QuotaRefusal) {
        isStrict = request.strict
        for component in request.components {
            guard let type = QuotaEntity.PartType(rawValue: component.entityType) else {
                throw QuotaRefusal(
                    text: "entity type \(component.entityType.prefix(40)) is not known: user, client-id or ip")
            }
            guard !matches.contains(where: { $0.type == type }) else {
                throw QuotaRefusal(text: "entity type \(type.rawValue) is named twice")
            }
            switch (component.matchType, component.match) {
            case (0, let name?): matches.append((type, .exactly(.named(Name(name)))))
            case (1, nil): matches.append((type, .exactly(.byDefault)))
            case (2, nil): matches.append((type, .any))
            default:
                throw QuotaRefusal(
                    text:
                        "match type \(component.matchType) is not known or doesn't go with its name: 0 with one, 1 or 2 without"
                )
            }
        }
    }

    func takes(_ entity: QuotaEntity) -> Bool {
        for (type, match) in matches {
            guard let part = entity[type] else { return false }
            if case .exactly(let wanted) = match, part != wanted { return false }
        }
        return !isStrict || entity.parts.count == matches.count
    }
}
