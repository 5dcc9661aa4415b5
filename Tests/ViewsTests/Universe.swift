@testable import Views

/// The small world in which resolution is enumerated.
enum Universe {
    static let alice = Principal.user("alice")
    static let bob = Principal.user("bob")
    static let principals: [Principal] = [.anonymous, alice, bob, .admin]
    /// Two groups that Java's client.ids confuse, one that only a prefix matches, one that nothing matches.
    static let groups = ["a", "a-b", "ax", "z"]

    static let masked = view("masked", 1, seed: 1)
    static let narrow = view("narrow", 1, seed: 2)
    static let absent = view("absent", 1, seed: 3)

    static func view(_ name: Name, _ version: UInt32, seed: UInt8) -> ViewTarget {
        let name = VersionedName(name: name, version: version)
        let step = ViewStep(module: name, sha256: Digest(hashing: [seed]))
        return ViewTarget(name: name, definition: ViewDefinition(steps: [step]))
    }

    static let views = [
        PolicySnapshot.View(masked), PolicySnapshot.View(narrow), PolicySnapshot.View(absent, isUsable: false),
    ]
    static let usable = [masked.name: masked.digest, narrow.name: narrow.digest]
    static let targets: [Target] = [.raw, .deny, .view(masked.name), .view(narrow.name), .view(absent.name)]

    static let keys: [BindingKey] = {
        var keys: [BindingKey] = []
        for group in [GroupPattern.any, .exact("a"), .exact("a-b"), .prefix("a")] {
            for principal in [PrincipalPattern.any, .exact(alice), .exact(.admin)] {
                for topic in [TopicPattern.exact("t"), .prefix("t")] where group != .any || principal != .any {
                    keys.append(BindingKey(group: group, principal: principal, topic: topic))
                }
            }
        }
        return keys
    }()

    static func binding(_ key: BindingKey, _ target: Target) -> Binding {
        Binding(group: key.group, principal: key.principal, topic: key.topic, target: target)
    }

    static let singles: [Binding] = keys.flatMap { key in targets.map { binding(key, $0) } }

    static func snapshot(_ bindings: [Binding], _ defaults: [TopicDefault]) -> PolicySnapshot {
        PolicySnapshot(
            number: .init(modules: 0, views: 0), bindings: bindings, defaults: defaults, views: views)
    }

    static func topic(_ name: String) -> TopicRef { TopicRef(id: (1, UInt64(name.utf8.count)), name: name) }

    static func defaults(_ exact: [Target?], _ prefix: [Target?]) -> [[TopicDefault]] {
        exact.flatMap { own in
            prefix.map { other in
                (own.map { [TopicDefault(topic: .exact("t"), target: $0)] } ?? [])
                    + (other.map { [TopicDefault(topic: .prefix("t"), target: $0)] } ?? [])
            }
        }
    }

    /// The sets of candidates that evidence can come to, as evidence.
    static let evidences: [(evidence: Evidence, candidates: [String?])] = {
        func connection(_ groups: [Name]) -> Evidence {
            var evidence = Evidence()
            evidence.connectionGroups = groups
            return evidence
        }
        func session(_ groups: [Name], connection own: [Name] = []) -> Evidence {
            var evidence = connection(own)
            evidence.sessionGroups = groups
            return evidence
        }
        var reloading = connection(["a"])
        reloading.reloaded = ["z"]
        var reloadingSession = session(["a-b"])
        reloadingSession.reloaded = ["a"]
        return [
            (Evidence(), [nil]), (connection(["a"]), ["a"]), (connection(["a-b"]), ["a-b"]),
            (connection(["ax"]), ["ax"]), (connection(["z"]), ["z"]), (connection(["a", "z"]), ["a", "z"]),
            (connection(["a", "a-b"]), ["a", "a-b"]), (reloading, ["a", "z"]), (session(["a"]), ["a"]),
            (session(["a", "z"]), ["a", "z"]), (session(["a"], connection: ["z"]), ["z"]),
            (reloadingSession, ["a", "a-b"]),
        ]
    }()
}
