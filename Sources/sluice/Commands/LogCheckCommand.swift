import ArgumentParser
import SegmentLog

struct LogCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check every segment, index and checkpoint of a data folder.",
        discussion: """
            Reads all batches with their checksums and offsets, compares indexes, producer snapshots and leader epochs \
            with them, and prints a line for each thing that isn't as the broker leaves it. Changes nothing. Ends with 1 \
            if it finds anything.

            Where a broker runs on the folder, the end of each log and its checkpoints are in motion and left out.

            Examples:
              sluice log check                        # ./sluice-data
              sluice log check /var/lib/sluice --records
              sluice log check sluice-data/accounts-0
            """)

    @Argument(
        help: "A data folder, or a partition's folder in it. Default: $SLUICE_DATA, else ./sluice-data.",
        completion: .directory)
    var path: String?

    @Flag(name: .long, help: "Also decompress every batch and walk its records.")
    var records = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        let target = try LogTarget(DataFolder.path(path))
        if target.folder.isLive {
            Output.note(
                "note: a broker runs on \(Table.printable(target.folder.path)); the end of each log and its checkpoints "
                    + "aren't looked at")
        }
        let survey = try LogSurvey(target, readsRecords: records)
        try Output.show(output.output, json: survey.json) { survey.text }
        if survey.findingCount > 0 {
            throw CommandFailure(
                .failed, "\(Quantity.plural(survey.findingCount, "finding")) in \(target.path)", hint: survey.advice)
        }
    }
}

/// What `log check` and `log repair` were pointed at.
struct LogTarget {
    let path: String
    let folder: LogFolder<PosixFileSystem>
    let partitions: [PartitionName]
    let fileSystem = PosixFileSystem()

    init(_ path: String) throws(CommandFailure) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
        let (root, partition) = try Self.place(path, fileSystem)
        do throws(LogError) {
            folder = try LogFolder(root, fileSystem: fileSystem)
        } catch {
            throw CommandFailure(error, path: path)
        }
        partitions = partition.map { [$0] } ?? folder.partitions
        if partitions.isEmpty, !folder.isLive {
            throw CommandFailure(
                .notFound, "no partitions in \(path)", hint: "name a data folder, or the folder of one partition in it")
        }
    }

    /// The data folder, and the one partition where the path is that of its folder.
    private static func place(
        _ path: String, _ fileSystem: PosixFileSystem
    ) throws(CommandFailure) -> (root: String, partition: PartitionName?) {
        let names: [String]
        do throws(FileError) {
            names = try fileSystem.list(path)
        } catch {
            throw CommandFailure(.io(error), path: path)
        }
        guard names.contains(where: { LogFileName.offset(of: $0, .log) != nil }) else { return (path, nil) }
        let (parent, name) = split(path)
        guard let partition = PartitionName(directoryName: name) else {
            throw CommandFailure(
                .failed, "\(path) holds segments, but its name is no partition's",
                hint: "partitions are called TOPIC-NUMBER")
        }
        return (parent, partition)
    }

    private static func split(_ path: String) -> (parent: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let parent = path[..<slash]
        return (parent.isEmpty ? "/" : String(parent), String(path[path.index(after: slash)...]))
    }
}

extension CommandFailure {
    init(_ error: LogError, path: String) {
        switch error {
        case .io(let failure) where failure.isNotFound:
            self.init(.notFound, "no folder \(path)", hint: "name a data folder with --data or as the argument")
        case .locked:
            self.init(.refused, "a broker runs on \(path)", hint: "stop it first")
        default: self.init(.failed, "can't work on \(path): \(error)")
        }
    }
}

/// The check of all partitions of a target.
struct LogSurvey {
    let target: LogTarget
    /// In order of the partitions.
    private(set) var reports: [(partition: PartitionName, report: LogCheckReport)] = []

    init(_ target: LogTarget, readsRecords: Bool = false) throws {
        self.target = target
        let fileSystem = target.fileSystem
        let folder = target.folder
        Terminal.wipesLineWhenInterrupted()
        var total = 0
        for partition in target.partitions {
            total += try Self.restated(target.path) { () throws(LogError) in
                try LogCheck.byteCount(fileSystem, directory: folder.directory(of: partition))
            }
        }
        let bar = ProgressBar("checking", total: Int64(total), unit: .bytes)
        defer { bar.finish() }
        for partition in target.partitions {
            let report = try Self.restated(target.path) { () throws(LogError) in
                var options = LogCheck<PosixFileSystem>.Options()
                options.isClean = folder.isClean
                options.isLive = folder.isLive
                options.allowsGaps = try folder.allowsGaps(partition)
                options.readsRecords = readsRecords
                var check = LogCheck(fileSystem, directory: folder.directory(of: partition), options: options) {
                    bar.advance(by: Int64($0))
                }
                return try check.run()
            }
            reports.append((partition, report))
        }
    }

