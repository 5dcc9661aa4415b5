import Scram

/// The server's side of one SCRAM login (RFC 5802 §5 and §7, without channel binding). Pure: nonce and credential are given.
struct ScramExchange: ~Copyable {
    /// Why a login fails. What a client is told is the same for all; this is for the log, and holds no bytes of a message.
    enum Failure: Error, Equatable {
        case malformed
        /// The client wants to bind a channel or an extension that isn't there.
        case unsupported
        /// It wants to act for somebody else.
        case otherIdentity
        case wrongProof
        case outOfOrder
    }

    /// What the first message says, before the credential is looked up.
    struct Opening: Sendable, Equatable {
        var user: String
        fileprivate var header: String
        fileprivate var bare: String
        fileprivate var nonce: String
    }

    /// The longest message of a client that is read.
    static let messageBytesMax = 4096

    private struct Waiting: Sendable {
        var user: String
        var credential: ScramCredential
        var isKnown: Bool
        /// The client's first message without its header, and the server's: the beginning of what is signed.
        var transcript: String
        var nonce: String
        var header: String
    }

    private enum State: ~Copyable {
        case waitingForFinal(Waiting)
        case done
    }

    private var state: State

    /// Reads `n,[a=AUTHZID],n=USER,r=NONCE[,EXTENSIONS]`.
    static func open(_ message: [UInt8]) throws(Failure) -> Opening {
        guard message.count <= messageBytesMax, let text = String(validating: message, as: UTF8.self) else {
            throw .malformed
        }
        let parts = text.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3 else { throw .malformed }
        guard parts[0] == "n" || parts[0] == "y" else { throw parts[0].hasPrefix("p=") ? .unsupported : .malformed }
        let fields = parts[2].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard fields.count >= 2 else { throw .malformed }
        // An extension that a server must understand comes first (`m=`).
        guard !fields[0].hasPrefix("m=") else { throw .unsupported }
        guard fields[0].hasPrefix("n="), fields[1].hasPrefix("r="),
            let user = saslName(fields[0].dropFirst(2)), isNonce(fields[1].dropFirst(2))
        else { throw .malformed }
        // Kafka's delegation tokens say so in an extension; there are none here.
        guard !fields.dropFirst(2).contains("tokenauth=true") else { throw .unsupported }
        if !parts[1].isEmpty {
            guard parts[1].hasPrefix("a="), let identity = saslName(parts[1].dropFirst(2)) else { throw .malformed }
            guard identity == user else { throw .otherIdentity }
        }
        return Opening(
            user: user, header: "\(parts[0]),\(parts[1]),", bare: parts[2], nonce: String(fields[1].dropFirst(2)))
    }

    /// Answers the first message. For an unknown user `credential` is a made-up one and `isKnown` false, so that the exchange
    /// looks the same up to its end. `serverNonce` is fresh and printable.
    init(_ opening: Opening, credential: ScramCredential, isKnown: Bool, serverNonce: String, reply: inout [UInt8]) {
        let nonce = opening.nonce + serverNonce
        let first = "r=\(nonce),s=\(Base64.encode(credential.salt)),i=\(credential.iterations)"
        reply = Array(first.utf8)
        state = .waitingForFinal(
            Waiting(
                user: opening.user, credential: credential, isKnown: isKnown, transcript: "\(opening.bare),\(first)",
                nonce: nonce, header: opening.header))
    }

    /// Checks `c=HEADER,r=NONCE[,EXTENSIONS],p=PROOF`. Returns the user and the last message; throws otherwise, and the exchange
    /// is over either way.
    mutating func finish(_ message: [UInt8]) throws(Failure) -> (user: String, reply: [UInt8]) {
        var current = State.done
        swap(&current, &state)
        switch consume current {
        case .done: throw .outOfOrder
        case .waitingForFinal(let waiting):
            return (waiting.user, try Self.check(message, waiting))
        }
    }

    private static func check(_ message: [UInt8], _ waiting: Waiting) throws(Failure) -> [UInt8] {
        guard message.count <= messageBytesMax, let text = String(validating: message, as: UTF8.self),
            // The proof is the last field, and base64 has no comma.
            let comma = text.lastIndex(of: ","), text[comma...].hasPrefix(",p="),
            let proof = Base64.decode(text[comma...].dropFirst(3))
        else { throw .malformed }
        let withoutProof = String(text[..<comma])
        let fields = withoutProof.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count >= 2, fields[0].hasPrefix("c="), fields[1].hasPrefix("r="),
            Base64.decode(fields[0].dropFirst(2)) == Array(waiting.header.utf8)
        else { throw .malformed }
        // librdkafka before 2.8 says its own part twice, and Kafka takes whatever ends in the nonce. The proof is over what was said.
        let nonce = Array(fields[1].dropFirst(2).utf8)
        guard nonce.count <= 2 * waiting.nonce.utf8.count,
            Array(nonce.suffix(waiting.nonce.utf8.count)).isEqualInConstantTime(to: Array(waiting.nonce.utf8))
        else { throw .wrongProof }
        let credential = waiting.credential
        let mechanism = credential.mechanism
        let signed = Array("\(waiting.transcript),\(withoutProof)".utf8)
        let signature = mechanism.authenticationCode(signed, key: credential.storedKey)
        guard proof.count == signature.count else { throw .wrongProof }
        let clientKey = zip(proof, signature).map { $0 ^ $1 }
        let isRight = mechanism.hash(clientKey).isEqualInConstantTime(to: credential.storedKey)
        guard isRight && waiting.isKnown else { throw .wrongProof }
        let verifier = mechanism.authenticationCode(signed, key: credential.serverKey)
        return Array("v=\(Base64.encode(verifier))".utf8)
    }

    /// `saslname`: `=2C` is a comma, `=3D` an equals sign, another `=` is an error.
    private static func saslName(_ text: Substring) -> String? {
        guard !text.isEmpty else { return nil }
        var name = ""
        var rest = text
        while let scalar = rest.first {
            if scalar == "=" {
                if rest.hasPrefix("=2C") {
                    name.append(",")
                } else if rest.hasPrefix("=3D") {
                    name.append("=")
                } else {
                    return nil
                }
                rest = rest.dropFirst(3)
            } else {
                name.append(scalar)
                rest = rest.dropFirst()
            }
        }
        return name
    }

    private static func isNonce(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ",") }
    }
}
