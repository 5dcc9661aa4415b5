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

    @Option(
        name: .long,
        help: "File with Kafka's client settings, for TLS and logging in. Also $SLUICE_COMMAND_CONFIG.",
        completion: .file())
    var commandConfig: String?

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

    /// The broker that the flags name, else the environment, else the client settings, else the data folder here.
    func address(
        _ settings: ClientSettings = ClientSettings(), environment: (String) -> String? = Environment.value
    ) throws(CommandFailure) -> BrokerAddress {
        if let bootstrap, let address = BrokerAddress(bootstrap) { return address }
        if data == nil, let text = environment("SLUICE_BOOTSTRAP") {
            guard let address = BrokerAddress(text) else {
                throw CommandFailure(.usage, "SLUICE_BOOTSTRAP is \"\(text)\", which is no HOST:PORT")
            }
            return address
        }
        // The first of the list: the others are for when it is gone, and a command asks once.
        if data == nil, let place = settings["bootstrap.servers"] {
            let first = place.value.split(separator: ",").first.map { $0.filter { !$0.isWhitespace } }
            guard let address = first.flatMap({ BrokerAddress($0) }) else {
                throw CommandFailure(.usage, "\(place.origin): bootstrap.servers is no HOST:PORT")
            }
            return address
        }
        // Who names a user means to be that one, and the socket knows nobody but the administrator.
        if commandConfig != nil {
            throw CommandFailure(
                .usage,
                "--command-config is for a broker at HOST:PORT; over the admin socket you are the administrator",
                hint: "add -b HOST:PORT, or bootstrap.servers to the file")
        }
        return .unix(path: DataFolder.path(data, environment: environment) + "/" + DataFolder.adminSocketName)
    }

    /// Runs `body` with the cluster behind that broker.
    /// - Parameter mayAsk: whether a password may be asked for on the terminal.
    func withCluster<Result: Sendable>(
        mayAsk: Bool = true, _ body: (Cluster) async throws -> Result
    ) async throws -> Result {
        let settings = try ClientSettings(file: commandConfig)
        let address = try address(settings)
        let configuration = try configuration(settings, address, mayAsk: mayAsk)
        return try await Cluster.with(address, configuration: configuration) { cluster in
            do {
                return try await body(cluster)
            } catch let error as KafkaClientError {
                throw await NameSuggestion.failure(error, cluster)
            }
        }
    }
}

extension ConnectionOptions {
    private func configuration(
        _ settings: ClientSettings, _ address: BrokerAddress, mayAsk: Bool
    ) throws(CommandFailure) -> KafkaConnection.Configuration {
        var configuration = KafkaConnection.Configuration(clientId: settings["client.id"]?.value ?? "sluice")
        configuration.requestTimeout = .seconds(Int64(timeout))
        configuration.connectTimeout = .seconds(Int64(min(timeout, 10)))
        for note in settings.notes { Output.note("note: \(note)") }
        guard case .tcp = address else { return configuration }
        let isAskable = mayAsk && Terminal.standardInputIsTerminal && Output.capture == nil
        let ask: (String) throws(CommandFailure) -> Password = { user throws(CommandFailure) in
            try PasswordPrompt.password(of: user)
        }
        let security = try settings.security(askPassword: isAskable ? ask : nil)
        for note in security.notes { Output.note("note: \(note)") }
        configuration.tls = security.tls
        configuration.login = security.login
        return configuration
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
