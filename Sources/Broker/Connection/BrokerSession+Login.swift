import KafkaMessages
import NIOCore

/// Logging in. On a listener that asks for no login both requests are out of place.
extension BrokerSession {
    func dispatchLogin(
        _ api: ApiKey, _ frame: ByteBuffer, _ header: RequestHeader, _ context: RequestContext
    ) async throws(ConnectionClosure) -> Reply {
        if api == .saslHandshake {
            let request: SaslHandshakeRequest = try decode(frame, header)
            guard let gate else {
                var response = SaslHandshakeResponse()
                response.errorCode = .illegalSaslState
                return .ready(try encode(response, header))
            }
            let (response, closes) = await gate.handshake(request, version: context.apiVersion)
            return .ready(try encode(response, header).closing(closes))
        }
        let request: SaslAuthenticateRequest = try decode(frame, header)
        guard let gate else {
            var response = SaslAuthenticateResponse()
            response.errorCode = .illegalSaslState
            response.errorMessage = "this listener asks for no login"
            return .ready(try encode(response, header))
        }
        var response = SaslAuthenticateResponse()
        var closes = false
        switch await gate.authenticate(Array(request.authBytes.readableBytesView)) {
        case .reply(let reply): response.authBytes = ByteBuffer(bytes: reply)
        case .loggedIn(let principal, let reply):
            authenticated(as: principal)
            response.authBytes = ByteBuffer(bytes: reply)
            if context.apiVersion >= 1 { response.sessionLifetimeMs = gate.lifetimeMs }
        case .refused(let message):
            response.errorCode = .saslAuthenticationFailed
            response.errorMessage = message
            closes = true
        }
        return .ready(try encode(response, header).closing(closes))
    }

    /// A message of the mechanism after SaslHandshake v0: nothing but the message, and so is its answer. There is no way to say
    /// that it failed but to close.
    func bareMessage(_ frame: ByteBuffer, _ gate: LoginGate) async throws(ConnectionClosure) -> Reply {
        switch await gate.authenticate(Array(frame.readableBytesView)) {
        case .reply(let reply): return .ready(ResponseFrame(parts: [.bytes(ByteBuffer(bytes: reply))]))
        case .loggedIn(let principal, let reply):
            authenticated(as: principal)
            return .ready(ResponseFrame(parts: [.bytes(ByteBuffer(bytes: reply))]))
        case .refused: throw ConnectionClosure("a login failed")
        }
    }
}

extension ResponseFrame {
    fileprivate func closing(_ closes: Bool) -> ResponseFrame {
        var frame = self
        frame.closes = closes
        return frame
    }
}
