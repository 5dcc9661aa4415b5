import TestSupport
import Testing
import Views

@testable import Broker

@Suite struct AclIndexTests {
    private static let alice: Name = "alice"

    private static func acl(
        _ name: Name, _ operation: AclOperation, _ kind: ResourcePattern.Kind = .literal,
        _ type: ResourceType = .topic, principal: AclPrincipal = .user(alice), host: String = "*", deny: Bool = false
    ) -> Acl {
        Acl(
            pattern: ResourcePattern(type: type, name: name, kind: kind), principal: principal, host: host,
            operation: operation, isDeny: deny)
    }

    private static func allows(
        _ acls: [Acl], _ operation: AclOperation, on name: Name, host: String = "10.0.0.1"
    ) -> Bool {
        AclIndex(acls).verdict(alice, host: host, .topic, name).allows(operation)
    }

    @Test func nothingWrittenAllowsNothing() {
        let verdict = AclIndex([]).verdict(Self.alice, host: "10.0.0.1", .topic, "accounts")
        #expect(verdict == AclIndex.Verdict())
        #expect(!verdict.allows(.describe))
    }

    @Test func aDenyWinsOverEveryAllow() {
        let acls = [
            Self.acl("accounts", .read, .literal), Self.acl("acc", .read, .prefixed),
            Self.acl("*", .read, .literal, principal: .everyone, deny: true),
        ]
        #expect(!Self.allows(acls, .read, on: "accounts"))
        // Describe is implied by the allow, and only READ is denied.
        #expect(Self.allows(acls, .describe, on: "accounts"))
    }

    @Test(arguments: [AclOperation.read, .write, .delete, .alter])
    func describeIsImplied(by operation: AclOperation) {
        #expect(Self.allows([Self.acl("t", operation)], .describe, on: "t"))
        #expect(!Self.allows([Self.acl("t", operation)], .describeConfigs, on: "t"))
        #expect(!Self.allows([Self.acl("t", .describe)], operation, on: "t"))
    }

    @Test func hostsArePartOfAnAcl() {
        let acls = [Self.acl("t", .read, host: "10.0.0.1"), Self.acl("t", .read, host: "10.0.0.2", deny: true)]
        #expect(Self.allows(acls, .read, on: "t", host: "10.0.0.1"))
        #expect(!Self.allows(acls, .read, on: "t", host: "10.0.0.2"))
        #expect(!Self.allows(acls, .read, on: "t", host: "10.0.0.3"))
    }

    @Test func theWildcardIsALiteral() {
        #expect(Self.allows([Self.acl("*", .read)], .read, on: "any"))
        // A prefix "*" is a prefix like any other.
        #expect(!Self.allows([Self.acl("*", .read, .prefixed)], .read, on: "any"))
        #expect(Self.allows([Self.acl("*", .read, .prefixed)], .read, on: "*x"))
    }

