import TestSupport
import Testing

@testable import Views

/// What changes of policy come to: names, versions, revisions, compare and set.
@Suite struct PolicyStateTests {
    func text(_ bytes: [UInt8]?) -> String { bytes.map { String(decoding: $0, as: UTF8.self) } ?? "null" }

    @Test func theFirstStory() throws {
        var log = PolicyLog()
        #expect(log.outcome(nil, "accounts") == "raw")
        #expect(try log.deploy("scrub-ssn", "wasm") == "scrub-ssn@1")
        let plan = try log.bind("email-app", "accounts", "scrub-ssn")
        #expect(plan.assigned == [.init(index: 0, name: "scrub-ssn@1")])
        #expect(
            plan.records.map { text($0.key) } == [
                #"["view","scrub-ssn",1]"#, #"["binding",["exact","email-app"],["any"],["exact","accounts"]]"#,
            ])
        let sha256 = Digest(hashing: Array("wasm".utf8))
        let digest = ViewDefinition(steps: [
            ViewStep(module: VersionedName(name: "scrub-ssn", version: 1), sha256: sha256)
        ]).digest
        #expect(
            text(plan.records[0].value)
                == #"{"at":"2026-01-31T12:00:00.000Z","by":"Admin:local","digest":"\#(digest)","#
                + #""limits":{"call_ms":100,"fuel_per_record":4000000000,"memory_bytes":16777216,"output_extra":1048576,"output_factor":4},"#
                + #""on_error":"stop","reuse":false,"rev":1,"steps":[{"headers":"drop","module":"scrub-ssn@1","sha256":"\#(sha256)","with":{}}],"v":1}"#
        )
        #expect(
            text(plan.records[1].value)
                == #"{"at":"2026-01-31T12:00:00.000Z","by":"Admin:local","digest":"\#(digest)","rev":1,"target":"scrub-ssn@1","v":1}"#
        )
        #expect(log.outcome("email-app", "accounts") == "scrub-ssn@1")
        #expect(log.outcome(nil, "accounts") == "deny")
        #expect(log.outcome(nil, "accounts", .admin) == "raw")
        // A deploy changes nobody's view; a new binding takes the new version.
        #expect(try log.deploy("scrub-ssn", "wasm 2") == "scrub-ssn@2")
        #expect(log.outcome("email-app", "accounts") == "scrub-ssn@1")
        #expect(try log.bind("email-app", "accounts", "scrub-ssn").assigned.map(\.name) == ["scrub-ssn@2"])
        #expect(log.outcome("email-app", "accounts") == "scrub-ssn@2")
        try log.setDefault("accounts", "raw")
        #expect(log.outcome(nil, "accounts") == "raw")
        #expect(log.outcome("email-app", "accounts") == "scrub-ssn@2")
    }

    @Test func modulesAreStoredWithTheirHeaders() throws {
        var log = PolicyLog()
        let bytes = Array("wasm".utf8)
        let sha256 = PolicyRecord.Header("sha256", Digest(hashing: bytes).description)
        try log.deploy("scrub-ssn", "wasm", headers: [sha256])
        #expect(
            log.moduleRecords == [
                PolicyRecord(
                    key: Array("scrub-ssn@1".utf8), value: bytes,
                    headers: [
                        .init("name", "scrub-ssn"), .init("version", "1"), sha256, .init("abi", "sluice-1"),
                        .init("created-by", "Admin:local"), .init("created-at", "2026-01-31T12:00:00.000Z"),
                    ])
            ])
        // The same bytes: the old version and where it lies. Other names have their own versions.
        let again = try log.modules([PolicyRecord(key: Array("scrub-ssn".utf8), value: bytes)])
        #expect(again.records.isEmpty && again.unchangedOffset == 0 && again.assigned.first?.name == "scrub-ssn@1")
        #expect(try log.deploy("other", "wasm") == "other@1")
    }

    @Test func versionsAreNeverGivenAgain() throws {
        var log = PolicyLog()
        try log.deploy("m", "one")
        try log.deploy("m", "two")
        try log.modules([PolicyRecord(key: Array("m@2".utf8), value: nil)])
        #expect(log.moduleRecords.last?.value == [])
        #expect(log.moduleRecords.last?.headers.map(\.key).suffix(2) == ["deleted-by", "deleted-at"])
        log.state = log.reloaded(compacted: true)
        #expect(try log.deploy("m", "two") == "m@3")
        // A binding to `m` means the highest that isn't deleted.
        try log.modules([PolicyRecord(key: Array("m@3".utf8), value: nil)])
        #expect(try log.bind("g", "accounts", "m").assigned.map(\.name) == ["m@1"])
        // Views, too.
        let view = #"{"steps":[{"module":"m"}],"on_error":"drop"}"#
        #expect(try log.views([(#"["view","masked",0]"#, view)]).assigned.map(\.name) == ["masked@1"])
        #expect(try log.views([(#"["view","masked",0]"#, view)]).records.isEmpty)
        try log.views([(#"["view","masked",1]"#, nil)])
        log.state = log.reloaded(compacted: true)
        #expect(try log.views([(#"["view","masked",0]"#, view)]).assigned.map(\.name) == ["masked@2"])
    }

    @Test func oneBatchIsOneChange() throws {
        var log = PolicyLog()
        try log.deploy("m", "one")
        // The binding names a view that stands behind it in the batch.
        let plan = try log.views([
            (#"["binding",["any"],["exact","User:alice"],["prefix","acc"]]"#, #"{"v":1,"target":"masked"}"#),
            (#"["view","masked",0]"#, #"{"steps":[{"module":"m@1","with":{"mask":"x"},"headers":"keep"}]}"#),
            (#"[ "default", ["exact", "accounts"] ]"#, #"{"target":"deny"}"#),
        ])
        #expect(plan.assigned == [.init(index: 0, name: "masked@1"), .init(index: 1, name: "masked@1")])
        #expect(plan.records.count == 3)
        #expect(log.outcome(nil, "accounts", .user("alice")) == "masked@1")
        // One bad record: nothing changes, and the refusal says which.
        do throws(PolicyRefusal) {
            try log.views([
                (#"["default",["exact","accounts"]]"#, #"{"target":"raw"}"#),
                (#"["default",["exact","other"]]"#, #"{"target":"nothing"}"#),
            ])
            Issue.record("accepted")
        } catch {
            #expect(error.index == 1)
        }
        #expect(log.outcome(nil, "accounts") == "deny")
    }

    @Test func revisionsAndCompareAndSet() throws {
        var log = PolicyLog()
        let key = #"["default",["exact","accounts"]]"#
        func set(_ target: String?, ifVersion: String?) -> String? {
            refusal { () throws(PolicyRefusal) in
                try log.views([(key, target.map { #"{"target":"\#($0)"}"# })], ifVersion: ifVersion)
            }
        }
        #expect(set("deny", ifVersion: "1") == "rev is 0, not 1")
        #expect(set("deny", ifVersion: "0") == nil)
        #expect(set("deny", ifVersion: "0") == "rev is 1, not 0")
        #expect(set("deny", ifVersion: "1") == nil)
        #expect(log.viewRecords.count == 1, "the same value makes no new record")
        #expect(set("raw", ifVersion: "1") == nil)
        #expect(set("raw", ifVersion: "x") == "header if-version must be a decimal number")
        #expect(set(nil, ifVersion: "2") == nil)
        #expect(log.viewRecords.last?.value == nil)
        // After a tombstone the key must be new to the writer, and its revisions go on.
        #expect(set("raw", ifVersion: "0") == nil)
        let stored = text(log.viewRecords.last?.value)
        #expect(stored.contains(#""rev":3"#))
        try log.deploy("m", "one")
        let module = PolicyRecord(key: Array("m".utf8), value: [1], headers: [.init("if-version", "0")])
        #expect(refusal { () throws(PolicyRefusal) in try log.modules([module]) } == "version is 1, not 0")
    }

    @Test func pauseAndQuarantine() throws {
        var log = PolicyLog()
        try log.deploy("m", "one")
        try log.bind("g", "accounts", "m")
        try log.views([(#"["pause","m"]"#, "{}")])
        #expect(log.outcome("g", "accounts") == "deny")
        #expect(try log.views([(#"["pause","m"]"#, "{}")]).records.isEmpty)
        try log.views([(#"["pause","m"]"#, nil)])
        #expect(log.outcome("g", "accounts") == "m@1")
        let digest = try #require(log.state.views.values.first?.target.digest)
        let id = TopicId(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)
        try log.views([(#"["quarantine","\#(id.text)",3,77]"#, #"{"digest":"\#(digest)","class":"trap"}"#)])
        let snapshot = log.state.snapshot()
        #expect(snapshot.quarantinedOffsets(topicId: id, partition: 3, digest: digest) == [77])
        #expect(snapshot.quarantinedOffsets(topicId: id, partition: 2, digest: digest) == [])
        #expect(snapshot.quarantinedOffsets(topicId: id, partition: 3, digest: Digest(hashing: [])) == [])
        try log.views([(#"["feature"]"#, #"{"level":1}"#)])
        #expect(!log.reloaded(compacted: true).isLocked)
    }

    /// Python: base64.urlsafe_b64encode(bytes(range(16))) = b'AAECAwQFBgcICQoLDA0ODw=='
    @Test func topicIdsAsKafkaWritesThem() {
        let id = TopicId(high: 0x0001_0203_0405_0607, low: 0x0809_0A0B_0C0D_0E0F)
        #expect(id.text == "AAECAwQFBgcICQoLDA0ODw")
        #expect(TopicId("AAECAwQFBgcICQoLDA0ODw") == id)
        for bad in [
            "", "AAECAwQFBgcICQoLDA0ODx", "AAECAwQFBgcICQoLDA0OD", "AAECAwQFBgcICQoLDA0OD=", "AAECAwQFBgcICQoLDA0ODwA",
        ] {
            #expect(TopicId(bad) == nil)
        }
        let seed: UInt64 = 0x5EED_0003
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let id = TopicId(high: random.next(), low: random.next())
            #expect(TopicId(id.text) == id, "seed \(seed)")
        }
    }

    /// Python: datetime.fromtimestamp(t / 1000, timezone.utc).isoformat(timespec="milliseconds")
    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_769_860_800_000, "2026-01-31T12:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (4_107_542_399_999, "2100-02-28T23:59:59.999Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func times(timestamp: Int64, text: String) {
        #expect(PolicyAuthor.text(of: timestamp) == text)
    }

    @Test func configsShowAndSetTheSimpleCase() throws {
        var log = PolicyLog()
        try log.deploy("m", "one")
        try log.views([
            ConfigViews.record(topic: "accounts", viewDefault: "deny"),
            ConfigViews.record(group: "g", key: "view.accounts", value: "m"),
        ])
        try log.views([
            (#"["default",["prefix","pii."]]"#, #"{"target":"deny"}"#),
            (#"["binding",["prefix","g"],["any"],["exact","accounts"]]"#, #"{"target":"m"}"#),
            (#"["binding",["exact","g"],["exact","User:a"],["exact","accounts"]]"#, #"{"target":"raw"}"#),
        ])
        #expect(log.state.viewDefault(of: "accounts")?.value == "deny")
        #expect(log.state.viewDefault(of: "accounts")?.isOwn == true)
        #expect(log.state.viewDefault(of: "pii.x")?.isOwn == false)
        #expect(log.state.viewDefault(of: "other") == nil)
        #expect(log.state.viewConfigs(ofGroup: "g").map { "\($0.key)=\($0.value)" } == ["view.accounts=m@1"])
        #expect(log.state.groupsWithViewConfigs == ["g"])
        #expect(log.outcome("g", "accounts") == "m@1")
        try log.views([ConfigViews.record(group: "g", key: "view.accounts", value: nil)])
        #expect(log.state.viewConfigs(ofGroup: "g").isEmpty)
        #expect(ConfigViews.isViewKey("view.default") && !ConfigViews.isViewKey("retention.ms"))
        #expect(
            refusal { () throws(PolicyRefusal) in _ = try ConfigViews.record(group: "g", key: "view.", value: "m") }
                != nil)
    }

    /// Random changes: what the plan foresaw is what a broker has that reads the logs again, compacted or not.
    @Test func replayGivesTheSamePolicy() {
        let seed: UInt64 = 0x5EED_0004
        var random = SeededGenerator(seed: seed)
        for _ in 0..<30 {
            var log = PolicyLog()
            var accepted = 0
            for _ in 0..<40 {
                let result = refusal { () throws(PolicyRefusal) in try randomChange(&log, &random) }
                accepted += result == nil ? 1 : 0
            }
            #expect(accepted > 5, "seed \(seed)")
            for state in [log.reloaded(compacted: false), log.reloaded(compacted: true)] {
                #expect(!state.isLocked)
                #expect(describe(state) == describe(log.state), "seed \(seed)")
                #expect(state.modules.mapValues { $0.keys.max() } == log.state.modules.mapValues { $0.keys.max() })
            }
        }
    }

    func describe(_ state: PolicyState) -> [String] {
        let snapshot = state.snapshot()
        return
            (snapshot.bindings.map { "\($0)" } + snapshot.defaults.map { "\($0)" }
            + snapshot.allViews.map { "\($0.target) \($0.target.digest) \($0.isUsable)" }
            + state.pauses.keys.map { "pause \($0)" } + state.viewVersions.map { "\($0) \($1)" }).sorted()
    }

    func randomChange(_ log: inout PolicyLog, _ random: inout SeededGenerator) throws(PolicyRefusal) {
        let targets = ["raw", "deny", "m", "n", "m@1", "masked", "masked@1"]
        switch random.below(8) {
        case 0: try log.deploy(random.pick(["m", "n"]), "bytes \(random.below(3))")
        case 1:
            try log.modules([
                PolicyRecord(key: Array("\(random.pick(["m", "n"]))@\(random.below(3) + 1)".utf8), value: nil)
            ])
        case 2:
            try log.views([
                (
                    #"["view","masked",0]"#,
                    #"{"steps":[{"module":"\#(random.pick(["m", "n"]))"}],"limits":{"call_ms":\#(10 + random.below(2))}}"#
                )
            ])
        case 3: try log.views([(#"["view","masked",\#(1 + random.below(3))]"#, nil)])
        case 4: try log.setDefault(random.pick(["accounts", "b"]), random.below(4) == 0 ? nil : random.pick(targets))
        case 5:
            let principal = random.below(2) == 0 ? "User:alice" : nil
            try log.bind(
                random.pick(["g", "h"]), random.pick(["accounts", "b"]), random.pick(targets), principal: principal)
        case 6: try log.views([(#"["binding",["exact","g"],["any"],["exact","accounts"]]"#, nil)])
        default: try log.views([(#"["pause","\#(random.pick(["m", "masked"]))"]"#, random.below(2) == 0 ? nil : "{}")])
        }
    }
}