    static func restated<Result>(
        _ path: String, _ body: () throws(LogError) -> Result
    ) throws(CommandFailure) -> Result {
        do throws(LogError) {
            return try body()
        } catch {
            throw CommandFailure(error, path: path)
        }
    }

    var findingCount: Int { reports.reduce(0) { $0 + $1.report.findings.count + $1.report.furtherCount } }

    /// What to do about the findings.
    var advice: String {
        let remedies = Set(reports.flatMap { $0.report.findings.map(\.remedy) })
        if remedies.contains(.repair) { return "stop the broker, then `sluice log repair` shows what can be mended" }
        if remedies.contains(.nextStart) { return "the broker mends it when it starts" }
        return "nothing can be mended here; restore a copy if there is one"
    }

    private var sums: (segments: Int, batches: Int, bytes: Int) {
        reports.reduce((0, 0, 0)) {
            ($0.0 + $1.report.segmentCount, $0.1 + $1.report.batchCount, $0.2 + $1.report.byteCount)
        }
    }

    var json: JSON {
        let findings = reports.flatMap { partition, report in
            report.findings.map { Self.json($0, partition) }
        }
        return [
            "path": .string(target.path), "live": .bool(target.folder.isLive), "clean": .bool(target.folder.isClean),
            "partitions": JSON(reports.count), "segments": JSON(sums.segments), "batches": JSON(sums.batches),
            "bytes": JSON(sums.bytes), "sound": .bool(findingCount == 0), "findings": .array(findings),
            "further": JSON(reports.reduce(0) { $0 + $1.report.furtherCount }),
        ]
    }

    static func json(_ finding: LogFinding, _ partition: PartitionName) -> JSON {
        [
            "partition": .string("\(partition)"), "file": .string(finding.file), "kind": .string(finding.kind.rawValue),
            "start": finding.bytes.map { JSON($0.lowerBound) } ?? .null,
            "end": finding.bytes.map { JSON($0.upperBound) } ?? .null,
            "lost_from": finding.lost.map { JSON($0.lowerBound) } ?? .null,
            "lost_to": finding.lost.flatMap { $0.upperBound == .max ? nil : JSON($0.upperBound - 1) } ?? .null,
            "detail": .string(finding.detail), "remedy": .string(finding.remedy.rawValue),
        ]
    }

    var text: String {
        var text = ""
        for (partition, report) in reports {
            for finding in report.findings { text += Self.line(finding, partition) + "\n" }
            if report.furtherCount > 0 { text += "\(partition): \(report.furtherCount) further findings\n" }
        }
        let counts =
            "\(Quantity.plural(reports.count, "partition")), \(Quantity.plural(sums.segments, "segment")), "
            + "\(Quantity.plural(sums.batches, "batch", "batches")), \(Quantity.bytes(Int64(sums.bytes)))"
        return text + "checked \(counts): " + (findingCount == 0 ? Paint.green("sound") : Paint.red("not sound")) + "\n"
    }

    /// `accounts-0/0….log at 61–122: damaged-batch, checksumMismatch(…); offsets 3–4 can't be read`.
    static func line(_ finding: LogFinding, _ partition: PartitionName) -> String {
        var line = "\(Table.printable("\(partition)"))/\(finding.file)"
        if let bytes = finding.bytes { line += " at \(bytes.lowerBound)–\(bytes.upperBound)" }
        line += ": \(Paint.yellow(finding.kind.rawValue)), \(finding.detail)"
        if let lost = finding.lost { line += "; \(offsets(lost))" }
        return line
    }

    static func offsets(_ lost: Range<Int64>) -> String {
        if lost.upperBound == .max { return "offsets from \(lost.lowerBound) on can't be read" }
        return lost.count == 1
            ? "offset \(lost.lowerBound) can't be read"
            : "offsets \(lost.lowerBound)–\(lost.upperBound - 1) can't be read"
    }
}
