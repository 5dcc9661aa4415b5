internal import Broker
internal import Logging
internal import NIOSSL
internal import Synchronization
internal import Views

#if canImport(Glibc)
    internal import Glibc
#endif

/// The TLS of a bound listener: its certificates as they are now, and whom a client's certificate proves.
final class TLSListener: Sendable {
    private struct State {
        var material: TLSMaterial
        var stamps: [TLSFile.Stamp?]
        /// Why the files that are there now can't be taken.
        var problem: String?
    }

    let name: String
    private let tls: ListenerTLS
    private let settings: TLSSettings
    private let nowSeconds: @Sendable () -> Int64
    private let state: Mutex<State>

    /// Reads the files. `nowSeconds`: since 1970.
    init(
        name: String, _ tls: ListenerTLS, _ settings: TLSSettings,
        nowSeconds: @escaping @Sendable () -> Int64 = { Int64(time(nil)) }
    ) throws(ServerError) {
        self.name = name
        self.tls = tls
        self.settings = settings
        self.nowSeconds = nowSeconds
        // Before the files are read: one that changes in between is read again.
        let stamps = tls.paths.map(TLSFile.stamp)
        do throws(ServerError) {
            state = Mutex(State(material: try TLSMaterial(tls, settings), stamps: stamps, problem: nil))
        } catch {
            throw ServerError(error.code, "listener \(name): \(error.description)")
        }
    }

    /// What new connections shake hands with.
    var context: NIOSSLContext { state.withLock { $0.material.context } }

    /// When the first of its certificates expires, in seconds since 1970.
    var expirySeconds: Int64 { state.withLock { $0.material.expirySeconds } }

    // MARK: Files that change

    /// Takes the files if they have changed; keeps what it has, and says so once, where they can't be taken. `force`: also
    /// if they seem unchanged. Blocks; one call at a time. Old sessions aren't resumed after it, so that every new
    /// connection is verified against what the files hold now.
    func look(force: Bool, _ logger: Logger) {
        let stamps = tls.paths.map(TLSFile.stamp)
        let (old, problem) = state.withLock { ($0.stamps, $0.problem) }
        // Files that were half written have the problem until they are whole, whatever their stamps say.
        guard force || stamps != old || problem != nil else { return }
        do throws(ServerError) {
            let material = try TLSMaterial(tls, settings)
            state.withLock { $0 = State(material: material, stamps: stamps, problem: nil) }
            logger.notice("the certificates of a listener were read again", metadata: ["listener": "\(name)"])
            warnIfExpired(logger)
        } catch {
            state.withLock { state in
                state.stamps = stamps
                state.problem = error.description
            }
            guard error.description != problem || force else { return }
            logger.error(
                "a listener keeps the certificates that it has: \(error)", metadata: ["listener": "\(name)"])
        }
    }

    /// A word for the operator before clients have it.
    func warnIfExpired(_ logger: Logger) {
        let left = expirySeconds - nowSeconds()
        guard left < 14 * 86_400 else { return }
        let text = left <= 0 ? "has expired" : "expires in \(left / 86_400) days"
        logger.warning("a certificate of a listener \(text)", metadata: ["listener": "\(name)"])
    }

    // MARK: Clients

    /// Why a client with a verified certificate isn't let in.
    struct Refusal: Error, CustomStringConvertible {
        var description: String
    }

    /// The principal of a client's certificate, which BoringSSL has verified; nil: it has none, which is allowed where
    /// certificates are only requested.
    func principal(of certificate: NIOSSLCertificate?) throws(Refusal) -> Principal? {
        guard let certificate else { return nil }
        // A session that is resumed isn't verified again.
        guard Int64(certificate.notValidAfter) >= nowSeconds() else {
            throw Refusal(description: "its certificate has expired")
        }
        let name: DistinguishedName
        do {
            name = try DistinguishedName(subjectOf: try certificate.toDERBytes())
        } catch {
            throw Refusal(description: "the name in its certificate can't be read")
        }
        guard let user = settings.mapping.user(of: name) else {
            throw Refusal(
                description: "no rule of ssl.principal.mapping.rules matches its certificate's name, "
                    + "\(name.description.prefix(256))")
        }
        let principal = Principal.authenticated(user: user)
        guard principal.isProven else {
            throw Refusal(description: "its certificate's name comes to no user: \(name.description.prefix(256))")
        }
        return principal
    }
}
