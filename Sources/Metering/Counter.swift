import Synchronization

/// A number that only grows. Counting orders nothing, so it costs one relaxed addition.
public final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    public init() {}

    public func add(_ amount: Int = 1) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    public var value: Int { count.load(ordering: .relaxed) }
}

/// A number that goes up and down.
public final class Gauge: Sendable {
    private let level = Atomic<Int>(0)

    public init() {}

    public func add(_ amount: Int = 1) {
        level.wrappingAdd(amount, ordering: .relaxed)
    }

    public func set(_ value: Int) {
        level.store(value, ordering: .relaxed)
    }

    public var value: Int { level.load(ordering: .relaxed) }
}

/// Counters by number, in one block: for labels whose values are known when the program is built.
@safe
public final class CounterTable: @unchecked Sendable {
    // Sendable: the block is made and freed with this object, and its cells are only used as atomics.
    private let cells: UnsafeMutablePointer<Atomic<Int>>
    public let count: Int

    public init(count: Int) {
        self.count = count
        unsafe cells = .allocate(capacity: count)
        for index in 0..<count { unsafe (cells + index).initialize(to: Atomic(0)) }
    }

    deinit {
        unsafe cells.deinitialize(count: count)
        unsafe cells.deallocate()
    }

    public func add(_ index: Int, _ amount: Int = 1) {
        precondition(index >= 0 && index < count, "no such counter")
        unsafe cells[index].wrappingAdd(amount, ordering: .relaxed)
    }

    public subscript(index: Int) -> Int {
        precondition(index >= 0 && index < count, "no such counter")
        return unsafe cells[index].load(ordering: .relaxed)
    }
}
