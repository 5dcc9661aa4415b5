import KafkaMessages
import Synchronization
import TestSupport
import Testing
import Views

@testable import Broker

/// Which quota holds for whom, and how long it holds them back.
@Suite struct QuotaTests {
    private static let (ada, bob, app): (Name, Name, Name) = ("ada", "bob", "app")

    /// Kafka's order, the first that is set: each is removed in turn and the next one must hold.
    @Test func theMostPreciseQuotaHolds() {
        let order = [
            QuotaEntity(user: .named("ada"), clientId: .named("app")),
            QuotaEntity(user: .named("ada"), clientId: .byDefault), QuotaEntity(user: .named("ada")),
            QuotaEntity(user: .byDefault, clientId: .named("app")),
            QuotaEntity(user: .byDefault, clientId: .byDefault), QuotaEntity(user: .byDefault),
            QuotaEntity(clientId: .named("app")), QuotaEntity(clientId: .byDefault),
        ]
        var table = QuotaTable()
        for (index, entity) in order.enumerated() { table.set([.fetch: Double(index + 1)], for: entity) }
        for (index, entity) in order.enumerated() {
            #expect(table.quota(.fetch, user: Self.ada, clientId: Self.app)?.limit == Double(index + 1))
            table.set([:], for: entity)
        }
        #expect(table.quota(.fetch, user: Self.ada, clientId: Self.app) == nil)
        #expect(!table.has(.fetch))
    }

    @Test func aKindThatIsNotSetLooksFurther() {
        var table = QuotaTable()
        table.set([.produce: 10], for: QuotaEntity(user: .named("ada")))
        table.set([.fetch: 20], for: QuotaEntity(user: .byDefault))
        #expect(table.quota(.fetch, user: Self.ada, clientId: Self.app)?.limit == 20)
        #expect(table.quota(.produce, user: Self.bob, clientId: Self.app) == nil)
    }

    @Test func namesOfTheDefaultHaveEachTheirOwn() {
        var table = QuotaTable()
        table.set([.fetch: 20], for: QuotaEntity(user: .byDefault))
        let (one, other) = (
            table.quota(.fetch, user: Self.ada, clientId: "x"), table.quota(.fetch, user: Self.bob, clientId: "x")
        )
        #expect(one?.holder != other?.holder)
        #expect(one?.holder == table.quota(.fetch, user: Self.ada, clientId: "y")?.holder)
    }

    @Test func debtIsPaidAtTheRate() {
        let clock = ManualBrokerClock()
        let quotas = ClientQuotas(clock: clock, windowSeconds: 2)
        var table = QuotaTable()
        table.set([.produce: 1000], for: QuotaEntity(clientId: .named("app")))
        quotas.use(table)
        // The burst of two seconds is there at first.
        #expect(quotas.use(2000, .produce, user: Self.ada, clientId: Self.app) == 0)
        #expect(quotas.use(500, .produce, user: Self.ada, clientId: Self.app) == 500)
        // Another user of the same client id owes it, too; another client id doesn't.
        #expect(quotas.debtMs(.produce, user: Self.bob, clientId: Self.app) == 500)
        #expect(quotas.debtMs(.produce, user: Self.bob, clientId: "other") == 0)
        #expect(quotas.debtMs(.fetch, user: Self.ada, clientId: Self.app) == 0)
        clock.advance(300)
        #expect(quotas.debtMs(.produce, user: Self.ada, clientId: Self.app) == 200)
        clock.advance(200)
        #expect(quotas.debtMs(.produce, user: Self.ada, clientId: Self.app) == 0)
    }

    @Test func nobodyWaitsLongerThanTheBoundAndOwesTheRest() {
        let clock = ManualBrokerClock()
        let quotas = ClientQuotas(clock: clock, windowSeconds: 1)
        var table = QuotaTable()
        table.set([.fetch: 1], for: QuotaEntity(user: .byDefault))
        quotas.use(table)
        #expect(quotas.use(1_000_000, .fetch, user: Self.ada, clientId: Self.app) == ClientQuotas.waitMsMax)
        clock.advance(ClientQuotas.waitMsMax)
        #expect(quotas.debtMs(.fetch, user: Self.ada, clientId: Self.app) == ClientQuotas.waitMsMax)
    }

    @Test func requestTimeIsCountedInPercentOfAThread() {
        let clock = ManualBrokerClock()
        let quotas = ClientQuotas(clock: clock, windowSeconds: 1)
        var table = QuotaTable()
        table.set([.requestTime: 50], for: QuotaEntity(user: .named("ada")))
        quotas.use(table)
        // Half a second of each second: one second is half a second too much, paid in one second.
        #expect(quotas.use(1e9, .requestTime, user: Self.ada, clientId: Self.app) == 1000)
    }

    @Test func connectionsOfAnAddressComeAtItsRate() {
        let clock = ManualBrokerClock()
        let quotas = ClientQuotas(clock: clock, windowSeconds: 1)
        var table = QuotaTable()
        table.set([.connections: 2], for: QuotaEntity(ip: .byDefault))
        quotas.use(table)
        let first = (0..<3).map { _ in quotas.admitsConnection(from: "10.0.0.1") }
        #expect(first == [true, true, false])
        #expect(quotas.admitsConnection(from: "10.0.0.2"))
        clock.advance(500)
        #expect(quotas.admitsConnection(from: "10.0.0.1"))
        #expect(!quotas.admitsConnection(from: "10.0.0.1"))
    }

    /// Whoever makes up client ids without end gets no memory for it, and no more than one of them has.
    @Test func holdersHaveABound() {
        let clock = ManualBrokerClock()
        let quotas = ClientQuotas(clock: clock, windowSeconds: 1)
        var table = QuotaTable()
        table.set([.produce: 100], for: QuotaEntity(clientId: .byDefault))
        quotas.use(table)
        for number in 0..<ClientQuotas.holdersMax {
            #expect(quotas.use(50, .produce, user: Self.ada, clientId: Name("c\(number)")) == 0)
        }
        #expect(quotas.use(100, .produce, user: Self.ada, clientId: "one more") == 0)
        #expect(quotas.use(100, .produce, user: Self.ada, clientId: "and another") == 1000)
        // The others are full again, but all were walked in this second already.
        clock.advance(500)
        #expect(quotas.debtMs(.produce, user: Self.ada, clientId: "a third") == 500)
        // Then those that are full are forgotten, and there is room.
        clock.advance(1500)
        #expect(quotas.use(100, .produce, user: Self.ada, clientId: "a third") == 0)
        #expect(quotas.use(100, .produce, user: Self.ada, clientId: "a fourth") == 0)
    }

    @Test(
        arguments: [
            [("user", "a"), ("user", "b")], [("ip", "10.0.0.1"), ("user", "a")], [], [("host", "a")], [("user", "")],
        ] as [[(String, String?)]])
    func entitiesThatMakeNoSenseAreRefused(parts: [(String, String?)]) {
        #expect(throws: QuotaRefusal.self) { try QuotaEntity(parts.map { (type: $0.0, name: $0.1) }) }
    }

    @Test(
        arguments: [
            (QuotaKind.produce, 0), (.produce, 1.5), (.fetch, -1), (.fetch, .infinity), (.requestTime, .nan),
            (.requestTime, 0), (.connections, 0.5),
        ] as [(QuotaKind, Double)])
    func limitsOutOfRangeAreRefused(kind: QuotaKind, value: Double) {
        #expect(kind.refusal(of: value)?.contains(kind.rawValue) == true)
    }
}
