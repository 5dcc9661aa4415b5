import CSluice
import Glibc

/// Measures a real broker process against floors: bare loops that do only what can't be left out. Run it by
/// `Benchmarks/run`; Docs/benchmarks.md says what the numbers mean.
@main
enum Benchmarks {
    static func main() async {
        sluice_keep_heap()
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            switch arguments.first {
            case "floor-produce": try ProduceFloor(Array(arguments.dropFirst())).run()
            case "floor-tls": try TLSFloor(Array(arguments.dropFirst())).run()
            case "floor-sendfile": try SendfileFloor(Array(arguments.dropFirst())).run()
            default: try await measure(Options(arguments))
            }
        } catch {
            print("\(error)")
            exit(1)
        }
    }

    private static func measure(_ options: Options) async throws {
        let folder = try File.makeTemporaryFolder()
        defer { File.remove(folder: folder) }
        var report = Report()
        for measure in Measure.allCases where options.includes(measure) {
            print("\(measure.rawValue)")
            let place = "\(folder)/\(measure.rawValue)"
            switch measure {
            case .produceOS: try ProduceMeasure(options, folder: place, flush: "os").run(&report)
            case .produceCommit: try ProduceMeasure(options, folder: place, flush: "commit").run(&report)
            case .fetch: try FetchMeasure(options, folder: place).run(&report)
            case .tls: try FetchMeasure(options, folder: place, isSecure: true).run(&report)
            case .view: try await ViewMeasure(options, folder: place).run(&report)
            case .footprint: try FootprintMeasure(options, folder: place).run(&report)
            case .compaction: try CompactionMeasure(options, folder: place).run(&report)
            case .latency: try await LatencyMeasure(options, folder: place).run(&report)
            case .connections: try ConnectionsMeasure(options, folder: place).run(&report)
            case .rebalance: try RebalanceMeasure(options, folder: place).run(&report)
            }
        }
        print("\n\(report.table())")
    }

    /// A floor: this program again, as another process.
    static func floor(_ arguments: [String]) throws -> (process: ChildProcess, port: Int) {
        let process = try ChildProcess(["/proc/self/exe"] + arguments)
        guard let port = Int(try process.readLine()) else { throw Failure("the floor \(arguments) has no port") }
        return (process, port)
    }
}
