import Synchronization

/// Gives the names of a set that has no bound one of a bounded number of labels, first come, first served; the others
/// share `other`. A name keeps its label until it is given back, so that a series never jumps.
public final class LabelSlots<Value: Sendable>: Sendable {
    /// The label of those that have none of their own. No topic is called so by accident: `(` isn't allowed in names.
    public static var otherLabel: String { "(other)" }

    private let named = Mutex<[String: Value]>([:])
    private let limit: Int
    private let make: @Sendable () -> Value
    /// What those without a label of their own share.
    public let other: Value

    /// Longer names have no label of their own.
    private static var nameBytesMax: Int { 255 }

    public init(limit: Int, _ make: @escaping @Sendable () -> Value) {
        self.limit = limit
        self.make = make
        other = make()
    }

    /// The value of `name`: its own, made now if there is room, or the one that all others share.
    public func take(_ name: String) -> Value {
        guard name.utf8.count <= Self.nameBytesMax else { return other }
        return named.withLock { named in
            if let value = named[name] { return value }
            guard named.count < limit else { return other }
            let value = make()
            named[name] = value
            return value
        }
    }

    /// The label under which `name` is counted.
    public func label(of name: String) -> String {
        named.withLock { $0[name] == nil } ? Self.otherLabel : name
    }

    /// Gives back the labels of names that are gone.
    public func keep(where isThere: (String) -> Bool) {
        named.withLock { named in named = named.filter { isThere($0.key) } }
    }

    /// Those with a label of their own by name, then what the others share.
    public var all: [(label: String, value: Value)] {
        let own = named.withLock { $0 }.sorted { $0.key < $1.key }.map { (label: $0.key, value: $0.value) }
        return own + [(label: Self.otherLabel, value: other)]
    }
}
