import TestSupport
import Testing

@testable import Views

/// The messages of policy-records §5, the write rules, and what unreadable records do.
@Suite struct PolicyRefusalTests {
    /// `m@1`, `scrub-ssn@3`, view `masked@1`; `accounts` with default deny, `open` with raw, `tables` compacted.
    static func log() throws -> PolicyLog {
        var log = PolicyLog()
        log.topics = [
            TopicFact(ref: TopicRef(id: (1, 1), name: "accounts")), TopicFact(ref: TopicRef(id: (1, 2), name: "open")),
            TopicFact(ref: TopicRef(id: (1, 3), name: "tables"), isCompacted: true),
            TopicFact(ref: TopicRef(id: (1, 4), name: "scrubbed")),
        ]
        try log.deploy("m", "one")
        for bytes in ["1", "2", "3"] { try log.deploy("scrub-ssn", bytes) }
        try log.views([
            (#"["view","masked",0]"#, #"{"steps":[{"module":"m"}],"on_error":"replace"}"#),
            (#"["default",["exact","accounts"]]"#, #"{"target":"deny"}"#),
            (#"["default",["exact","open"]]"#, #"{"target":"raw"}"#),
            (#"["default",["exact","scrubbed"]]"#, #"{"target":"scrub-ssn"}"#),
        ])
        return log
    }

    static let view = #"["view","v",0]"#
    static let binding = #"["binding",["exact","g"],["any"],["exact","accounts"]]"#

    @Test(arguments: [
        ("x", "{}", "key is not JSON at byte 0: no value begins so"),
        ("{}", "{}", "key must be an array that begins with one of view, binding, default, pause, quarantine, feature"),
        (#"["bindin"]"#, "{}", #"unknown key type "bindin" (binding?)"#),
        (
            #"["binding",["exact","g"],["exact","alice"],["exact","t"]]"#, "{}",
            #"binding key: principal must be ["any"] or ["exact","User:…"]"#
        ),
        (
            #"["binding",["exact","g"],["prefix","User:"],["exact","t"]]"#, "{}",
            #"binding key: principal must be ["any"] or ["exact","User:…"]"#
        ),
        (
            #"["binding",["exact","g"],["exact","User:ANONYMOUS"],["exact","t"]]"#, "{}",
            #"binding key: User:ANONYMOUS is nobody; leave the principal at ["any"]"#
        ),
        (
            #"["binding",["prefix",""],["any"],["exact","t"]]"#, "{}",
            #"binding key: group must be ["any"], ["exact","…"] or ["prefix","…"], not empty"#
        ),
        (
            #"["binding",["exact","g"],["any"],["any"]]"#, "{}",
            #"binding key: topic must be ["exact","…"] or ["prefix","…"], not empty"#
        ),
        (
            #"["binding",["any"],["any"],["exact","t"]]"#, "{}",
            #"names neither group nor principal: that is the default; set ["default",…]"#
        ),
        (
            #"["default",["prefix",""]]"#, "{}",
            #"default key: topic must be ["exact","…"] or ["prefix","…"], not empty"#
        ),
        (#"["default"]"#, "{}", #"default key must be ["default",TOPIC]"#),
        (#"["view","Raw",0]"#, "{}", #"name "Raw" must be [a-z0-9][a-z0-9._-]{0,99}"#),
        (#"["view","raw",0]"#, "{}", #""raw" has a meaning of its own; choose another name"#),
        (#"["quarantine","x",0,0]"#, "{}", "quarantine key: must hold a topic id, a partition and an offset"),
        (binding, "{", "binding is not JSON at byte 1: a key must be a string"),
        (binding, "[]", "binding must be an object"),
        (binding, "{}", "binding: target is missing"),
        (binding, #"{"target":1}"#, "binding: target must be a string, not an integer"),
        (binding, #"{"v":2,"aim":"m"}"#, "v is 2, this broker knows 1"),
        (binding, #"{"targt":"m"}"#, #"unknown field "targt" (target?)"#),
        (binding, #"{"target":"scrub-snn"}"#, #"no module or view "scrub-snn" (scrub-ssn?)"#),
        (binding, #"{"target":"scrub-ssn@9"}"#, #"no module or view "scrub-ssn@9" (scrub-ssn?)"#),
        (binding, #"{"target":"nothing"}"#, #"no module or view "nothing""#),
        (view, #"{"stepz":[]}"#, #"unknown field "stepz" (steps?)"#),
        (view, #"{"steps":[]}"#, "view: steps must be an array of 1 to 8 steps"),
        (view, #"{"steps":[{"module":"nn"}]}"#, #"no module "nn""#),
        (
            view, #"{"steps":[{"module":"m","with":{"key":7}}]}"#,
            #"step 0: with "key" must be a string of at most 65536 bytes, its name at most 128"#
        ),
        (view, #"{"steps":[{"module":"m","headers":"some"}]}"#, #"step 0: headers must be "drop" or "keep""#),
        (
            view, #"{"steps":[{"module":"m"}],"on_error":"dorp"}"#,
            #"on_error "dorp" is none of stop, drop, replace (drop?)"#
        ),
        (view, #"{"steps":[{"module":"m"}],"limits":{"memory_bytes":134217728}}"#, "memory_bytes 128 MiB > 64 MiB"),
        (view, #"{"steps":[{"module":"m"}],"limits":{"call_ms":9}}"#, "call_ms 9 < 10"),
        (
            view, #"{"steps":[{"module":"m"}],"limits":{"call_ms":200}}"#,
            "fuel_per_record 4000000000 < 40000000 × call_ms = 8000000000"
        ),
        (view, #"{"steps":[{"module":"m"}],"limits":{"output_factor":65}}"#, "output_factor 65 > 64"),
        (view, #"{"steps":[{"module":"m"}],"digest":"ab"}"#, "view: digest must be 64 lower-case hexadecimal digits"),
        (
            #"["view","v",7]"#, #"{"steps":[{"module":"m"}]}"#,
            #"view key: version of "v" must be 0: the broker gives the next one, views never change"#
        ),
        (
            #"["view","scrub-ssn",0]"#, #"{"steps":[{"module":"m"}]}"#,
            #""scrub-ssn" is a module, choose another name for the view"#
        ),
        (#"["pause","mask"]"#, "{}", #"no module or view "mask""#),
        (#"["feature"]"#, #"{"level":2}"#, "level is 2, this broker knows 1"),
        // W1, W2 and the compacted topic.
        (
            #"["binding",["exact","audit"],["any"],["exact","accounts"]]"#, #"{"target":"raw"}"#,
            #"raw for group "audit" on "accounts", whose default is deny: anybody can name a group; add a principal"#
        ),
        (
            #"["binding",["exact","x"],["any"],["exact","scrubbed"]]"#, #"{"target":"deny"}"#,
            #"deny for group "x" on "scrubbed", whose default is scrub-ssn@3: another name evades it; name a principal or set the default to deny"#
        ),
        (
            #"["default",["exact","tables"]]"#, #"{"target":"masked"}"#,
            #"replace on "tables", which is compacted: use stop or drop"#
        ),
        (
            #"["binding",["exact","g"],["any"],["prefix","ta"]]"#, #"{"target":"masked"}"#,
            #"replace on "tables", which is compacted: use stop or drop"#
        ),
    ])
    func message(key: String, value: String, message: String) throws {
        var log = try Self.log()
        let before = log.viewRecords
        #expect(refusal { () throws(PolicyRefusal) in try log.views([(key, value)]) } == message)
        #expect(log.viewRecords == before)
    }

    @Test func moduleMessages() throws {
        var log = try Self.log()
        func deploy(_ key: String, _ value: [UInt8]?, _ headers: [PolicyRecord.Header] = []) -> String? {
            refusal { () throws(PolicyRefusal) in
                try log.modules([PolicyRecord(key: Array(key.utf8), value: value, headers: headers)])
            }
        }
        #expect(
            deploy("big", [UInt8](repeating: 0, count: 5_242_880))
                == "module is 5242880 bytes, module.bytes.max is 4194304")
        #expect(deploy("masked", [1]) == #""masked" is a view, choose another name for the module"#)
        #expect(deploy("UPPER", [1]) == #"name "UPPER" must be [a-z0-9][a-z0-9._-]{0,99}"#)
        #expect(deploy("m", []) == "module is empty; to delete a version send a null value")
        #expect(deploy("m@1", [1]) == #"module key "m@1" must be without a version: the broker gives the next one"#)
        #expect(deploy("m", nil) == #"module key "m" must be NAME@VERSION to delete"#)
        #expect(deploy("m@1", nil) == #""m@1" is used by view "masked@1": delete that first"#)
        #expect(deploy("m@7", nil) == #"no module "m@7""#)
        let wrong = PolicyRecord.Header("sha256", String(repeating: "0", count: 64))
        #expect(deploy("m", [7], [wrong])?.hasPrefix("header sha256 is not the SHA-256 of the value") == true)
        let notAdmitted = refusal { () throws(PolicyRefusal) in
            _ = try log.state.planModules([PolicyRecord(key: [0x6D], value: [9])], admitted: [:], author: log.author)
        }
        #expect(notAdmitted == "the module has not been admitted")
    }

    @Test func viewsInUseStay() throws {
        var log = try Self.log()
        try log.bind("g", "accounts", "masked")
        #expect(
            refusal { () throws(PolicyRefusal) in try log.views([(#"["view","masked",1]"#, nil)]) }
                == #"view "masked@1" is named by the binding of group "g" on "accounts": remove that first"#)
        #expect(
            refusal { () throws(PolicyRefusal) in try log.views([(#"["view","scrub-ssn",3]"#, nil)]) }
                == #"view "scrub-ssn@3" is the default of "scrubbed": change that first"#)
        // In one batch with what names it.
        try log.views([
            (#"["view","masked",1]"#, nil), (#"["binding",["exact","g"],["any"],["exact","accounts"]]"#, nil),
        ])
        #expect(log.state.snapshot().view(VersionedName(name: "masked", version: 1)) == nil)
    }

    /// W1 holds when defaults change, too, and over patterns and topics that overlap.
    @Test func writeRuleOne() throws {
        var log = try Self.log()
        try log.bind("audit", "open", "raw")
        #expect(
            refusal { () throws(PolicyRefusal) in try log.setDefault("open", "deny") }
                == #"raw for group "audit" on "open", whose default is deny: anybody can name a group; add a principal"#
        )
        #expect(refusal { () throws(PolicyRefusal) in try log.setDefault("open", nil) } != nil)
        // With a principal it is fine; so it is in one batch that takes the group's away.
        try log.bind("audit", "accounts", "raw", principal: "User:auditor")
        try log.views([
            (#"["default",["exact","open"]]"#, #"{"target":"deny"}"#),
            (#"["binding",["exact","audit"],["any"],["exact","open"]]"#, nil),
        ])
        // A prefix whose own default is raw, but a longer default or a topic in it isn't.
        try log.views([(#"["default",["prefix","z"]]"#, #"{"target":"raw"}"#)])
        let prefix = #"["binding",["exact","audit"],["any"],["prefix","z"]]"#
        try log.views([(prefix, #"{"target":"raw"}"#)])
        #expect(
            refusal { () throws(PolicyRefusal) in
                try log.views([(#"["default",["prefix","z.pii"]]"#, #"{"target":"deny"}"#)])
            }
                == #"raw for group "audit" on "z.pii*", whose default is deny: anybody can name a group; add a principal"#
        )
        #expect(
            refusal { () throws(PolicyRefusal) in
                try log.views([(#"["binding",["prefix","a"],["any"],["prefix","q"]]"#, #"{"target":"raw"}"#)])
            }
                == #"raw for groups "a*" on "q*", whose default is deny: anybody can name a group; add a principal"#)
    }

    @Test func writeRuleTwo() throws {
        var log = try Self.log()
        try log.bind("x", "accounts", "deny")
        #expect(
            refusal { () throws(PolicyRefusal) in try log.setDefault("accounts", "raw") }
                == #"deny for group "x" on "accounts", whose default is raw: another name evades it; name a principal or set the default to deny"#
        )
        try log.bind("x", "scrubbed", "deny", principal: "User:mallory")
    }

    @Test func writeRuleFour() throws {
        var log = try Self.log()
        #expect(
            refusal { () throws(PolicyRefusal) in try log.setDefault("accounts", nil) }
                == #""accounts" would become raw for everybody; write its default first"#)
        // The last binding of a topic without a default keeps it protected.
        try log.bind("g", "tables", "m")
        let binding = #"["binding",["exact","g"],["any"],["exact","tables"]]"#
        #expect(
            refusal { () throws(PolicyRefusal) in try log.views([(binding, nil)]) }
                == #""tables" would become raw for everybody; write its default first"#)
        try log.views([(binding, nil), (#"["default",["exact","tables"]]"#, #"{"target":"raw"}"#)])
        // A removal that uncovers a raw prefix default is one, too.
        try log.views([(#"["default",["prefix","acc"]]"#, #"{"target":"raw"}"#)])
        #expect(refusal { () throws(PolicyRefusal) in try log.setDefault("accounts", nil) } != nil)
        try log.setDefault("accounts", "raw")
        try log.setDefault("accounts", nil)
        // A topic that doesn't exist may lose its default.
        try log.setDefault("future", "deny")
        try log.setDefault("future", nil)
    }

    @Test func aTopicWithReplaceCannotBecomeCompacted() throws {
        var log = try Self.log()
        try log.bind("g", "accounts", "masked")
        #expect(
            log.state.compactionRefusal(of: log.topics[0].ref)?.message
                == #"replace on "accounts", which is compacted: use stop or drop"#)
        #expect(log.state.compactionRefusal(of: log.topics[1].ref) == nil)
    }

    /// A policy that somebody else broke can still be changed elsewhere, and its broken binding denies.
    @Test func aBrokenRuleIsLoadedAsDeny() throws {
        var log = try Self.log()
        let value = TargetValue.bytes(.raw, digest: nil, meta: PolicyMeta(rev: 1, by: "User:x", at: ""))
        let key = PolicyKey.binding(BindingKey(group: .exact("audit"), principal: .any, topic: .exact("accounts")))
        log.state.applyView(PolicyRecord(key: key.bytes, value: value), offset: 50)
        #expect(log.outcome("audit", "accounts") == "deny")
        try log.setDefault("other", "deny")
        #expect(refusal { () throws(PolicyRefusal) in try log.setDefault("accounts", "m") } != nil)
    }

    @Test(arguments: [
        (#"["binding",["exact","g"],["any"],["exact","accounts"]]"#, #"{"v":2}"#, true),
        (#"["binding",["exact","g"],["any"],["exact","accounts"]]"#, "not JSON", true),
        (#"["binding",["exact","g"],["regex","x"],["prefix","acc"]]"#, "{}", true),
        (#"["default",["exact","accounts"]]"#, #"{"v":1,"rev":1,"by":"x","at":"y","target":"raw","more":1}"#, true),
        (#"["default", ["exact","accounts"]]"#, #"{"v":1,"rev":1,"by":"x","at":"y","target":"raw"}"#, true),
        (#"["default",["exact","accounts"]]"#, #"{"v":1,"rev":1,"by":"x","at":"y","target":"m"}"#, true),
        (#"["mask",["exact","accounts"]]"#, "{}", false), ("[]", "{}", false), ("", "", false),
        (#"["view","m",1]"#, #"{"v":2}"#, false),
        (#"["feature"]"#, #"{"v":1,"rev":1,"by":"x","at":"y","level":2}"#, false),
    ])
    func unreadableRecordsDeny(key: String, value: String, onlyItsTopic: Bool) throws {
        var log = try Self.log()
        log.state.applyView(PolicyRecord(key: Array(key.utf8), value: Array(value.utf8)), offset: 60)
        #expect(log.state.isLocked)
        for principal in [Principal.anonymous, .user("alice"), .admin] {
            #expect(log.outcome(nil, "accounts", principal) == "deny")
            #expect(log.outcome("g", "accounts", principal) == "deny")
            #expect(log.outcome(nil, "open", principal) == (onlyItsTopic ? "raw" : "deny"))
        }
        #expect(
            refusal { () throws(PolicyRefusal) in try log.setDefault("open", "deny") }
                == "1 stored policy records can't be read by this broker: it takes no changes of policy")
        // A readable record of the same key, or its tombstone, ends it.
        log.state.applyView(PolicyRecord(key: Array(key.utf8), value: nil), offset: 61)
        #expect(!log.state.isLocked)
    }

    @Test func modulesThatAreNotWhatTheySayDeny() throws {
        var log = try Self.log()
        try log.bind("g", "accounts", "m")
        #expect(log.outcome("g", "accounts") == "m@1")
        var record = log.moduleRecords[0]
        record.value = Array("other".utf8)
        log.state.applyModule(record, offset: 9)
        #expect(log.outcome("g", "accounts") == "deny")
        log.state.applyModule(log.moduleRecords[0], offset: 10)
        #expect(log.outcome("g", "accounts") == "m@1")
        log.state.setLoaded(VersionedName(name: "m", version: 1), false)
        #expect(log.outcome("g", "accounts") == "deny")
        #expect(log.outcome("g", "accounts", .admin) == "deny", "the admin in a group gets what the group gets")
    }

    @Test func messagesAreShortAndPrintable() {
        let long = PolicyRefusal(String(repeating: "é\u{1B}[31m", count: 100))
        #expect(long.message.utf8.count <= 200)
        #expect(long.message.hasSuffix("..."))
        #expect(long.message.unicodeScalars.allSatisfy { (0x20...0x7E).contains($0.value) })
        #expect(PolicyRefusal("short").message == "short")
        let parameter = ViewParameter(key: "salt", value: "secret")
        #expect(!"\(parameter)".contains("secret") && !String(reflecting: parameter).contains("secret"))
        var dumped = ""
        dump(
            ViewStep(
                module: VersionedName(name: "m", version: 1), sha256: Digest(hashing: []), parameters: [parameter]),
            to: &dumped)
        #expect(!dumped.contains("secret"))
    }

    /// Keys and values of random and mutated bytes: applied or refused, never a trap.
    @Test func fuzz() throws {
        var random = SeededGenerator(seed: 0x5EED_0005)
        let log = try Self.log()
        for _ in 0..<5_000 {
            var record = random.pick(log.viewRecords)
            for _ in 0..<random.below(4) {
                if random.below(2) == 0, let count = record.key?.count, count > 0 {
                    record.key?[random.below(count)] = UInt8(random.below(256))
                } else if let count = record.value?.count, count > 0 {
                    record.value?.remove(at: random.below(count))
                }
            }
            var state = PolicyState()
            state.applyView(record, offset: 0)
            _ = try? log.state.planViews([record], author: log.author, topics: log.topics)
            state.applyModule(PolicyRecord(key: record.key, value: record.value), offset: 0)
            _ = state.snapshot()
        }
    }
}
