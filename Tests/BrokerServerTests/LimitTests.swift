import Broker
import NIOCore
import Synchronization
import Testing

@testable import BrokerServer

@Suite(.timeLimit(.minutes(1)))
struct LimitTests {
    @Test("large frames wait in line, small ones don't")
    func budget() {
        let budget = MemoryBudget(limit: 100)
        let granted = Mutex<[Int]>([])
        func acquire(_ count: Int) -> MemoryBudget.Ticket? {
            budget.acquire(count) { granted.withLock { $0.append(count) } }
        }
        #expect(acquire(60) == nil)
        #expect(acquire(50) != nil)
        // Small enough to fit, but not its turn.
        let third = acquire(10)
        budget.charge(500)
        #expect(budget.used == 560)
        budget.release(500)
        #expect(granted.withLock { $0 } == [])
        budget.release(60)
        #expect(granted.withLock { $0 } == [50, 10])
        #expect(third.map(budget.cancel) == false)
        budget.release(60)
        #expect(budget.used == 0)
        // More than there is: alone.
        #expect(acquire(1000) == nil)
        let waiting = acquire(1)
        let behind = acquire(2)
        #expect(behind != nil)
        #expect(waiting.map(budget.cancel) == true)
        budget.release(1000)
        #expect(granted.withLock { $0 } == [50, 10, 2])
    }

    @Test("while memory is short a large request stays in the client, and small ones go on")
    func budgetOverConnections() async throws {
        let service = TestService()
        try await withServer(service) {
            $0.requestBytesInFlightMax = 1 << 20
        } body: { server in
            let large = [UInt8](repeating: 0x78, count: 1 << 20)
            let holder = try await TestClient.connect(port: server.port)
            // Handled until the client goes, so that its bytes stay taken.
            try await holder.send([TestService.Command.park.rawValue] + large)
            await service.parked.wait()
            let waiter = try await TestClient.connect(port: server.port)
            async let sent: Void = waiter.send([TestService.Command.echo.rawValue] + large)
            let small = try await TestClient.connect(port: server.port)
            for _ in 0..<100 {
                try await small.send(TestService.command(.echo, "x"))
                #expect(await small.text() == "x")
            }
            #expect(server.server.counters.requests.value == 101)
            #expect(server.server.counters.bytesReceived.value < 2 << 20)
            // One that gives up leaves the line.
            let gone = try await TestClient.connect(port: server.port)
            try await gone.sendRaw([0x00, 0x10, 0x00, 0x00])
            while service.record.withLock({ $0.connections.count }) < 4 { await Task.yield() }
            try await gone.close()
            try await holder.close()
            #expect(await waiter.frame() == large)
            try await sent
        }
        #expect(service.record.withLock { $0.disconnected } == 4)
    }

    @Test("log lines are limited by the second and what is left out is counted")
    func logLimiter() {
        var limiter = LogLimiter(linesPerSecond: 2)
        #expect((0..<5).map { limiter.admit(nowMs: 1000 + $0) } == [0, 0, nil, nil, nil])
        #expect((0..<3).map { limiter.admit(nowMs: 2000 + $0) } == [3, 0, nil])
    }
}
