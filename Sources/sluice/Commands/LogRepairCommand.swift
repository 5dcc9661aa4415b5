import ArgumentParser
import KafkaClient
import SegmentLog

struct LogRepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair", abstract: "Mend what `log check` finds, after asking.",
        discussion: """
            Takes bytes that hold no batch out of the segments, keeps every whole batch, and makes indexes and \
            checkpoints anew. What is cut is set aside in files beside the segment, never deleted. Says first which \
            offsets are lost. Without a terminal to ask on it changes nothing, unless --yes is given.

            The broker must be stopped. Make a copy of the folder first if it is the only one.

            Examples:
              sluice log repair --dry-run
              sluice log repair sluice-data/accounts-0 --yes
            """)

    @Argument(
        help: "A data folder, or a partition's folder in it. Default: $SLUICE_DATA, else ./sluice-data.",
        completion: .directory)
    var path: String?

    @Flag(name: .long, help: "Don't ask.")
    var yes = false

    @Flag(name: .long, help: "Show what would be done; do nothing.")
    var dryRun = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !(yes && dryRun) else { throw ValidationError("--yes and --dry-run contradict each other.") }
    }

    func run() throws {
        let target = try LogTarget(DataFolder.path(path))
        guard !target.folder.isLive else { throw CommandFailure(.locked(path: target.path), path: target.path) }
        let survey = try LogSurvey(target)
        let plan = try LogRepairPlan(survey)
        guard !plan.isEmpty else {
            try Output.show(output.output, json: plan.json(isDone: false)) {
                survey.findingCount == 0 ? "nothing to repair\n" : survey.text + "nothing here can be repaired\n"
            }
            return
        }
        if output.output == .table { try Output.write(plan.text) }
        guard !dryRun else {
            if output.output == .json { try Output.line(plan.json(isDone: false).text) }
            if output.output == .table { try Output.write("nothing was changed (--dry-run)\n") }
            return
        }
        guard yes || Terminal.confirms("Repair \(Quantity.plural(plan.count, "partition")) in \(target.path)?") else {
            throw CommandFailure(.refused, "nothing was changed", hint: "--yes agrees beforehand")
        }
        try LogSurvey.restated(target.path) { () throws(LogError) in try plan.run(now: WallClock.milliseconds()) }
        try Output.show(output.output, json: plan.json(isDone: true)) {
            "repaired \(Quantity.plural(plan.count, "partition")); `sluice log check` looks again\n"
        }
    }
}

/// What a repair is going to do, and what is lost.
struct LogRepairPlan {
    private let target: LogTarget
    private var repairs: [(partition: PartitionName, repair: LogRepair<PosixFileSystem>, findings: [LogFinding])] = []

    init(_ survey: LogSurvey) throws(CommandFailure) {
        target = survey.target
        for (partition, report) in survey.reports {
            let directory = target.folder.directory(of: partition)
            let fileSystem = target.fileSystem
            let repair = try LogSurvey.restated(target.path) { () throws(LogError) in
                try LogRepair(fileSystem, directory: directory, report: report)
            }
            if repair.isNeeded { repairs.append((partition, repair, report.findings)) }
        }
    }

    var isEmpty: Bool { repairs.isEmpty }
    var count: Int { repairs.count }

    func run(now: Int64) throws(LogError) {
        try target.folder.whileUnclean { () throws(LogError) in
            for (_, repair, _) in repairs { try repair.run(configuration: LogConfiguration(), now: now) }
        }
    }

    var text: String {
        var text = ""
        for (partition, repair, findings) in repairs {
            text += "\(partition)\n"
            for finding in findings { text += "  found   \(LogSurvey.line(finding, partition))\n" }
            for step in repair.steps { text += "  repair  \(Self.text(step))\n" }
            let lost = findings.filter { $0.remedy != .none }.compactMap(\.lost)
            if lost.isEmpty { text += "  no record is lost\n" }
            for range in lost { text += "  " + Paint.red("LOST") + "    \(LogSurvey.offsets(range))\n" }
        }
        return text
    }

    private static func text(_ step: LogRepair<PosixFileSystem>.Step) -> String {
        switch step {
        case .cut(let file, let bytes, let target):
            "take bytes \(bytes.lowerBound)–\(bytes.upperBound) out of \(file) into \(target)"
        case .setAside(let file, let target): "rename \(file) to \(target)"
        case .setEpochs(let file, let count):
            "give \(Quantity.plural(count, "batch", "batches")) of \(file) the leader epoch of the checkpoint"
        case .begin(let segment): "begin a segment at \(segment), so that no offset is given out twice"
        case .rebuild: "make indexes, leader epochs, producer snapshot and recovery point anew"
        }
    }

    func json(isDone: Bool) -> JSON {
        let partitions = repairs.map { partition, repair, findings -> JSON in
            [
                "partition": .string("\(partition)"),
                "findings": .array(findings.map { LogSurvey.json($0, partition) }),
                "steps": .array(repair.steps.map { .string(Self.text($0)) }),
            ]
        }
        return ["path": .string(target.path), "repaired": .bool(isDone), "partitions": .array(partitions)]
    }
}
