/// Values by exact name and by prefix. A lookup costs one hash for each distinct length of a prefix, whatever the number
/// of entries.
struct PrefixIndex<Value: Sendable>: Sendable {
    private(set) var exact: [Name: Value] = [:]
    private(set) var prefixes: [Name: Value] = [:]
    /// Distinct byte counts of the prefixes, longest first.
    private var lengths: [Int] = []

    var isEmpty: Bool { exact.isEmpty && prefixes.isEmpty }

    mutating func update(exact name: Name, default value: @autoclosure () -> Value, _ change: (inout Value) -> Void) {
        change(&exact[name, default: value()])
    }

    mutating func update(prefix: Name, default value: @autoclosure () -> Value, _ change: (inout Value) -> Void) {
        if prefixes[prefix] == nil, !lengths.contains(prefix.byteCount) {
            lengths.append(prefix.byteCount)
            lengths.sort(by: >)
        }
        change(&prefixes[prefix, default: value()])
    }

    /// Visits what matches `name`, best first: the exact entry, then longer prefixes before shorter ones.
    @inline(__always)
    func visit(_ name: Name, includingExact: Bool = true, _ body: (Value) -> Void) {
        if includingExact, let value = exact[name] { body(value) }
        for length in lengths {
            if let prefix = name.prefix(byteCount: length), let value = prefixes[prefix] { body(value) }
        }
    }

    func matches(_ name: Name) -> Bool {
        if exact[name] != nil { return true }
        return lengths.contains { length in
            name.prefix(byteCount: length).map { prefixes[$0] != nil } ?? false
        }
    }
}
