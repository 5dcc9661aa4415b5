import Metering
import Testing

@Suite struct InstrumentTests {
    @Test func countersCountFromManyThreads() async {
        let counter = Counter()
        let table = CounterTable(count: 3)
        let histogram = Histogram(.work)
        await withDiscardingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        counter.add(2)
                        table.add(1)
                        histogram.record(nanoseconds: 1_000)
                    }
                }
            }
        }
        #expect(counter.value == 16_000)
        #expect((0..<3).map { table[$0] } == [0, 8_000, 0])
        #expect(histogram.count == 8_000)
        #expect(histogram.sumSeconds == 0.008)
    }

    @Test func aValueOnABoundIsInItsBucket() {
        let bounds = Histogram.Bounds.requests
        for (index, bound) in bounds.nanoseconds.enumerated() {
            let histogram = Histogram(bounds)
            histogram.record(nanoseconds: Int64(bound))
            histogram.record(nanoseconds: Int64(bound) + 1)
            #expect(histogram.counts[index] == 1)
            #expect(histogram.counts[index + 1] == 1)
        }
    }

    @Test func labelsHaveABound() {
        let slots = LabelSlots<Counter>(limit: 2) { Counter() }
        slots.take("a").add(1)
        slots.take("b").add(2)
        slots.take("c").add(4)
        slots.take(String(repeating: "x", count: 300)).add(8)
        slots.take("a").add(16)
        #expect(slots.all.map(\.label) == ["a", "b", "(other)"])
        #expect(slots.all.map(\.value.value) == [17, 2, 12])
        #expect(slots.label(of: "c") == "(other)")

        // Who has a label keeps it; a free one goes to the next that comes.
        slots.keep { $0 != "a" }
        #expect(slots.label(of: "b") == "b")
        slots.take("c").add(1)
        #expect(slots.all.map(\.label) == ["b", "c", "(other)"])
        #expect(slots.all.map(\.value.value) == [2, 1, 12])
    }

    @Test func aMillionNamesTakeNoRoom() {
        let slots = LabelSlots<Counter>(limit: 100) { Counter() }
        for name in 0..<100_000 { slots.take("group-\(name)").add() }
        #expect(slots.all.count == 101)
        #expect(slots.other.value == 99_900)
    }
}
