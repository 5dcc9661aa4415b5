import KafkaClient

extension ClientSettings {
    /// What `security.protocol` says, or what the other settings come to.
    private struct Layers {
        var hasTLS: Bool
        var hasLogin: Bool
    }

    /// TLS and login of connections.
    /// - Parameters:
    ///   - askPassword: asks for the password of a user of whom only the name is given; nil: there is nobody to ask.
    func security(
        askPassword: ((_ user: String) throws(CommandFailure) -> Password)?
    ) throws(CommandFailure) -> (tls: ClientTLS?, login: ClientLogin?, notes: [String]) {
        let (account, jaas) = try account()
        let layers = try layers(hasUser: account != nil)
        let tls = layers.hasTLS ? try self.tls() : nil
        var notes: [String] = []
        if let place = self["security.protocol"] {
            let tlsNames = ["ssl.truststore.location", "ssl.keystore.location", "ssl.certificate.location"]
            if !layers.hasTLS, let unused = tlsNames.compactMap({ self[$0] }).first {
                notes.append("\(unused.origin): TLS settings aren't used: security.protocol is \(place.value)")
            }
            if !layers.hasLogin, let account {
                notes.append("\(account.origin): the user isn't used: security.protocol is \(place.value)")
            }
        }
        guard layers.hasLogin else { return (tls, nil, notes) }
        guard let account else {
            throw CommandFailure(
                .usage, "\(origin("security.protocol")) asks for a login, and there is no user",
                hint: "set sasl.username and sasl.password, sasl.jaas.config, or SLUICE_USER and SLUICE_PASSWORD")
        }
        let mechanism = try mechanism(jaas)
        if mechanism == .plain, !layers.hasTLS, self["security.protocol"] == nil {
            throw CommandFailure(
                .usage, "PLAIN without TLS would send the password as it is",
                hint: "set security.protocol to SASL_SSL, or to SASL_PLAINTEXT if that is what you want")
        }
        let password = try password(of: account, askPassword)
        return (tls, ClientLogin(mechanism, user: account.user, password: password.bytes), notes)
    }

    private func password(
        of account: Account, _ askPassword: ((_ user: String) throws(CommandFailure) -> Password)?
    ) throws(CommandFailure) -> Password {
        if let file = self[Self.passwordFile] { return try Password(file: file.value) }
        if let password = account.password { return try Password(password.value, from: password.origin) }
        if let askPassword { return try askPassword(account.user) }
        throw CommandFailure(
            .usage, "there is no password for user \(Table.printable(account.user))",
            hint: "set sasl.password, SLUICE_PASSWORD or SLUICE_PASSWORD_FILE")
    }

    private func layers(hasUser: Bool) throws(CommandFailure) -> Layers {
        guard let place = self["security.protocol"] else {
            return Layers(hasTLS: settings.keys.contains { $0.hasPrefix("ssl.") }, hasLogin: hasUser)
        }
        switch place.value.uppercased() {
        case "PLAINTEXT": return Layers(hasTLS: false, hasLogin: false)
        case "SSL": return Layers(hasTLS: true, hasLogin: false)
        case "SASL_PLAINTEXT": return Layers(hasTLS: false, hasLogin: true)
        case "SASL_SSL": return Layers(hasTLS: true, hasLogin: true)
        default:
            throw CommandFailure(
                .usage, "\(place.origin): security.protocol is \(Table.printable(place.value))",
                hint: "it takes PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL")
        }
    }

    /// Who logs in. Not printed.
    private struct Account {
        var user: String
        var password: Setting?
        var origin: String
    }

    private func account() throws(CommandFailure) -> (Account?, JaasConfig?) {
        var jaas: JaasConfig?
        if let place = self["sasl.jaas.config"] {
            do throws(JaasConfig.Malformed) {
                jaas = try JaasConfig(parsing: place.value)
            } catch {
                throw CommandFailure(
                    .usage, "\(place.origin): sasl.jaas.config: \(error.reason)",
                    hint: "as in org.apache.kafka.common.security.scram.ScramLoginModule required "
                        + "username=\"NAME\" password=\"PASSWORD\";")
            }
        }
        var inJaas: Setting?
        if let password = jaas?.password, let place = self["sasl.jaas.config"] {
            inJaas = Setting(value: password, origin: place.origin)
        }
        if let name = self["sasl.username"] {
            var password = self["sasl.password"]
            // A user of the environment doesn't take the password that the file has for another one.
            if name.origin == "SLUICE_USER", password?.origin != "SLUICE_PASSWORD" { password = nil }
            let own = name.value == jaas?.user ? inJaas : nil
            return (Account(user: name.value, password: password ?? own, origin: name.origin), jaas)
        }
        guard let jaas, let place = self["sasl.jaas.config"] else { return (nil, nil) }
        guard let user = jaas.user, !user.isEmpty else {
            throw CommandFailure(.usage, "\(place.origin): sasl.jaas.config has no username")
        }
        return (Account(user: user, password: self["sasl.password"] ?? inJaas, origin: place.origin), jaas)
    }

