import KafkaClient
import SystemPackage

/// Kafka's client settings as the commands read them: from `--command-config FILE`, then from the environment, which stands
/// above the file. Not printed: passwords are in it.
struct ClientSettings: CustomReflectable {
    struct Setting {
        var value: String
        /// Where it stands, for messages: `client.properties:3`, `SLUICE_USER`.
        var origin: String
    }

    /// More than any file of settings, with certificates in it.
    static let fileBytesMax = 1 << 20

    /// By the names in `names`.
    private(set) var settings: [String: Setting] = [:]
    /// What the user should know, a line each.
    private(set) var notes: [String] = []

    init() {}

    /// - Parameters:
    ///   - file: `--command-config`; nil: that of the environment, if any.
    init(file: String?, environment: (String) -> String? = Environment.value) throws(CommandFailure) {
        if let path = file ?? environment("SLUICE_COMMAND_CONFIG") { try read(path) }
        for (variable, name) in Self.variables {
            if let value = environment(variable) { settings[name] = Setting(value: value, origin: variable) }
        }
        guard let path = environment("SLUICE_PASSWORD_FILE") else { return }
        guard environment("SLUICE_PASSWORD") == nil else {
            throw CommandFailure(.usage, "SLUICE_PASSWORD and SLUICE_PASSWORD_FILE are both set; set one")
        }
        settings[Self.passwordFile] = Setting(value: path, origin: "SLUICE_PASSWORD_FILE")
    }

    subscript(name: String) -> Setting? { settings[name] }

    var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }

    private mutating func read(_ path: String) throws(CommandFailure) {
        let bytes = try FileReader.read(path, bytesMax: Self.fileBytesMax)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(.usage, "\(path) isn't UTF-8")
        }
        let entries: [PropertiesFile.Entry]
        switch PropertiesFile.entries(text) {
        case .success(let found): entries = found
        case .failure(let error):
            throw CommandFailure(.usage, "\(path):\(error.line): behind \\u stand four hexadecimal digits")
        }
        for entry in entries {
            let origin = "\(path):\(entry.line)"
            guard let name = Self.known(entry.name) else {
                if !Self.isForOthers(entry.name) { notes.append(Self.unknown(entry.name, origin)) }
                continue
            }
            settings[name] = Setting(value: entry.value, origin: origin)
        }
        let hasSecret = Self.secrets.contains { settings[$0] != nil }
        if hasSecret, Terminal.standardErrorIsTerminal, FileMode.isOpenToOthers(path) {
            notes.append("\(path) holds a password or key, and others may read it; `chmod 600 \(path)` keeps it to you")
        }
    }

    /// The name under which a setting is kept: librdkafka's names are other words for Kafka's.
    private static func known(_ name: String) -> String? {
        names.contains(name) ? name : aliases[name]
    }

    private static func unknown(_ name: String, _ origin: String) -> String {
        let near = Suggestion.nearest(to: name, among: names + aliases.keys.sorted())
        let hint = near.map { "; did you mean \($0)?" } ?? ""
        return "\(origin): \(Table.printable(name)) isn't known here and is left out\(hint)"
    }

    /// Under which `SLUICE_PASSWORD_FILE` is kept; a file of settings has no such one.
    static let passwordFile = "SLUICE_PASSWORD_FILE"

    static let names = [
        "bootstrap.servers", "client.id", "security.protocol", "sasl.mechanism", "sasl.jaas.config", "sasl.username",
        "sasl.password", "ssl.truststore.location", "ssl.truststore.type", "ssl.truststore.certificates",
        "ssl.keystore.location", "ssl.keystore.type", "ssl.keystore.certificate.chain", "ssl.keystore.key",
        "ssl.certificate.location", "ssl.key.location", "ssl.key.password", "ssl.endpoint.identification.algorithm",
        "enable.ssl.certificate.verification",
    ]

    private static let aliases = [
        "metadata.broker.list": "bootstrap.servers", "sasl.mechanisms": "sasl.mechanism",
        "ssl.ca.location": "ssl.truststore.location", "ssl.ca.pem": "ssl.truststore.certificates",
        "ssl.certificate.pem": "ssl.keystore.certificate.chain", "ssl.key.pem": "ssl.keystore.key",
    ]

    private static let secrets = ["sasl.password", "sasl.jaas.config", "ssl.keystore.key", "ssl.key.password"]

    /// In the order in which `sluice --help` names them.
    static let variables: [(variable: String, name: String)] = [
        ("SLUICE_USER", "sasl.username"), ("SLUICE_PASSWORD", "sasl.password"),
        ("SLUICE_SASL_MECHANISM", "sasl.mechanism"), ("SLUICE_SECURITY_PROTOCOL", "security.protocol"),
        ("SLUICE_TRUST_FILE", "ssl.truststore.location"), ("SLUICE_CERTIFICATE_FILE", "ssl.certificate.location"),
        ("SLUICE_KEY_FILE", "ssl.key.location"),
    ]

    /// Every variable that is read here.
    static let variableNames = variables.map(\.variable) + ["SLUICE_COMMAND_CONFIG", "SLUICE_PASSWORD_FILE"]

    /// Settings of producers, consumers and sockets that such a file often has as well: nobody who wrote them for others wants
    /// to be told. What is about security and isn't known here is told.
    private static func isForOthers(_ name: String) -> Bool {
        !["sasl", "ssl", "security", "enable.ssl"].contains { name.hasPrefix($0) } && others.contains(name)
    }

    private static let others: Set<String> = [
        "acks", "allow.auto.create.topics", "api.version.request", "auto.offset.reset", "batch.size", "buffer.memory",
        "check.crcs", "client.dns.lookup", "client.rack", "compression.type", "connections.max.idle.ms",
        "default.api.timeout.ms", "delivery.timeout.ms", "enable.auto.commit", "enable.idempotence",
        "fetch.max.bytes", "fetch.max.wait.ms", "fetch.min.bytes", "group.id", "group.instance.id",
        "heartbeat.interval.ms", "isolation.level", "key.deserializer", "key.serializer", "linger.ms",
        "max.block.ms", "max.in.flight.requests.per.connection", "max.partition.fetch.bytes", "max.poll.interval.ms",
        "max.poll.records", "max.request.size", "metadata.max.age.ms", "partition.assignment.strategy",
        "reconnect.backoff.max.ms", "reconnect.backoff.ms", "receive.buffer.bytes", "request.timeout.ms", "retries",
        "retry.backoff.max.ms", "retry.backoff.ms", "send.buffer.bytes", "session.timeout.ms", "socket.timeout.ms",
        "transactional.id", "value.deserializer", "value.serializer",
    ]
}
