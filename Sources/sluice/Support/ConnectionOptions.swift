import ArgumentParser
import KafkaClient
import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Which broker a command speaks to.
struct ConnectionOptions: ParsableArguments {
    @Option(
        name: .long,
        help: "Data folder of a local broker, reached as its admin. Default: $SLUICE_DATA, else ./sluice-data.")
    var data: String?

    @Option(name: [.customShort("b"), .long], help: "Speak to this broker instead, HOST:PORT. Also $SLUICE_BOOTSTRAP.")
    var bootstrap: String?

    @Option(name: .long, help: "Seconds to wait for an answer.")
    var timeout: Int = 30

    func validate() throws {
        guard data == nil || bootstrap == nil else {
            throw ValidationError("--data and --bootstrap name two brokers; give one.")
        }
        guard (1...3600).contains(timeout) else {
            throw ValidationError("--timeout takes 1 to 3600 seconds.")
        }
        if let bootstrap, BrokerAddress(bootstrap) == nil {
            throw ValidationError("\"\(bootstrap)\" is no HOST:PORT.")
        }
    }

    /// The broker that the flags name, else the environment, else the data folder here.
    func address(environment: (String) -> String? = Environment.value) throws -> BrokerAddress {
        if let bootstrap, let address = BrokerAddress(bootstrap) { return address }
        if data == nil, let text = environment("SLUICE_BOOTSTRAP") {
            guard let address = BrokerAddress(text) else {
                throw CommandFailure(.usage, "SLUICE_BOOTSTRAP is \"\(text)\", which is no HOST:PORT")
            }
            return address
        }
        return .unix(path: DataFolder.path(data, environment: environment) + "/" + DataFolder.adminSocketName)
    }

    /// Runs `body` with the cluster behind that broker.
    func withCluster<Result: Sendable>(_ body: (Cluster) async throws -> Result) async throws -> Result {
        var configuration = KafkaConnection.Configuration(clientId: "sluice")
        configuration.requestTimeout = .seconds(Int64(timeout))
        configuration.connectTimeout = .seconds(Int64(min(timeout, 10)))
        return try await Cluster.with(try address(), configuration: configuration) { cluster in
            do {
                return try await body(cluster)
            } catch let error as KafkaClientError {
                throw await NameSuggestion.failure(error, cluster)
            }
        }
    }
}

/// The folder that a broker keeps everything in.
enum DataFolder {
    static let adminSocketName = "admin.sock"
    static let standardPath = "./sluice-data"

    static func path(_ flag: String?, environment: (String) -> String? = Environment.value) -> String {
        flag ?? environment("SLUICE_DATA") ?? standardPath
    }
}

/// The variables that this process was started with.
enum Environment {
    static var all: [String: String] {
        var all: [String: String] = [:]
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let text = unsafe String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                all[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            unsafe next += 1
        }
        return all
    }

    /// nil where it isn't set or empty.
    static func value(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }
}

/// `--output table|json`.
struct OutputOptions: ParsableArguments {
    @Option(name: .long, help: "table for people, json for scripts.")
    var output: OutputFormat = .table
}