    private func mechanism(_ jaas: JaasConfig?) throws(CommandFailure) -> ClientLogin.Mechanism {
        guard let place = self["sasl.mechanism"] else {
            return if let jaas, !jaas.isScram { .plain } else { .scramSha512 }
        }
        guard let mechanism = ClientLogin.Mechanism(rawValue: place.value.uppercased()) else {
            throw CommandFailure(
                .usage, "\(place.origin): sasl.mechanism is \(Table.printable(place.value))",
                hint: "it takes \(ClientLogin.Mechanism.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        if let jaas, self["sasl.username"] == nil, jaas.isScram != (mechanism != .plain) {
            throw CommandFailure(
                .usage,
                "\(place.origin): sasl.mechanism is \(mechanism.rawValue), and sasl.jaas.config has the login "
                    + "module of \(jaas.isScram ? "SCRAM" : "PLAIN")")
        }
        return mechanism
    }

    private func tls() throws(CommandFailure) -> ClientTLS {
        if let place = self["enable.ssl.certificate.verification"], place.value.lowercased() == "false" {
            throw CommandFailure(
                .usage, "\(place.origin): the broker's certificate is always checked",
                hint: "name the PEM file of its authority in ssl.truststore.location")
        }
        let checksName: Bool
        switch self["ssl.endpoint.identification.algorithm"]?.value.lowercased() {
        case nil, "https": checksName = true
        case "", "none": checksName = false
        default:
            throw CommandFailure(
                .usage,
                "\(origin("ssl.endpoint.identification.algorithm")): it is https, or empty for no check of the name")
        }
        let trust = try pem(
            "ssl.truststore.certificates", file: "ssl.truststore.location", type: "ssl.truststore.type")
        let identity = try identity()
        do throws(KafkaClientError) {
            return try ClientTLS(trust: trust, identity: identity, checksName: checksName)
        } catch {
            throw CommandFailure(.usage, error.message)
        }
    }

    private func identity() throws(CommandFailure) -> ClientTLS.Identity? {
        // Kafka's PEM keystore is one file with the key and the chain.
        let store = try pemFile("ssl.keystore.location", "ssl.keystore.type")
        let chain = try pem("ssl.keystore.certificate.chain", file: "ssl.certificate.location")
        let key = try pem("ssl.keystore.key", file: "ssl.key.location")
        switch (chain ?? store, key ?? store) {
        case (nil, nil): return nil
        case (let chain?, let key?):
            return ClientTLS.Identity(
                chain: chain, key: key, password: self["ssl.key.password"].map { Array($0.value.utf8) })
        case (let chain?, nil):
            throw CommandFailure(
                .usage, "there is a client certificate (\(chain)) and no key", hint: "set ssl.key.location")
        case (nil, let key?):
            throw CommandFailure(
                .usage, "there is a client key (\(key)) and no certificate", hint: "set ssl.certificate.location")
        }
    }

    /// PEM text that is the value of a setting, else that of the file that another one names.
    private func pem(_ name: String, file: String, type: String? = nil) throws(CommandFailure) -> ClientTLS.Source? {
        if let text = self[name] { return ClientTLS.Source(name: text.origin, bytes: Array(text.value.utf8)) }
        return try pemFile(file, type)
    }

    /// PEM text of the file that a setting names.
    /// - Parameter type: the setting that says what kind of store it is.
    private func pemFile(_ name: String, _ type: String?) throws(CommandFailure) -> ClientTLS.Source? {
        guard let place = self[name], !place.value.isEmpty else { return nil }
        if let type, let kind = self[type], kind.value.uppercased() != "PEM" {
            throw CommandFailure(
                .usage, "\(kind.origin): \(type) is \(Table.printable(kind.value)), and only PEM can be read",
                hint: "`keytool -list -rfc` and `openssl pkcs12` make PEM of other stores")
        }
        do throws(CommandFailure) {
            return ClientTLS.Source(
                name: place.value, bytes: try FileReader.read(place.value, bytesMax: Self.fileBytesMax))
        } catch {
            throw CommandFailure(error.status, "\(place.origin): \(name): \(error.message)", hint: error.hint)
        }
    }

    private func origin(_ name: String) -> String {
        self[name].map { "\($0.origin): \(name)=\(Table.printable($0.value))" } ?? name
    }
}
