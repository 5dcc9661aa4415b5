import ArgumentParser
import KafkaClient
import KafkaMessages

struct ConsumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consume", abstract: "Print the records of a topic.",
        discussion: """
            Without --group it reads all partitions and commits nothing; it begins at the end unless -B, --offset, --last \
            or --since says otherwise. As a member of a group it goes on where the group stands, sees what the group's \
            view lets through, and commits what it has printed.

            Over the admin socket and without a group the records are raw, and that is audited.

            Examples:
              sluice consume accounts -B -e                       # all there is, then end
              sluice consume accounts -B -e --group email-app     # as the group sees them
              sluice consume accounts -B --map scrub-ssn.wasm     # try a module
              sluice consume accounts --last 10 --format json
            """)

    @Argument(help: "Name of the topic.", completion: Completions.topics)
    var topic: String

    @Flag(name: [.customShort("B"), .long], help: "Begin with the first record that is kept.")
    var beginning = false

    @Option(name: .long, help: "Begin at this offset, in each partition.")
    var offset: Int64?

    @Option(name: .long, help: "Begin so many records before the end of each partition.")
    var last: Int64?

    @Option(name: .long, help: "Begin with the first record from this time on: milliseconds since 1970.")
    var since: Int64?

    @Flag(name: [.customShort("e"), .long], help: "End when everything has been read.")
    var exitAtEnd = false

    @Option(name: [.customShort("n"), .long], help: "End after so many records.")
    var count: Int?

    @Option(name: .shortAndLong, help: "Read only this partition; may be given again.")
    var partition: [Int32] = []

    @Option(name: .shortAndLong, help: "Read as a member of this group.")
    var group: String?

    @Option(name: .long, help: "A Wasm module to run over the records, after whatever view the reader has.")
    var map: String?

    @Option(name: .long, help: "A parameter of the --map module, NAME=VALUE; may be given again.")
    var mapParam: [KeyValueArgument] = []

    @Option(name: .long, help: "value, key-value or json: a line for each record.")
    var format: RecordFormat?

    @Option(name: .shortAndLong, help: "Between key and value in --format key-value. Default: a tab.")
    var keySeparator: String = "\t"

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        let starts = [beginning, offset != nil, last != nil, since != nil].count { $0 }
        guard starts <= 1 else {
            throw ValidationError("-B, --offset, --last and --since name different beginnings; give one.")
        }
        if group != nil {
            guard partition.isEmpty else {
                throw ValidationError("A member of a group is given its partitions; leave --partition out.")
            }
            guard offset == nil, last == nil, since == nil else {
                throw ValidationError("A group goes on where it stands; only -B says where a new one begins.")
            }
        }
        if let count, count < 1 { throw ValidationError("--count takes 1 or more.") }
        if let offset, offset < 0 { throw ValidationError("--offset takes 0 or more; --last counts from the end.") }
        if let last, last < 0 { throw ValidationError("--last takes 0 or more.") }
        guard mapParam.isEmpty || map != nil else { throw ValidationError("--map-param belongs to --map.") }
    }

    /// --output json stands for --format json where no format is given.
    var effectiveFormat: RecordFormat { format ?? (output.output == .json ? .json : .value) }

    var start: Consumer.Start {
        if beginning { return .beginning }
        if let offset { return .offset(offset) }
        if let last { return .last(last) }
        if let since { return .timestamp(since) }
        return .end
    }

    func run() async throws {
        var module: [UInt8]?
        if let map { module = try FileReader.read(map, bytesMax: ModuleFile.bytesMax) }
        let formatter = RecordFormatter(effectiveFormat, keySeparator: keySeparator)
        let printer = RecordPrinter(formatter: formatter, limit: count)
        try await connection.withCluster { cluster in
            let interrupt = Interrupt()
            try await interrupt.watch {
                do {
                    try await consume(cluster, printer, interrupt, brokerRuns: module)
                } catch let error as KafkaClientError where module != nil && Self.meansRunItYourself(error) {
                    Output.note("note: the broker runs no module for this connection; it runs in this command")
                    try await consume(cluster, printer, interrupt, commandRuns: module)
                }
            }
        }
    }

    /// The broker isn't ours, or this connection may not hand it a module: then what this reader gets anyway is mapped
    /// here.
    private static func meansRunItYourself(_ error: KafkaClientError) -> Bool {
        error.code == .unsupported || error.errorCode == .topicAuthorizationFailed
    }

    private func consume(
        _ cluster: Cluster, _ printer: RecordPrinter, _ interrupt: Interrupt, brokerRuns module: [UInt8]? = nil,
        commandRuns local: [UInt8]? = nil
    ) async throws {
        let parameters = mapParam.map { (name: $0.name, value: $0.value) }
        var configuration = ConsumerConfiguration()
        configuration.tags = FetchTags(group: group, adhocModule: module)
        configuration.tags.adhocParameters = module == nil ? [] : parameters
        let map: LocalMap? = if let local { try await LocalMap(module: local, parameters: parameters) } else { nil }
        defer { map?.close() }
        if let group {
            try await consume(cluster, group: group, configuration, printer, interrupt, map)
        } else {
            try await consume(cluster, configuration, printer, interrupt, map)
        }
    }

    private func consume(
        _ cluster: Cluster, _ configuration: ConsumerConfiguration, _ printer: RecordPrinter, _ interrupt: Interrupt,
        _ map: LocalMap?
    ) async throws {
        let found = try await cluster.topic(topic)
        var consumer = try await Consumer(
            cluster, topic: found, partitions: partition.isEmpty ? nil : partition, start: start,
            configuration: configuration)
        while !interrupt.isSet {
            let records = try await consumer.poll()
            guard try printer.print(try await map?.map(records) ?? records) else { return }
            if exitAtEnd, consumer.isAtEnd { return }
        }
    }

    private func consume(
        _ cluster: Cluster, group: String, _ configuration: ConsumerConfiguration, _ printer: RecordPrinter,
        _ interrupt: Interrupt, _ map: LocalMap?
    ) async throws {
        _ = try await cluster.topic(topic)
        var settings = GroupConsumer.Configuration()
        settings.consumer = configuration
        settings.startsAtBeginning = beginning
        var consumer = GroupConsumer(cluster, group: group, topics: [topic], configuration: settings)
        do {
            while !interrupt.isSet {
                let records = try await consumer.poll()
                guard try printer.print(try await map?.map(records) ?? records) else { break }
                if exitAtEnd, consumer.isAtEnd { break }
            }
        } catch {
            // The error is what matters; a member that can't leave either is dropped when its session ends.
            try? await consumer.leave(commits: false)
            throw error
        }
        consumer.rewind(to: printer.notPrinted)
        try await consumer.leave()
    }
}