    /// Random ACLs over few names against a reading of all of them, one by one.
    @Test(arguments: 0..<200) func decisionsAreThoseOfAnOracle(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let names: [Name] = ["a", "ab", "abc", "b", "*", "é"]
        let users: [Name] = ["alice", "bob"]
        let hosts = ["10.0.0.1", "10.0.0.2"]
        let acls = (0..<Int.random(in: 0...12, using: &random)).map { _ in
            Acl(
                pattern: ResourcePattern(
                    type: [.topic, .group].randomElement(using: &random)!, name: names.randomElement(using: &random)!,
                    kind: [.literal, .prefixed].randomElement(using: &random)!),
                principal: [.everyone, .user("alice"), .user("bob")].randomElement(using: &random)!,
                host: (hosts + ["*", "*"]).randomElement(using: &random)!,
                operation: [.all, .read, .write, .describe, .alterConfigs].randomElement(using: &random)!,
                isDeny: Int.random(in: 0..<3, using: &random) == 0)
        }
        let index = AclIndex(acls)
        for user in users {
            for host in hosts {
                for operation in [AclOperation.read, .write, .describe, .describeConfigs, .create] {
                    for name in names + ["abcd", "éa", "c"] {
                        let found = index.verdict(user, host: host, .topic, name)
                        let expected = Self.oracle(acls, user, host, operation, .topic, name)
                        #expect(
                            found.allows(operation) == expected, "seed \(seed) \(user) \(host) \(operation) \(name)")
                        #expect(
                            found.hasAcls == acls.contains { $0.pattern.type == .topic && $0.pattern.matches(name) })
                    }
                    // If some name is allowed, it is said; the reverse holds for names that no literal denies.
                    let somewhere = index.allowsSomewhere(user, host: host, .topic, operation)
                    let tried = (names + ["abcd", "éa", "c", "ac", "*z", "é0"]).contains {
                        $0 != "*" && Self.oracle(acls, user, host, operation, .topic, $0)
                    }
                    if tried { #expect(somewhere, "seed \(seed) \(user) \(host) \(operation)") }
                }
            }
        }
    }

    private static func oracle(
        _ acls: [Acl], _ user: Name, _ host: String, _ operation: AclOperation, _ type: ResourceType, _ name: Name
    ) -> Bool {
        let about = acls.filter { acl in
            let covers =
                switch acl.pattern.kind {
                case .literal: acl.pattern.name == "*" || acl.pattern.name == name
                case .prefixed: name.string.utf8.starts(with: acl.pattern.name.string.utf8)
                }
            return acl.pattern.type == type && covers && (acl.principal == .everyone || acl.principal == .user(user))
                && (acl.host == "*" || acl.host == host)
        }
        if about.contains(where: { $0.isDeny && ($0.operation == operation || $0.operation == .all) }) { return false }
        return about.contains { acl in
            guard !acl.isDeny else { return false }
            if acl.operation == operation || acl.operation == .all { return true }
            switch operation {
            case .describe: return [.read, .write, .delete, .alter].contains(acl.operation)
            case .describeConfigs: return acl.operation == .alterConfigs
            default: return false
            }
        }
    }

    /// Who may do everything with all topics may not set policy: that names the broker's own topics.
    @Test func theBrokersOwnTopicsAreNotAmongAllTopics() {
        let wide = [Self.acl("*", .all), Self.acl("_", .all, .prefixed)]
        #expect(!Self.allows(wide, .write, on: "__sluice_views"))
        #expect(Self.allows(wide, .write, on: "__sluic"))
        for narrow in [Self.acl("__sluice_views", .write), Self.acl("__sluice_", .write, .prefixed)] {
            #expect(Self.allows(wide + [narrow], .write, on: "__sluice_views"))
            let denied = Self.acl("*", .write, principal: .everyone, deny: true)
            #expect(!Self.allows(wide + [narrow, denied], .write, on: "__sluice_views"))
        }
        let nothing = AclIndex([]).verdict(Self.alice, host: "10.0.0.1", .topic, "__sluice_views")
        #expect(nothing.hasAcls, "not open where no ACL is found")
    }

    @Test func somewhereHeedsOnlyDeniesThatCoverAllOfAPattern() {
        let prefix = Self.acl("a", .write, .prefixed)
        func somewhere(_ acls: [Acl]) -> Bool {
            AclIndex(acls).allowsSomewhere(Self.alice, host: "10.0.0.1", .topic, .write)
        }
        #expect(somewhere([prefix]))
        #expect(somewhere([prefix, Self.acl("a", .write, deny: true)]))
        #expect(somewhere([prefix, Self.acl("ab", .write, .prefixed, deny: true)]))
        #expect(!somewhere([prefix, Self.acl("a", .all, .prefixed, deny: true)]))
        #expect(!somewhere([prefix, Self.acl("*", .write, deny: true)]))
        #expect(!somewhere([Self.acl("t", .write), Self.acl("t", .write, .prefixed, deny: true)]))
        #expect(!somewhere([Self.acl("t", .read)]))
    }

    @Test func aMatchFilterFindsWhatAppliesToAName() {
        let literal = Self.acl("accounts", .read)
        let wildcard = Self.acl("*", .read)
        let prefix = Self.acl("acc", .read, .prefixed)
        let other = Self.acl("acc", .read)
        func found(_ kind: AclFilter.PatternKind, _ name: Name?) -> [Acl] {
            let filter = AclFilter(type: .topic, name: name, patternKind: kind)
            return [literal, wildcard, prefix, other].filter(filter.matches)
        }
        #expect(found(.match, "accounts") == [literal, wildcard, prefix])
        #expect(found(.any, "acc") == [prefix, other])
        #expect(found(.exactly(.literal), "acc") == [other])
        #expect(found(.exactly(.prefixed), nil) == [prefix])
        #expect(found(.exactly(.literal), "*") == [wildcard])
    }
}
