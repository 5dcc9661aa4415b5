import NIOCore

@testable import KafkaMessages

/// Lists a message's fields as `path=value`, as Compat/golden/messages.py does: sorted, without those that are empty or
/// have a usual default, and without booleans.
enum FieldList {
    private static let usual: Set<Int64> = [
        0, -1, Int64(Int32.max), Int64.max, Int64(Int32.min), 60000,
    ]

    static func lines(of message: Any) -> [String] {
        var lines: [String] = []
        visit(message, path: "", into: &lines)
        return lines.sorted()
    }

    /// FNV-1a, 64 bits, over the lines.
    static func hash(_ lines: [String]) -> String {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in lines.joined(separator: "\n").utf8 {
            value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func visit(_ value: Any, path: String, into lines: inout [String]) {
        if let text = leaf(value) {
            if !text.isEmpty { lines.append("\(path)=\(text)") }
            return
        }
        let mirror = Mirror(reflecting: value)
        for (index, child) in mirror.children.enumerated() {
            let name = mirror.displayStyle == .collection ? "\(index)" : child.label ?? "\(index)"
            let isOptional = mirror.displayStyle == .optional
            visit(
                child.value, path: isOptional || path.isEmpty ? (isOptional ? path : name) : "\(path).\(name)",
                into: &lines)
        }
    }

    /// Empty for a value that isn't listed, nil for one that has parts.
    private static func leaf(_ value: Any) -> String? {
        switch value {
        case let text as String: text
        case is Bool: ""
        case let number as any FixedWidthInteger: usual.contains(Int64(number)) ? "" : "\(number)"
        case let number as Double: number == 0 ? "" : "\(number)"
        case let error as ErrorCode: error == .none ? "" : "\(error.rawValue)"
        case let id as Uuid: id == .zero ? "" : hex([id.high, id.low].flatMap(bigEndianBytes))
        case let bytes as ByteBuffer: hex(bytes)
        case let records as Records:
            if case .bytes(let bytes) = records { hex(bytes) } else { "" }
        default: nil
        }
    }

    private static func bigEndianBytes(_ word: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
    }
}
