import NIOCore
import Testing

@testable import KafkaMessages

/// One message in one version, with its type erased for parameterised tests.
struct MessageCase: CustomTestStringConvertible, Sendable {
    var name: String
    var version: Int16
    var isFlexible: Bool
    /// The bytes of a seeded sample.
    var sample: @Sendable (_ seed: UInt64) throws -> ByteBuffer
    /// Reads all of the bytes and writes what was read.
    var recode: @Sendable (ByteBuffer) throws -> ByteBuffer
    /// Reads, and says how many bytes are left.
    var remainder: @Sendable (ByteBuffer) throws -> Int
    /// Reads, and lists the fields.
    var fields: @Sendable (ByteBuffer) throws -> [String]

    var testDescription: String { "\(name) v\(version)" }

    static func cases<Message: KafkaMessage & Sampled>(of type: Message.Type, _ name: String) -> [MessageCase] {
        Message.versions.map { version in
            MessageCase(
                name, version, isFlexible: Message.isFlexible(version),
                sample: { random in Message.sample(&random, version: version) },
                read: { reader throws(WireError) in try Message(from: &reader, version: version) },
                write: { value, writer throws(WireError) in try value.write(to: &writer, version: version) })
        }
    }

    static func cases<Record: VersionedRecord & Sampled>(of type: Record.Type, _ name: String) -> [MessageCase] {
        Record.versions.map { version in
            MessageCase(
                name, version, isFlexible: Record.isFlexible(version),
                sample: { random in Record.sample(&random, version: version) },
                read: { reader throws(WireError) in try Record(from: &reader, version: version) },
                write: { value, writer throws(WireError) in try value.write(to: &writer, version: version) })
        }
    }

    private init<Value>(
        _ name: String, _ version: Int16, isFlexible: Bool,
        sample: @escaping @Sendable (inout SampleRandom) -> Value,
        read: @escaping @Sendable (inout WireReader) throws(WireError) -> Value,
        write: @escaping @Sendable (Value, inout WireWriter) throws(WireError) -> Void
    ) {
        self.name = name
        self.version = version
        self.isFlexible = isFlexible
        self.sample = { seed in
            var random = SampleRandom(seed: seed)
            let value = sample(&random)
            return try bytes { writer throws(WireError) in try write(value, &writer) }
        }
        recode = { frame in
            var reader = WireReader(frame)
            let value = try read(&reader)
            guard reader.remainingByteCount == 0 else { throw WireError(.invalidLength) }
            return try bytes { writer throws(WireError) in try write(value, &writer) }
        }
        remainder = { frame in
            var reader = WireReader(frame)
            _ = try read(&reader)
            return reader.remainingByteCount
        }
        fields = { frame in
            var reader = WireReader(frame)
            return FieldList.lines(of: try read(&reader))
        }
    }
}

/// Everything that `body` writes, in one buffer.
func bytes(_ body: (inout WireWriter) throws(WireError) -> Void) throws(WireError) -> ByteBuffer {
    var writer = WireWriter(minimumCapacity: 64)
    try body(&writer)
    return joined(writer.finish())
}

func joined(_ pieces: [WirePiece]) -> ByteBuffer {
    var whole = ByteBuffer()
    for piece in pieces {
        if case .bytes(var bytes) = piece { whole.writeBuffer(&bytes) }
    }
    return whole
}

/// Hexadecimal bytes, written in the parts that they mean.
func wire(_ parts: String...) -> String { parts.joined() }

func hex(_ bytes: ByteBuffer) -> String { hex(bytes.readableBytesView) }

func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
}

/// nil unless `text` is an even number of hexadecimal digits.
func unhex(_ text: Substring) -> ByteBuffer? {
    var bytes = ByteBuffer()
    var digits = text.utf8.makeIterator()
    while let high = digits.next() {
        guard let low = digits.next(),
            let byte = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
        else { return nil }
        bytes.writeInteger(byte)
    }
    return bytes
}
