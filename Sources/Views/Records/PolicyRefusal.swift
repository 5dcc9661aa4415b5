/// Why a change of policy is refused: INVALID_RECORD (87), with a text that says what is wrong and what would be right.
public struct PolicyRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// Which record of the batch, from 0; nil: the batch as a whole.
    public var index: Int?
    /// At most 200 bytes of printable ASCII. Quotes names and numbers of the request, never parameters.
    public let message: String

    public static let messageBytesMax = 200

    public init(_ message: String, index: Int? = nil) {
        self.index = index
        self.message = message.printable(byteCountMax: Self.messageBytesMax)
    }

    public var description: String { message }

    func at(_ index: Int) -> PolicyRefusal {
        var refusal = self
        refusal.index = self.index ?? index
        return refusal
    }
}

/// "Did you mean": the known name that is nearest, if it is near.
enum Suggestion {
    static func text(for name: String, among known: some Sequence<String>) -> String {
        guard let best = nearest(to: name, among: known) else { return "" }
        return " (\(best)?)"
    }

    static func nearest(to name: String, among known: some Sequence<String>) -> String? {
        let wanted = Array(name.utf8.prefix(101))
        guard wanted.count <= 100 else { return nil }
        let limit = max(1, min(3, wanted.count / 3))
        var best: (distance: Int, name: String)?
        for candidate in known.prefix(10_000) where abs(candidate.utf8.count - wanted.count) <= limit {
            let distance = distance(wanted, Array(candidate.utf8))
            if distance > limit { continue }
            if let found = best, (found.distance, found.name) <= (distance, candidate) { continue }
            best = (distance, candidate)
        }
        return best?.name
    }

    /// Edits from one to the other; two neighbours that changed places are one edit.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var before: [Int] = []
        var previous = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(
                    previous[column] + (byte == other ? 0 : 1), previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
                    cost = min(cost, before[column - 1] + 1)
                }
                current.append(cost)
            }
            before = previous
            previous = current
        }
        return previous[right.count]
    }
}
