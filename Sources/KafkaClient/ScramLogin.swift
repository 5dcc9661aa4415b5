import Scram

/// The client's side of one SCRAM login (RFC 5802 §5 to §7, without channel binding). Pure: the nonce is given.
struct ScramLogin: ~Copyable {
    /// Why a login comes to nothing. Holds no bytes of a message.
    enum Failure: Error, Equatable {
        /// The server's message isn't what the RFC allows.
        case malformed(String)
        /// The server says no.
        case refused
        /// The server doesn't know the password's verifier: it isn't the one that the password was set at.
        case wrongSignature
        case outOfOrder
    }

    /// Below the floor a password would be cheap to guess from what a false server sees (RFC 7677 §4); above the ceiling a
    /// false server would keep the processor busy.
    static let iterations: ClosedRange<Int32> = 4096...1_000_000
    /// The longest message of a server that is read.
    static let messageBytesMax = 8192

    private enum State {
        case initial
        case waitingForFirst
        /// With the signature that the server must show.
        case waitingForFinal([UInt8])
        case done
    }

    private let mechanism: ScramMechanism
    private let password: [UInt8]
    private let nonce: String
    /// The client's first message without its header.
    private let bare: String
    private var state = State.initial

    /// - Parameter nonce: fresh, printable ASCII without a comma.
    init(_ mechanism: ScramMechanism, user: String, password: [UInt8], nonce: String) {
        self.mechanism = mechanism
        self.password = password
        self.nonce = nonce
        bare = "n=\(Self.saslName(user)),r=\(nonce)"
    }

    /// `n,,n=USER,r=NONCE`.
    mutating func first() throws(Failure) -> [UInt8] {
        guard case .initial = take() else { throw .outOfOrder }
        state = .waitingForFirst
        return Array("n,,\(bare)".utf8)
    }

    /// Answers `r=NONCE,s=SALT,i=ITERATIONS` with `c=biws,r=NONCE,p=PROOF`. Takes milliseconds.
    mutating func answer(_ message: [UInt8]) throws(Failure) -> [UInt8] {
        guard case .waitingForFirst = take() else { throw .outOfOrder }
        let text = try Self.text(message)
        let (serverNonce, salt, iterations) = try parse(text)
        // `biws` is the header `n,,` in base64.
        let withoutProof = "c=biws,r=\(serverNonce)"
        let signed = Array("\(bare),\(text),\(withoutProof)".utf8)
        let salted = mechanism.saltedPassword(password, salt: salt, iterations: iterations)
        let clientKey = mechanism.authenticationCode(Array("Client Key".utf8), key: salted)
        let signature = mechanism.authenticationCode(signed, key: mechanism.hash(clientKey))
        let proof = zip(clientKey, signature).map { $0 ^ $1 }
        let serverKey = mechanism.authenticationCode(Array("Server Key".utf8), key: salted)
        state = .waitingForFinal(mechanism.authenticationCode(signed, key: serverKey))
        return Array("\(withoutProof),p=\(Base64.encode(proof))".utf8)
    }

    /// Checks `v=SIGNATURE`: a server that doesn't know the password's verifier can't make it.
    mutating func finish(_ message: [UInt8]) throws(Failure) {
        guard case .waitingForFinal(let wanted) = take() else { throw .outOfOrder }
        let text = try Self.text(message)
        let field = text.prefix { $0 != "," }
        guard !field.hasPrefix("e=") else { throw .refused }
        guard field.hasPrefix("v="), let signature = Base64.decode(field.dropFirst(2)) else {
            throw .malformed("its last message has no signature")
        }
        guard Self.isEqual(signature, wanted) else { throw .wrongSignature }
    }

    /// Each step leaves nothing behind unless it goes well.
    private mutating func take() -> State {
        defer { state = .done }
        return state
    }

    private func parse(_ text: String) throws(Failure) -> (nonce: String, salt: [UInt8], iterations: Int32) {
        let fields = text.split(separator: ",", omittingEmptySubsequences: false)
        // An extension that must be understood stands first (`m=`): there is none that is.
        guard fields.first?.hasPrefix("m=") != true else { throw .malformed("it wants an extension") }
        guard fields.first?.hasPrefix("e=") != true else { throw .refused }
        guard fields.count >= 3, fields[0].hasPrefix("r="), fields[1].hasPrefix("s="), fields[2].hasPrefix("i=") else {
            throw .malformed("its first message lacks nonce, salt or iterations")
        }
        let serverNonce = fields[0].dropFirst(2)
        guard serverNonce.hasPrefix(nonce), serverNonce.utf8.count > nonce.utf8.count else {
            throw .malformed("it answers with another nonce")
        }
        guard let salt = Base64.decode(fields[1].dropFirst(2)), !salt.isEmpty else {
            throw .malformed("its salt is no base64")
        }
        guard let iterations = Int32(fields[2].dropFirst(2)), Self.iterations.contains(iterations) else {
            throw .malformed(
                "it asks for iterations outside of \(Self.iterations.lowerBound) to \(Self.iterations.upperBound)")
        }
        return (String(serverNonce), salt, iterations)
    }

    private static func text(_ message: [UInt8]) throws(Failure) -> String {
        guard message.count <= messageBytesMax, let text = String(validating: message, as: UTF8.self) else {
            throw .malformed("its message is too long, or no text")
        }
        return text
    }

    /// `saslname`: a comma is `=2C`, an equals sign `=3D`.
    private static func saslName(_ user: String) -> String {
        user.replacing("=", with: "=3D").replacing(",", with: "=2C")
    }

    /// Takes as long wherever the first difference is.
    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
