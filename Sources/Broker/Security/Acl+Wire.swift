import KafkaMessages
import Views

/// Why an ACL or a filter of a request isn't one: INVALID_REQUEST, with this text.
struct AclRefusal: Error, Equatable {
    var text: String

    init(_ text: String) {
        self.text = text
    }
}

extension Acl {
    init(_ creation: CreateAclsRequest.AclCreation) throws(AclRefusal) {
        guard let type = ResourceType(rawValue: creation.resourceType) else {
            throw AclRefusal("resource type \(creation.resourceType) isn't one that an ACL can have")
        }
        guard let kind = ResourcePattern.Kind(rawValue: creation.resourcePatternType) else {
            throw AclRefusal("pattern type \(creation.resourcePatternType): an ACL is literal (3) or prefixed (4)")
        }
        guard !creation.resourceName.isEmpty, creation.resourceName.utf8.count <= 1024 else {
            throw AclRefusal("a resource name has 1 to 1024 bytes")
        }
        let name = Name(creation.resourceName)
        guard type != .cluster || name == ResourceType.clusterName else {
            throw AclRefusal("the name of the cluster resource is \(ResourceType.clusterName)")
        }
        guard let principal = AclPrincipal(creation.principal) else {
            throw AclRefusal("a principal is written User:NAME, or User:* for everybody")
        }
        guard creation.host == Acl.anyHost || Self.isNumericAddress(creation.host) else {
            throw AclRefusal("a host is a numeric address, or * for any: names aren't looked up")
        }
        guard let operation = AclOperation(rawValue: creation.operation) else {
            throw AclRefusal("operation \(creation.operation) isn't one that an ACL can have")
        }
        guard let isDeny = Self.isDeny(creation.permissionType) else {
            throw AclRefusal("permission type \(creation.permissionType): an ACL denies (2) or allows (3)")
        }
        self.init(
            pattern: ResourcePattern(type: type, name: name, kind: kind), principal: principal, host: creation.host,
            operation: operation, isDeny: isDeny)
    }

    /// Kafka's code of `isDeny`.
    var permissionType: Int8 { isDeny ? 2 : 3 }

    static func isDeny(_ permissionType: Int8) -> Bool? {
        switch permissionType {
        case 2: true
        case 3: false
        default: nil
        }
    }

    /// Numbers and dots, or hexadecimal numbers and colons: an address could be written so.
    private static func isNumericAddress(_ text: String) -> Bool {
        let isIPv4 = text.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".")
        }
        if isIPv4 { return text.split(separator: ".").count == 4 && text.utf8.count <= 15 }
        return text.contains(":") && text.utf8.count <= 45
            && text.allSatisfy { $0.isASCII && ($0.isHexDigit || $0 == ":" || $0 == ".") }
    }
}

extension AclFilter {
    init(_ request: DescribeAclsRequest) throws(AclRefusal) {
        try self.init(
            resourceType: request.resourceTypeFilter, name: request.resourceNameFilter,
            patternType: request.patternTypeFilter, principal: request.principalFilter, host: request.hostFilter,
            operation: request.operation, permissionType: request.permissionType)
    }

    init(_ filter: DeleteAclsRequest.DeleteAclsFilter) throws(AclRefusal) {
        try self.init(
            resourceType: filter.resourceTypeFilter, name: filter.resourceNameFilter,
            patternType: filter.patternTypeFilter, principal: filter.principalFilter, host: filter.hostFilter,
            operation: filter.operation, permissionType: filter.permissionType)
    }

    /// 1 stands for any in each code.
    private init(
        resourceType: Int8, name: String?, patternType: Int8, principal: String?, host: String?, operation: Int8,
        permissionType: Int8
    ) throws(AclRefusal) {
        let kind: PatternKind
        switch patternType {
        case 1: kind = .any
        case 2: kind = .match
        default:
            guard let exact = ResourcePattern.Kind(rawValue: patternType) else {
                throw AclRefusal("pattern type \(patternType) is not known: 1 any, 2 match, 3 literal, 4 prefixed")
            }
            kind = .exactly(exact)
        }
        guard resourceType == 1 || ResourceType(rawValue: resourceType) != nil else {
            throw AclRefusal("resource type \(resourceType) is not known")
        }
        guard operation == 1 || AclOperation(rawValue: operation) != nil else {
            throw AclRefusal("operation \(operation) is not known")
        }
        guard permissionType == 1 || Acl.isDeny(permissionType) != nil else {
            throw AclRefusal("permission type \(permissionType) is not known: 1 any, 2 deny, 3 allow")
        }
        var parsed: AclPrincipal?
        if let principal {
            parsed = AclPrincipal(principal)
            guard parsed != nil else { throw AclRefusal("a principal is written User:NAME, or User:* for everybody") }
        }
        self.init(
            type: ResourceType(rawValue: resourceType), name: name.map { Name($0) }, patternKind: kind,
            principal: parsed, host: host, operation: AclOperation(rawValue: operation),
            isDeny: Acl.isDeny(permissionType))
    }
}
