import ArgumentParser
import CSluice
import KafkaClient
import Logging

#if canImport(Glibc)
    import Glibc
#endif

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the broker.",
        discussion: """
            Keeps everything in one folder and needs no other service. Ends on SIGTERM or Ctrl-C, after it has answered \
            what it took on.

            On SIGHUP it reads its configuration again and takes what can be changed while it runs.

            Settings come from flags, then SLUICE_… variables (SLUICE_LOG_RETENTION_MS is log.retention.ms), then the \
            file, then the defaults. A name that nobody knows is an error.

            Examples:
              sluice serve
              sluice serve --data /var/lib/sluice
              sluice serve --listener 'PLAIN://0.0.0.0:9092?advertise=broker:9092'
              sluice serve --listener 'EMAIL://localhost:9192?group=email-app'
              sluice serve --listener 'TLS://localhost:9093?tls=cert.pem&key=key.pem'
              sluice serve --config sluice.yaml --set log.flush=os
              sluice serve --admin-listener localhost:9644
            """)

    @Option(
        name: .long,
        help:
            "Where to listen, NAME://HOST:PORT[?group=…&views=…&advertise=HOST:PORT&sasl=…&tls=…&key=…]; may be given again."
    )
    var listener: [String] = []

    @Option(name: .long, help: "Folder to keep everything in. Default: $SLUICE_DATA, else ./sluice-data.")
    var data: String?

    @Option(name: .long, help: "YAML file of settings. Also $SLUICE_CONFIG.")
    var config: String?

    @Option(name: .customLong("set"), help: "One setting, NAME=VALUE; may be given again.")
    var assignments: [KeyValueArgument] = []

    @Option(name: .long, help: "HOST:PORT of metrics and health over HTTP. Default: none.")
    var adminListener: String?

    @Option(
        name: .long,
        help:
            "Log this and what is worse: trace, debug, info, notice, warning, error or critical; also info,groups=debug."
    )
    var logLevel: LogLevelSetting?

    @Option(name: .long, help: "text, logfmt or json. Default: text on a terminal, else logfmt.")
    var logFormat: LogFormat?

    @Flag(name: .long, help: "List the settings with their defaults, and end.")
    var settings = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        if settings {
            try Output.show(output.output, json: ServeSettings.json) { ServeSettings.table }
            return
        }
        let environment = Environment.all
        let load = { @Sendable () throws -> ServeConfiguration in
            try self.configuration(environment: environment, knownNames: ServeSettings.names)
        }
        let configuration: ServeConfiguration = try load()
        let levels = LogLevels(configuration.logLevel)
        let format: LogFormat = configuration.logFormat ?? (isatty(STDERR_FILENO) == 1 ? .text : .logfmt)
        LoggingSystem.bootstrap { label in
            LineLogHandler(
                label: label, levels: levels, format: format, now: WallClock.milliseconds, write: Output.note)
        }
        sluice_keep_heap()
        let serve = ServeWiring(
            configuration: configuration, load: load, levels: levels,
            notifier: SystemdNotifier(environment: environment))
        try await serve.run()
    }

    /// Puts the sources together, the strongest last.
    func configuration(environment: [String: String], knownNames: [String]) throws -> ServeConfiguration {
        var configuration = ServeConfiguration()
        if let path = config ?? environment["SLUICE_CONFIG"] {
            let bytes = try FileReader.read(path, bytesMax: ConfigurationFile.bytesMax)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw CommandFailure(.usage, "\(path) is not UTF-8")
            }
            for entry in try ConfigurationFile.entries(of: text, path: path) {
                try configuration.set(
                    entry.name, entry.values, source: "\(path):\(entry.line)", knownNames: knownNames)
            }
        }
        for entry in EnvironmentSettings.entries(environment) {
            try configuration.set(entry.name, [entry.value], source: entry.variable, knownNames: knownNames)
        }
        for assignment in assignments {
            try configuration.set(assignment.name, [assignment.value], source: "--set", knownNames: knownNames)
        }
        if let folder = data ?? environment["SLUICE_DATA"] { configuration.dataFolder = folder }
        if !listener.isEmpty { configuration.listeners = listener }
        if let logLevel { configuration.logLevel = logLevel }
        if let logFormat { configuration.logFormat = logFormat }
        if let adminListener { configuration.adminListener = adminListener }
        return configuration
    }
}
