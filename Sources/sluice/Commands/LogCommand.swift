import ArgumentParser

struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Look at the segment files of a data folder, check and repair them.",
        subcommands: [LogDump.self, LogCheckCommand.self, LogRepairCommand.self])
}

struct LogDump: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump", abstract: "List the record batches in a segment, or in a partition's folder.",
        discussion: """
            Shows where batches are and whether their checksums hold; never keys, values or headers. Works on the files \
            alone: the broker may run or not. Ends with 1 if anything is damaged.

            Examples:
              sluice log dump sluice-data/accounts-0
              sluice log dump sluice-data/accounts-0/00000000000000000000.log --records
            """)

    @Argument(help: "A .log, .index or .timeindex file, or the folder of a partition.", completion: .file())
    var path: String

    @Flag(name: .long, help: "Also each record: offset, timestamp and sizes.")
    var records = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        let files = try LogDumpFiles.find(path)
        var damaged = 0
        for file in files {
            let report = LogDumpReport(format: output.output, showsRecords: records, file: file)
            damaged += try report.run()
        }
        if damaged > 0 {
            throw CommandFailure(
                .failed, "\(Quantity.plural(damaged, "damaged place")) in \(path)",
                hint: "`sluice log check` says what can be done")
        }
    }
}
