import Views

/// Who may come in, and who may do what.
extension BrokerConfiguration {
    static let security = [
        ConfigDefinition(
            "authorizer", .word(["none", "acl"]), default: "none",
            "acl: what no ACL allows is denied. none: whoever reaches a listener may use it, and policy, users and ACLs are the business of this machine."
        ),
        ConfigDefinition(
            "super.users", .text, default: "", "Who may do everything under authorizer = acl: User:NAME;User:NAME."),
        ConfigDefinition(
            "allow.everyone.if.no.acl.found", .boolean, default: "false",
            "Under authorizer = acl: what no ACL is about is allowed, but for the broker's own topics."),
        ConfigDefinition(
            "connections.max.reauth.ms", .long(0...Int64(Int32.max)), default: "0",
            "How long a SASL login holds; a client that doesn't log in again in time is cut off. 0: as long as its connection."
        ),
        ConfigDefinition(
            "connection.failed.authentication.delay.ms", .int(0...10_000), default: "100",
            "How late a failed login is answered; later, if an address has many."),
        ConfigDefinition(
            "quota.window.num", .int(1...1000), default: "11",
            "Windows for which a client's quotas may be used in advance: so much is free at first and after a rest."),
        ConfigDefinition("quota.window.size.seconds", .int(1...3600), default: "1", "Length of such a window."),
    ]

    var quotaWindowSeconds: Double {
        Double(number("quota.window.num")) * Double(number("quota.window.size.seconds"))
    }

    /// `super.users`.
    var superUsers: [Principal] {
        text("super.users").split(separator: ";").compactMap { Principal(name: String($0).trimmed) }
    }

    func checkSuperUsers() throws(ConfigError) {
        for part in text("super.users").split(separator: ";") {
            guard Principal(name: String(part).trimmed)?.userName != nil else {
                throw ConfigError(
                    "super.users = \(part.prefix(100)): must be names of users as in User:alice;User:bob, "
                        + "and User:ANONYMOUS is nobody's")
            }
        }
    }
}
