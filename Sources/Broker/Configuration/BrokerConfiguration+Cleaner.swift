extension BrokerConfiguration {
    /// The settings of compaction. Those that a topic has, too, are its defaults.
    static let cleaner = [
        ConfigDefinition(
            "log.cleaner.enable", .boolean, default: "true",
            "Compact the logs whose cleanup.policy names compact, also the broker's own."),
        ConfigDefinition(
            "log.cleaner.backoff.ms", .long(10...86_400_000), default: "15000",
            "How often logs are looked at for compaction, once there is none to be done."),
        ConfigDefinition(
            "log.cleaner.threads", .int(1...64), default: "1",
            "Logs that are compacted at once, each on a thread with a lower priority. Where they are at work a new number holds as they end.",
            isLive: true),
        ConfigDefinition(
            "log.cleaner.dedupe.buffer.size", .long(1_048_576...68_719_476_736), default: "134217728",
            "Bytes of the tables of keys, at most: up to 96 for each key. Each of log.cleaner.threads has an equal part, of at least 1048576."
        ),
        ConfigDefinition(
            "log.cleaner.io.max.bytes.per.second", .long(65_536...Int64.max), default: "67108864",
            "Bytes that compaction reads and writes in a second, at most, on all threads together. Apache Kafka's default is without bound.",
            isLive: true),
        ConfigDefinition(
            "log.cleaner.min.cleanable.ratio", .double(0...1), default: "0.5", TopicConfiguration.dirtyRatio,
            isLive: true),
        ConfigDefinition(
            "log.cleaner.min.compaction.lag.ms", .long(0...Int64.max), default: "0", TopicConfiguration.minLag,
            isLive: true),
        ConfigDefinition(
            "log.cleaner.max.compaction.lag.ms", .long(1...Int64.max), default: "9223372036854775807",
            TopicConfiguration.maxLag, isLive: true),
        ConfigDefinition(
            "log.cleaner.delete.retention.ms", .long(0...Int64.max), default: "86400000",
            TopicConfiguration.deleteRetention, isLive: true),
    ]

    private static let keyTableBytesMin = 1_048_576

    /// Bytes of the table of keys of one compaction.
    var keyTableBytesMax: Int { number("log.cleaner.dedupe.buffer.size") / number("log.cleaner.threads") }

    func checkCleaner() throws(ConfigError) {
        guard keyTableBytesMax >= Self.keyTableBytesMin else {
            throw ConfigError(
                "log.cleaner.threads = \(text("log.cleaner.threads")): each needs \(Self.keyTableBytesMin) bytes of "
                    + "log.cleaner.dedupe.buffer.size, which is \(text("log.cleaner.dedupe.buffer.size"))")
        }
    }
}
