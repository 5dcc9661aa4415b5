import Glibc

/// A `sluice serve` of its own folder, on ports that the kernel picks.
final class BrokerProcess {
    let folder: String
    private let sluice: String
    private let process: ChildProcess
    /// Of the listeners, in their order.
    let ports: [Int]
    /// From the start of the process until it was ready.
    let startNanoseconds: Int64

    var usage: ProcessUsage { process.usage }
    var port: Int { ports[0] }

    /// `listeners`: what follows the port, for each. `settings`: NAME=VALUE. The data folder is made if it isn't there.
    init(
        _ options: Options, folder: String, flush: String, listeners: [String] = [""], settings: [String] = []
    ) throws {
        self.folder = folder
        sluice = options.sluice
        let log = "\(folder).log"
        unsafe unlink(log)
        var command = [options.sluice, "serve", "--data", folder, "--set", "log.flush=\(flush)"]
        for setting in settings { command += ["--set", setting] }
        for (number, rest) in listeners.enumerated() {
            command += ["--listener", "L\(number)://127.0.0.1:0\(rest)"]
        }
        let begin = Clock.nanoseconds()
        process = try ChildProcess(command, errors: log)
        while true {
            let text = try File.read(log)
            if let ports = Self.ports(in: text, count: listeners.count) {
                self.ports = ports
                break
            }
            guard process.isRunning() else {
                throw Failure("the broker ended: \(String(decoding: text, as: UTF8.self))")
            }
            guard Clock.nanoseconds() - begin < 60_000_000_000 else { throw Failure("the broker isn't ready in 60 s") }
            Clock.sleep(milliseconds: 1)
        }
        startNanoseconds = Clock.nanoseconds() - begin
    }

    private static func ports(in log: [UInt8], count: Int) -> [Int]? {
        var ports: [Int] = []
        var isReady = false
        for line in String(decoding: log, as: UTF8.self).split(separator: "\n") {
            if line.contains("sluice is ready") { isReady = true }
            guard line.contains("listening on L"), let start = line.firstRange(of: "127.0.0.1:") else { continue }
            if let port = Int(line[start.upperBound...].prefix { $0.isNumber }) { ports.append(port) }
        }
        return isReady && ports.count == count ? ports : nil
    }

    /// A graceful stop.
    func stop() throws {
        let status = process.terminate()
        guard status == 0 else { throw Failure("the broker ended with \(status)") }
    }

    /// Runs the `sluice` command as the administrator of this broker.
    func admin(_ arguments: String...) throws {
        try ChildProcess.run([sluice] + arguments + ["--data", folder], errors: "\(folder).log")
    }
}
