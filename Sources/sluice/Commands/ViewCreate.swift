import ArgumentParser
import Broker
import KafkaClient
import KafkaRecords
import Views
import WasmRuntime

struct ViewCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a view: modules in their order, with parameters and limits.",
        discussion: """
            The broker gives it the next version, and the same view under the same name has the same version. A module's \
            name without a version stands for the highest one now. Nobody's view changes by it: bind readers to it with \
            `sluice view set`. A module alone, without parameters, needs no view: bind its name.

            With several modules, parameters and headers say which step they are for, counted from 1.

            Parameters are stored and never shown. What is written on a command line can be seen in the list of \
            processes: give secrets by --param-file.

            Examples:
              sluice view create masked --module scrub-ssn --param mask=#
              sluice view create small --module narrow --param-file fields=list.txt
              sluice view create both --module scrub --module narrow --param 2:fields=id
              sluice view create big --module parse --limit output_factor=8 --dry-run
            """)

    @Argument(help: "Name of the view.")
    var name: String

    @Option(
        name: .long, help: "The module of a step, NAME or NAME@VERSION; given again, of the next step.",
        completion: Completions.modules)
    var module: [String] = []

    @Option(name: .long, help: "A parameter, [STEP:]NAME=VALUE; may be given again.")
    var param: [StepArgument] = []

    @Option(
        name: .long,
        help: "A parameter whose value is in a file, [STEP:]NAME=FILE; a line break at its end is left out.",
        completion: .file())
    var paramFile: [StepArgument] = []

    @Option(
        name: .long,
        help:
            "What becomes of headers that a module hasn't returned: drop or keep; [STEP:]keep for one of several. Default: drop."
    )
    var headers: [HeadersArgument] = []

    @Option(
        name: .long, help: "NAME=NUMBER: \(ViewDraft.limitNames.joined(separator: ", ")). May be given again.",
        completion: .list(ViewDraft.limitNames.map { "\($0)=" }))
    var limit: [KeyValueArgument] = []

    @Option(name: .long, help: "A record on which the view fails: stop, drop or replace.")
    var onError: OnErrorArgument = .stop

    @Flag(name: .long, help: "Let an instance live on from batch to batch: for a module whose start is costly.")
    var reuse = false

    @Flag(name: .long, help: "Check everything, and change nothing; for the admin.")
    var dryRun = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !module.isEmpty else { throw ValidationError("A view has at least one --module.") }
    }

    func run() async throws {
        let draft = try draft()
        let result = try await connection.withCluster { cluster in
            dryRun ? try await Self.tried(draft, cluster) : try await Self.created(draft, cluster)
        }
        var members = result.definition.map { ViewDraft.json($0) } ?? [:]
        members["view"] = .string(result.name)
        members["created"] = result.isNew.map { .bool($0) } ?? .null
        members["dry_run"] = .bool(dryRun)
        try Output.show(output.output, json: .object(members)) { result.text(isDryRun: dryRun) }
        if let kept = result.keptRules.first, !dryRun {
            let more = result.keptRules.count > 1 ? ", and \(result.keptRules.count - 1) more" : ""
            Output.note("note: nobody's view has changed: \(Table.printable(kept)) stays\(more)")
        }
    }

    func draft() throws(CommandFailure) -> ViewDraft {
        var parameters = param
        for file in paramFile {
            let bytes = try FileReader.read(file.value, bytesMax: ViewDraft.parameterBytesMax + 2)
            guard var text = String(validating: bytes, as: UTF8.self) else {
                throw CommandFailure(.failed, "\(Table.printable(file.value)) is not UTF-8, as a parameter must be")
            }
            if text.last?.isNewline == true { text.removeLast() }
            var parameter = file
            parameter.value = text
            parameters.append(parameter)
        }
        var draft = try ViewDraft(
            name: name, modules: module, parameters: parameters, headers: headers, limits: limit)
        draft.onError = onError
        draft.reuse = reuse
        return draft
    }

    /// What came of it, or would.
    struct Result {
        /// `masked@2`.
        var name: String
        /// nil: only the broker knows.
        var isNew: Bool?
        var definition: ViewDefinition?
        /// Bindings and defaults that name another version.
        var keptRules: [String] = []

        func text(isDryRun: Bool) -> String {
            let what = definition.map { ": \(ViewDraft.text($0)), on error \($0.onError.name)" } ?? ""
            if isNew == false { return "\(name) is that view already\(what)\n" }
            return (isDryRun ? "would create " : "created ") + "\(name)\(what)\n"
        }
    }

    private static func created(_ draft: ViewDraft, _ cluster: Cluster) async throws -> Result {
        let state = try await StoredPolicy.readIfAllowed(cluster)
        let record = draft.record
        let sent = Record(key: record.key, value: record.value, timestamp: WallClock.milliseconds())
        let assigned: String
        do throws(KafkaClientError) {
            let answer = try await PolicyWriter(cluster).write([sent], to: PolicyWriter.viewsTopic)
            assigned = answer.first { $0.index == 0 }?.name ?? draft.name
        } catch {
            throw error.restated("can't create view \(Table.printable(draft.name))")
        }
        guard let state, let name = VersionedName(assigned) else { return Result(name: assigned) }
        // The broker's words are what counts; this says what they came to.
        let now = try await StoredPolicy.readIfAllowed(cluster) ?? state
        return Result(
            name: assigned, isNew: state.views[name] == nil, definition: now.views[name]?.target.definition,
            keptRules: PolicyText.rules(naming: { $0.name == name.name && $0 != name }, state))
    }

    /// The broker's own checks, run here on what it has stored.
    private static func tried(_ draft: ViewDraft, _ cluster: Cluster) async throws -> Result {
        let state = try await StoredPolicy.read(cluster)
        let author = PolicyAuthor(principal: .admin, timestamp: WallClock.milliseconds())
        let plan: PolicyPlan
        do throws(PolicyRefusal) {
            plan = try state.planViews([draft.record], author: author, topics: [])
        } catch {
            throw CommandFailure(.refused, "can't create view \(Table.printable(draft.name)): \(error.message)")
        }
        guard let assigned = plan.assigned.first?.name, let name = VersionedName(assigned) else {
            throw CommandFailure(.failed, "view \(Table.printable(draft.name)) would get no version")
        }
        guard let new = plan.views.first else {
            return Result(name: assigned, isNew: false, definition: state.views[name]?.target.definition)
        }
        var steps: [LocalView.Step] = []
        for step in new.definition.steps { steps.append(try await LocalView.Step(step, cluster)) }
        try await LocalView(steps, limits: GuestLimits(new.definition.limits), label: assigned).close()
        return Result(name: assigned, isNew: true, definition: new.definition)
    }
}

extension LocalView.Step {
    /// A step of a stored view, with its module's bytes.
    init(_ step: ViewStep, _ cluster: Cluster) async throws {
        guard let module = try await StoredPolicy.module(step.module, cluster) else {
            throw CommandFailure(.failed, "the bytes of module \(step.module) are gone", hint: "deploy it again")
        }
        self.init(
            module: module, parameters: step.parameters.map { (name: $0.key.string, value: $0.value) },
            keepsHeaders: step.headers == .keep)
    }
}
