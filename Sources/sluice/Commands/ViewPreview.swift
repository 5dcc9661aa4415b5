import ArgumentParser
import Broker
import KafkaClient
import Views
import WasmRuntime

struct ViewPreview: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview", abstract: "Try a view on the records of a topic, without binding anybody to it.",
        discussion: """
            Reads what you may read, after your own outcome, and runs the view over it: nothing is shown that you \
            couldn't have. Before and after stand side by side on a terminal, for the admin; else there are only numbers.

            Examples:
              sluice view preview --topic accounts scrub-ssn
              sluice view preview --topic accounts --map new.wasm --param mask=# --last 1000
              sluice view preview --topic accounts scrub-ssn@3 --sample 500 --output json
            """)

    @Argument(help: "A module or view, NAME or NAME@VERSION, as it is deployed.", completion: Completions.views)
    var view: String?

    @Option(name: .long, help: "Topic to read.", completion: Completions.topics)
    var topic: String

    @Option(name: .long, help: "Try this Wasm module instead.", completion: .file(extensions: ["wasm"]))
    var map: String?

    @Option(name: .long, help: "A parameter of the --map module, NAME=VALUE; may be given again.")
    var param: [KeyValueArgument] = []

    @Option(name: .long, help: "So many records before the end of each partition. Default: 20.")
    var last: Int64?

    @Option(name: .long, help: "So many records, spread evenly over all that is kept.")
    var sample: Int?

    @Option(name: .long, help: "Read as this group would.", completion: Completions.groups)
    var group: String?

    @Option(name: .long, help: "Show so many records.")
    var show: Int = 20

    @Flag(name: .long, help: "Show records in a pipe and in JSON, too; for the admin.")
    var records = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    static let recordsMax = 100_000

    func validate() throws {
        guard (view == nil) != (map == nil) else { throw ValidationError("Give a view or --map FILE.") }
        guard param.isEmpty || map != nil else { throw ValidationError("--param belongs to --map.") }
        guard last == nil || sample == nil else { throw ValidationError("--last and --sample: give one.") }
        if let last, !(1...Int64(Self.recordsMax)).contains(last) {
            throw ValidationError("--last takes 1 to \(Self.recordsMax).")
        }
        if let sample, !(1...10_000).contains(sample) { throw ValidationError("--sample takes 1 to 10000.") }
        guard show >= 0 else { throw ValidationError("--show takes 0 or more.") }
    }

    func run() async throws {
        let isAdmin = try isAdmin()
        let (name, trial) = try await connection.withCluster { cluster in
            let found = try await cluster.topic(topic)
            let (name, steps, limits) = try await resolved(cluster)
            let runner = try await LocalView(steps, limits: limits, label: name)
            defer { runner.close() }
            let records = try await read(cluster, found)
            let results = try await runner.run(records)
            let rows = zip(records, results).map { Trial.Row(before: $0, result: $1) }
            return (name, Trial(rows: rows, nanoseconds: runner.nanoseconds))
        }
        guard !(records && !isAdmin) else {
            throw CommandFailure(
                .refused, "records are shown to the admin only",
                hint: "use the admin socket of the data folder (--data DIR), or leave --records out")
        }
        var members = trial.json(showsRecords: records)
        members["view"] = .string(name)
        members["topic"] = .string(topic)
        try Output.show(output.output, json: .object(members)) {
            let isShown = isAdmin && (records || Terminal.standardOutputIsTerminal)
            return (isShown ? trial.sideBySide(columns: Terminal.size(1).columns, limit: show) : "") + trial.summary
        }
    }

    /// The admin is whoever may open the socket in the data folder.
    private func isAdmin() throws -> Bool {
        if case .unix = try connection.address() { true } else { false }
    }

    /// The steps with their modules' bytes.
    private func resolved(_ cluster: Cluster) async throws -> (String, [LocalView.Step], GuestLimits) {
        if let map {
            let module = try FileReader.read(map, bytesMax: ModuleFile.bytesMax)
            // As its one-step view would be.
            let step = LocalView.Step(
                module: module, parameters: param.map { (name: $0.name, value: $0.value) }, keepsHeaders: false)
            return (map, [step], GuestLimits())
        }
        let text = view ?? ""
        let state = try await StoredPolicy.read(cluster)
        guard let definition = ViewLookup.definition(text, state) else {
            throw ViewLookup.notFound(text, state)
        }
        var steps: [LocalView.Step] = []
        for step in definition.view.steps { steps.append(try await LocalView.Step(step, cluster)) }
        return (definition.name, steps, GuestLimits(definition.view.limits))
    }

    private func read(_ cluster: Cluster, _ found: ClusterMetadata.Topic) async throws -> [ConsumedRecord] {
        var configuration = ConsumerConfiguration()
        configuration.tags = FetchTags(group: group)
        configuration.maxWaitMs = 100
        if let sample { return try await Sampler(cluster, found, configuration).records(sample) }
        var consumer = try await Consumer(cluster, topic: found, start: .last(last ?? 20), configuration: configuration)
        var records: [ConsumedRecord] = []
        repeat { records += try await consumer.poll() } while !consumer.isAtEnd && records.count < Self.recordsMax
        return Array(records.prefix(Self.recordsMax))
    }
}

/// Finds a view, or the one-step view of a module, by its name.
enum ViewLookup {
    static func definition(_ text: String, _ state: PolicyState) -> (name: String, view: ViewDefinition)? {
        let versioned = VersionedName(text)
        let name = versioned?.name ?? Name(text)
        let views = state.views.filter { key, view in
            key.name == name && !view.isDeleted && (versioned == nil || key == versioned)
        }
        if let newest = views.max(by: { $0.key < $1.key }) {
            return ("\(newest.key)", newest.value.target.definition)
        }
        let modules = (state.modules[name] ?? [:]).values.filter { module in
            !module.isDeleted && (versioned == nil || module.name == versioned)
        }
        guard let module = modules.max(by: { $0.name < $1.name }) else { return nil }
        // What the broker writes for a module that a binding names.
        let step = ViewStep(module: module.name, sha256: module.sha256)
        return ("\(module.name)", ViewDefinition(steps: [step]))
    }

    static func names(_ state: PolicyState) -> [String] {
        let views = state.views.filter { !$0.value.isDeleted }.keys.map(\.name.string)
        let modules = state.modules.filter { $0.value.values.contains { !$0.isDeleted } }.keys.map(\.string)
        return Set(views + modules).sorted()
    }

    static func notFound(_ text: String, _ state: PolicyState) -> CommandFailure {
        let near = Suggestion.nearest(to: text, among: names(state))
        return CommandFailure(
            .notFound, "there is no module or view \(Table.printable(text))",
            hint: near.map { "did you mean \($0)?" } ?? "`sluice module list` and `sluice view list` show what there is"
        )
    }
}
