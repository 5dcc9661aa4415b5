import Broker
import NIOCore
import SegmentLog
import Synchronization

@testable import Views

/// A broker that does what the first letter of a request says.
final class TestService: BrokerService {
    enum Command: UInt8 {
        /// The rest comes back at once.
        case echo = 0x45
        /// The rest comes back when the gate of the service is open.
        case later = 0x4c
        /// No answer.
        case silent = 0x53
        /// Waits until the task is cancelled.
        case park = 0x50
        /// The connection is closed without an answer.
        case refuse = 0x52
        /// The rest comes back and the connection closes.
        case last = 0x43
        /// Two 8-byte numbers, position and count: so many bytes of the service's file.
        case file = 0x46
    }

    struct Record: Sendable {
        var connections: [ConnectionInfo] = []
        var handled: [String] = []
        var parkedCancelled = 0
        var disconnected = 0
        var sent = 0
        var stopping = 0
    }

    let gate = Gate()
    let parked = Gate()
    let disconnected = Gate()
    let record = Mutex(Record())
    let file: PosixFile?

    init(file: PosixFile? = nil) {
        self.file = file
    }

    func connect(_ connection: ConnectionInfo) -> any ConnectionSession {
        record.withLock { $0.connections.append(connection) }
        return Session(service: self)
    }

    func stopping() {
        record.withLock { $0.stopping += 1 }
    }

    final class Session: ConnectionSession {
        let service: TestService
        /// Requests must come one by one.
        var isHandling = false

        init(service: TestService) {
            self.service = service
        }

        func handle(_ frame: ByteBuffer) async throws(ConnectionClosure) -> Reply {
            precondition(!isHandling)
            isHandling = true
            defer { isHandling = false }
            var rest = frame
            guard let command = rest.readInteger(as: UInt8.self).flatMap(Command.init(rawValue:)) else {
                throw ConnectionClosure("unknown command")
            }
            if rest.readableBytes < 100 { service.record.withLock { $0.handled.append(String(buffer: rest)) } }
            let service = service
            let answer = ResponseFrame(parts: [.bytes(rest)]) { service.record.withLock { $0.sent += 1 } }
            switch command {
            case .echo: return .ready(answer)
            case .later:
                return .pending(
                    PendingReply {
                        await service.gate.wait()
                        return answer
                    })
            case .silent: return .none
            case .park:
                service.parked.open()
                await Gate().waitUntilCancelled()
                if Task.isCancelled { service.record.withLock { $0.parkedCancelled += 1 } }
                return .ready(answer)
            case .refuse: throw ConnectionClosure("refused by the test")
            case .last:
                var answer = answer
                answer.closes = true
                return .ready(answer)
            case .file: return slices(&rest)
            }
        }

        private func slices(_ rest: inout ByteBuffer) -> Reply {
            guard let file = service.file else { return .none }
            var parts: [ResponseFrame.Part] = [.bytes(ByteBuffer(string: "head"))]
            while let (position, count) = rest.readMultipleIntegers(as: (Int, Int).self) {
                let slice = LogSlice(file: file, position: position, byteCount: count, baseOffset: 0)
                parts.append(.slice(RawSlice(slice, permit: RawPermit())))
                parts.append(.bytes(ByteBuffer(string: "tail")))
            }
            let service = service
            return .ready(ResponseFrame(parts: parts) { service.record.withLock { $0.sent += 1 } })
        }

        func disconnected() {
            service.record.withLock { $0.disconnected += 1 }
            service.disconnected.open()
        }
    }

    static func command(_ command: Command, _ text: String = "") -> [UInt8] {
        [command.rawValue] + text.utf8
    }

    static func fileCommand(_ ranges: (position: Int, count: Int)...) -> [UInt8] {
        var buffer = ByteBuffer(integer: Command.file.rawValue)
        for range in ranges { buffer.writeMultipleIntegers(range.position, range.count) }
        return Array(buffer.readableBytesView)
    }
}

/// Opens once; whoever waits then goes on.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiters.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func waitUntilCancelled() async {
        await withTaskCancellationHandler {
            await wait()
        } onCancel: {
            open()
        }
    }
}
