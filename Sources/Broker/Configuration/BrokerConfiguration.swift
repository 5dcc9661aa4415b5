/// The settings of a broker: what a configuration file, flags and the environment say, and over them what was set by
/// request (`DynamicSettings`), checked. Values are kept as text, as DescribeConfigs shows them; the typed properties read
/// them.
public struct BrokerConfiguration: Sendable {
    /// Those that were given.
    var values: [String: String]
    private(set) var dynamic = DynamicSettings()

    /// Settings that aren't named get their defaults. Throws for an unknown name, a wrong type, a value out of range, or
    /// two that contradict each other.
    public init(_ values: [String: String] = [:]) throws(ConfigError) {
        self.values = try Self.table.check(values)
        try checkTogether()
    }

    /// The same with other settings by request, checked.
    func with(_ dynamic: DynamicSettings) throws(ConfigError) -> BrokerConfiguration {
        var changed = self
        changed.dynamic.everywhere = try Self.checkLive(dynamic.everywhere)
        changed.dynamic.here = try Self.checkLive(dynamic.here)
        try changed.checkTogether()
        return changed
    }

    /// The value of a known setting, as text; "" where it isn't set and has no default.
    public func text(_ name: String) -> String {
        dynamic.here[name] ?? dynamic.everywhere[name] ?? values[name] ?? Self.table[name]?.defaultValue ?? ""
    }

    /// The value of a setting whose definition says that it is a number.
    public func number(_ name: String) -> Int {
        Int(text(name)) ?? 0
    }

    public func flag(_ name: String) -> Bool { text(name) == "true" }

    /// What stands for these settings, the strongest first: set for this broker, for all, in the file, by default; in each
    /// place in the order of `names`.
    func layers(of names: [ConfigDefinition.Fallback]) -> [ConfigLayer] {
        let places: [(ConfigSource, (String) -> String?)] = [
            (.dynamicBroker, { dynamic.here[$0] }), (.dynamicDefaultBroker, { dynamic.everywhere[$0] }),
            (.staticBroker, { values[$0] }), (.defaultValue, { Self.table[$0]?.defaultValue }),
        ]
        return places.flatMap { source, value in
            names.compactMap { name in
                value(name.name).map {
                    ConfigLayer(name: name.name, value: $0, source: source, factor: name.factor)
                }
            }
        }
    }

    /// What stands for one of the broker's own settings; its own values come first.
    func layers(of definition: ConfigDefinition) -> [ConfigLayer] {
        layers(of: [ConfigDefinition.Fallback(name: definition.name, factor: 1)] + definition.fallbacks)
    }

    public var nodeId: Int32 { Int32(clamping: number("node.id")) }
    /// Answer produce requests after an fdatasync; false: from the page cache, as Kafka does.
    public var flushesBeforeAnswer: Bool { text("log.flush") == "commit" }
    public var attributionWaitMs: Int64 { Int64(number("attribution.wait.ms")) }
    public var moduleBytesMax: Int { number("module.bytes.max") }
    /// Bytes that one batch may decompress to.
    public var decompressedBytesMax: Int { number("batch.decompressed.bytes.max") }

    private static func checkLive(_ values: [String: String]) throws(ConfigError) -> [String: String] {
        let checked = try table.check(values)
        for name in values.keys.sorted() where table[name]?.isLive == false {
            throw ConfigError("\(name) can't be changed by request: set it in the configuration file and start again")
        }
        return checked
    }

    private func checkTogether() throws(ConfigError) {
        let (shortest, longest) = ("group.min.session.timeout.ms", "group.max.session.timeout.ms")
        guard number(shortest) <= number(longest) else {
            throw ConfigError(
                "\(shortest) = \(text(shortest)): must be at most \(longest), which is \(text(longest))")
        }
        try checkSuperUsers()
        try checkCleaner()
        // A topic without settings of its own must be possible.
        _ = try TopicConfiguration([:], broker: self)
    }
}

/// Settings of brokers that were set by request: for every broker, and for this one.
struct DynamicSettings: Sendable, Equatable {
    var everywhere: [String: String] = [:]
    var here: [String: String] = [:]
}
