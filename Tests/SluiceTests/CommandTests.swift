import KafkaClient
import KafkaMessages
import KafkaRecords
import ProtocolTestBroker
import Testing

@testable import sluice

/// Whole commands, against a broker in memory over its admin socket.
@Suite struct CommandTests {
    private struct Result {
        var status: CommandStatus
        var text: String
        var notes: [String]
    }

    private func withBroker(
        _ memory: MemoryBroker = MemoryBroker(),
        _ body: ((_ line: String) async -> Result, _ memory: MemoryBroker, _ folder: TemporaryFolder) async throws ->
            Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        memory.addPolicyTopics()
        try await FakeBroker.with(unixPath: folder.path + "/admin.sock", memory.script) { _ in
            try await body(
                { line in
                    let words = line.split(separator: " ").map { $0.replacing("FOLDER", with: folder.path) }
                    let capture = OutputCapture()
                    let status = await Output.$capture.withValue(capture) {
                        await Sluice.run(words.map(String.init) + ["--data", folder.path])
                    }
                    return Result(status: status, text: capture.text, notes: capture.notes)
                }, memory, folder)
        }
    }

    @Test func topics() async throws {
        try await withBroker { run, _, _ in
            #expect(await run("topic list").text == "no topics; `sluice topic create NAME` makes one\n")
            #expect(await run("topic create accounts -p 3").text == "created topic accounts\n")
            let again = await run("topic create accounts")
            #expect(again.status == .exists)
            #expect(again.notes == ["sluice: can't create topic \"accounts\": topic accounts exists"])
            let kept = await run("topic create accounts --if-not-exists --output json")
            #expect(kept.status == .done)
            #expect(kept.text == #"{"created":false,"topic":"accounts"}"# + "\n")
            #expect(await run("topic list").text == "TOPIC     PARTITIONS  INTERNAL\naccounts           3\n")
            let described = await run("topic describe accounts")
            #expect(described.text.contains("PARTITION  LEADER  START  END  OFFSETS"))
            #expect(described.text.contains("retention.ms  1000   DYNAMIC_TOPIC_CONFIG"))
            let missing = await run("topic describe none")
            #expect(missing.status == .notFound)
            #expect(
                missing.notes == [
                    "sluice: can't use topic \"none\": it doesn't exist; `sluice topic list` shows what there is"
                ])
            let status = await run("status")
            #expect(status.text.hasPrefix("Sluice broker at "))
            #expect(status.text.contains("accounts           3        0        0"))
            #expect(await run("status --output json").text.contains(#""cluster_id":"memory""#))
            #expect(await run("topic delete accounts").status == .refused)
            #expect(await run("topic delete accounts --yes").text == "deleted topic accounts\n")
            #expect(await run("topic delete accounts --yes").status == .notFound)
            #expect(await run("topic delete accounts --yes --if-exists").status == .done)
        }
    }

    @Test func topicsAreAltered() async throws {
        try await withBroker { run, memory, _ in
            memory.add(topic: "t", partitions: 2)
            let all = await run("topic alter t --config segment.ms=5 --delete-config retention.ms -p 4")
            #expect(all.status == .done)
            #expect(
                all.text == """
                    altered topic t

                    SETTING       VALUE
                    segment.ms    5
                    retention.ms  (default)
                    partitions    4

                    """)
            #expect(memory.state.withLock { $0.altered } == ["segment.ms=5", "retention.ms=null"])
            #expect(memory.values("t").count == 4)
            let json = await run("topic alter t --config b=2 --config a=1 --output json")
            #expect(
                json.text
                    == #"{"configs":[{"name":"a","value":"1"},{"name":"b","value":"2"}],"deleted":[],"partitions":null,"topic":"t"}"#
                    + "\n")
            let count = memory.state.withLock { $0.altered.count }
            // Neither is done if the other can't be.
            let fewer = await run("topic alter t --config c=3 --partitions 4")
            #expect(fewer.status == .refused)
            #expect(fewer.notes == ["sluice: can't add partitions to topic \"t\": Topic already has 4 partition(s)."])
            #expect(await run("topic alter t --config retention.ms=soon --partitions 9").status == .refused)
            let misspelt = await run("topic alter t --delete-config retenton.ms")
            #expect(misspelt.status == .notFound)
            #expect(misspelt.notes == ["sluice: topic t has no setting retenton.ms; did you mean retention.ms?"])
            #expect(memory.state.withLock { $0.altered.count } == count)
            #expect(memory.values("t").count == 4)
            #expect(await run("topic alter none -p 3").status == .notFound)
            #expect(await run("topic alter none --config a=1").status == .notFound)
        }
    }

    @Test func records() async throws {
        try await withBroker { run, memory, folder in
            memory.add(topic: "t", partitions: 1)
            try folder.write(Array("a:1\nb:2\nc:3".utf8), to: "lines")
            let produced = await run("produce t --file FOLDER/lines --key-separator : --header h=x --output json")
            #expect(produced.text == #"{"records":3,"topic":"t"}"# + "\n")
            #expect(memory.values("t") == [["1", "2", "3"]])
            #expect(await run("consume t -B -e").text == "1\n2\n3\n")
            #expect(await run("consume t -B -e -n 2 --format key-value --key-separator =").text == "a=1\nb=2\n")
            #expect(await run("consume t --last 1 -e").text == "3\n")
            #expect(await run("consume t --offset 1 -e").text == "2\n3\n")
            let json = await run("consume t --last 1 -e --output json").text
            #expect(json.contains(#""headers":[{"key":"h","value":"x"}],"key":"c","offset":2,"partition":0"#))
            #expect(await run("produce none --file FOLDER/lines").status == .notFound)
            #expect(await run("produce t --file FOLDER/none").status == .notFound)
            #expect(await run("consume t -B -e -p 7").status == .notFound)
        }
    }

    @Test func groupsGoOnWhereTheyStopped() async throws {
        try await withBroker { run, memory, folder in
            memory.add(topic: "t", partitions: 1)
            try folder.write(Array("1\n2\n3\n".utf8), to: "lines")
            _ = await run("produce t --file FOLDER/lines")
            #expect(await run("consume t -B --group g -n 2").text == "1\n2\n")
            #expect(memory.state.withLock { $0.committed["g"] } == ["t-0": 2])
            #expect(await run("consume t --group g -e").text == "3\n")
            #expect(memory.state.withLock { $0.committed["g"] } == ["t-0": 3])
        }
    }

    @Test func deniedReadersLearnWhy() async throws {
        try await withBroker { run, memory, _ in
            memory.add(topic: "t", partitions: 1)
            memory.state.withLock { $0.fetchErrors = [.topicAuthorizationFailed] }
            let denied = await run("consume t -B -e")
            #expect(denied.status == .refused)
            #expect(denied.text.isEmpty)
            #expect(denied.notes.count == 1)
            #expect(denied.notes.first?.contains("`sluice view explain` shows why") == true)
        }
    }

    @Test func modulesAreTriedWhereTheyMayRun() async throws {
        try await withBroker { run, memory, folder in
            memory.add(topic: "t", partitions: 1)
            try folder.write(Array("1\n".utf8), to: "lines")
            try folder.write(Array("no module".utf8), to: "not.wasm")
            _ = await run("produce t --file FOLDER/lines")
            #expect(await run("consume t -B -e --map FOLDER/not.wasm").text == "1\n")
            #expect(memory.state.withLock { $0.fetchTags.last?.module } == 9)
            // A reader who may not hand the broker a module runs it here, where this one is refused.
            memory.state.withLock { $0.refusesModules = true }
            let local = await run("consume t -B -e --map FOLDER/not.wasm")
            #expect(local.status == .refused)
            #expect(local.text.isEmpty)
            #expect(local.notes.first == "note: the broker runs no module for this connection; it runs in this command")
            #expect(local.notes.last?.hasPrefix("sluice: --map: ") == true)
        }
    }

    @Test func policy() async throws {
        try await withBroker { run, memory, folder in
            memory.add(topic: "accounts", partitions: 1)
            try folder.write([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], to: "scrub.wasm")
            try folder.write(Array("text".utf8), to: "not.wasm")
            #expect(await run("module list").text == "no modules; `sluice module deploy NAME FILE` stores one\n")
            #expect(await run("view list").text.hasPrefix("no policy"))
            #expect(
                await run("module deploy scrub FOLDER/scrub.wasm").text.hasPrefix(
                    "deployed scrub@1  8 bytes  sha256 93a44bb"))
            #expect(await run("module deploy scrub FOLDER/not.wasm").status == .failed)
            #expect(await run("module list").text.contains("scrub@1  sluice-1      8  93a44bb"))

            let set = await run("view set --group email-app --topic accounts scrub")
            #expect(set.text == "group email-app on accounts → scrub@1\n")
            #expect(
                set.notes == [
                    "note: readers of accounts whom no binding names are denied from now on; "
                        + "`sluice view default --topic accounts raw` opens it to them",
                    "note: a group is a claim: whoever names email-app gets scrub@1 of accounts; "
                        + "--principal User:NAME asks for proof",
                ])
            let wrong = await run("view set --group email-app --topic accounts scurb")
            #expect(wrong.status == .refused)
            #expect(
                wrong.notes == [#"sluice: can't bind group email-app on accounts: no module or view "scurb" (scrub?)"#])
            #expect(await run("view set --group audit --topic accounts raw").status == .refused)
            let principal = await run("view set --group audit --principal User:a --topic accounts raw --output json")
            #expect(
                principal.text == #"{"group":"audit","principal":"User:a","target":"raw","topic":"accounts"}"# + "\n")
            #expect(principal.notes.isEmpty)
            #expect(await run("view explain --topic accounts").text.hasSuffix("→ deny\n"))
            #expect(await run("view explain --topic accounts --group email-app").text.contains("→ scrub@1  (digest "))
            #expect(await run("view default --topic accounts raw").text == "accounts → raw\n")
            #expect(await run("view unset --group email-app --topic accounts").text.hasPrefix("removed the binding"))
            #expect(await run("view unset --group email-app --topic accounts").status == .notFound)
            #expect(await run("view default --topic other --unset").status == .notFound)
            #expect(await run("view list").text.contains("audit  User:a     accounts  raw"))
        }
    }

    @Test func presentReadersAreNotCutOffUnasked() async throws {
        try await withBroker { run, memory, folder in
            memory.add(topic: "accounts", partitions: 1)
            memory.add(topic: "__consumer_offsets", partitions: 1)
            try folder.write([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], to: "scrub.wasm")
            _ = await run("module deploy scrub FOLDER/scrub.wasm")
            var key = OffsetCommitKey()
            key.group = "billing"
            key.topic = "accounts"
            var value = OffsetCommitValue()
            value.commitTimestamp = WallClock.milliseconds()
            let commit = Record(
                key: Array(try key.encode(version: 1).readableBytesView),
                value: Array(try value.encode(version: 3).readableBytesView), timestamp: 1)
            memory.state.withLock { $0.topics["__consumer_offsets"]?[0].records = [commit] }

            let asked = await run("view set --group email-app --topic accounts scrub")
            #expect(asked.status == .refused)
            #expect(
                asked.notes.first == "these readers are denied from then on:\n  group billing on accounts: raw → deny")
            #expect(memory.values("__sluice_views") == [[]])
            let agreed = await run("view set --group email-app --topic accounts scrub --yes")
            #expect(agreed.status == .done)
            // The one-step view of the module, and the binding.
            #expect(memory.values("__sluice_views").first?.count == 2)
        }
    }

    @Test func policyIsForTheAdminToRead() async throws {
        try await withBroker { run, memory, folder in
            memory.add(topic: "accounts", partitions: 1)
            try folder.write([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], to: "scrub.wasm")
            _ = await run("module deploy scrub FOLDER/scrub.wasm")
            memory.state.withLock { $0.fetchErrors = [.topicAuthorizationFailed] }
            let listed = await run("view list")
            #expect(listed.status == .refused)
            #expect(listed.notes.first?.contains("shows its policy to the admin only; use the admin socket") == true)
            // Who may not read the policy may still be allowed to set it; then there is no preview.
            memory.state.withLock { $0.fetchErrors = [.topicAuthorizationFailed] }
            let set = await run("view set --group email-app --topic accounts scrub")
            #expect(set.text == "group email-app on accounts → scrub@1\n")
            #expect(set.notes.count == 1)
        }
    }

    @Test func foreignBrokersHaveNoPolicy() async throws {
        let memory = MemoryBroker()
        memory.state.withLock { $0.isSluice = false }
        try await withBroker(memory) { run, _, folder in
            try folder.write([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], to: "scrub.wasm")
            let deployed = await run("module deploy scrub FOLDER/scrub.wasm")
            #expect(deployed.status == .failed)
            #expect(deployed.notes.first?.contains("is no Sluice broker") == true)
        }
    }
}
