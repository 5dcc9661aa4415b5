import KafkaMessages
import Synchronization

/// A topic: its identity, its partitions and its settings. A topic that is deleted and created again is another one, with
/// another id.
final class Topic: Sendable {
    let name: String
    let id: Uuid
    let partitions: [Partition]
    let meter: TopicMeter
    private let settings: Mutex<TopicConfiguration>

    init(
        name: String, id: Uuid, partitions: [Partition], configuration: TopicConfiguration, meter: TopicMeter
    ) {
        self.name = name
        self.id = id
        self.partitions = partitions
        self.meter = meter
        settings = Mutex(configuration)
    }

    var configuration: TopicConfiguration { settings.withLock { $0 } }

    func configure(_ configuration: TopicConfiguration) { settings.withLock { $0 = configuration } }

    func partition(_ index: Int32) -> Partition? {
        partitions.indices.contains(Int(index)) ? partitions[Int(index)] : nil
    }

    /// Topics of the broker's own: clients write and read them by other rules, or not at all.
    static func isInternal(_ name: String) -> Bool {
        name.hasPrefix("__sluice_") || name == "__consumer_offsets" || name == "__transaction_state"
    }

    /// Kafka's rule for names: 1 to 249 of `[a-zA-Z0-9._-]`, not `.` or `..`. Returns what is wrong.
    static func nameProblem(_ name: String) -> String? {
        if name.isEmpty { return "a topic's name must not be empty" }
        if name == "." || name == ".." { return "a topic's name must not be . or .." }
        if name.utf8.count > 249 { return "a topic's name has at most 249 characters" }
        let isAllowed = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isAllowed ? nil : "a topic's name holds letters, digits, '.', '_' and '-' only"
    }
}
