import KafkaClient

/// ACLs as tables and JSON.
enum AclText {
    static func json(_ acls: [AclBinding]) -> JSON {
        .array(
            acls.map { acl in
                [
                    "host": .string(acl.host), "name": .string(acl.name), "operation": .string("\(acl.operation)"),
                    "pattern": .string("\(acl.pattern)"), "permission": .string("\(acl.permission)"),
                    "principal": .string(acl.principal), "resource": .string("\(acl.resource)"),
                ]
            })
    }

    static func table(_ acls: [AclBinding]) -> String {
        var table = Table("PRINCIPAL", "PERMISSION", "OPERATION", "RESOURCE", "NAME", "PATTERN", "HOST")
        for acl in acls.sorted(by: isBefore) {
            table.add(
                acl.principal, "\(acl.permission)", "\(acl.operation)", "\(acl.resource)", acl.name, "\(acl.pattern)",
                acl.host)
        }
        return table.text
    }

    private static func isBefore(_ left: AclBinding, _ right: AclBinding) -> Bool {
        func key(_ acl: AclBinding) -> [String] {
            [
                acl.principal, "\(acl.resource)", acl.name, "\(acl.pattern)", "\(acl.permission)", "\(acl.operation)",
                acl.host,
            ]
        }
        return key(left).lexicographicallyPrecedes(key(right))
    }
}
