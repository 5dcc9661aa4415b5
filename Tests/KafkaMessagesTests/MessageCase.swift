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

    var testDescription: String { "\(name) v\(version)" }

    static func cases<Message: KafkaMessage & Sampled>(of type: Message.Type, _ name: String) -> [MessageCase] {
        Message.versions.map { version in
            MessageCase(
                name: name, version: version, isFlexible: Message.isFlexible(version),
                sample: { seed in
                    var random = SampleRandom(seed: seed)
                    return try bytes { writer throws(WireError) in
                        try Message.sample(&random, version: version).write(to: &writer, version: version)
                    }
                },
                recode: { frame in
                    var reader = WireReader(frame)
                    let message = try Message(from: &reader, version: version)
                    guard reader.remainingByteCount == 0 else { throw WireError(.invalidLength) }
                    return try bytes { writer throws(WireError) in try message.write(to: &writer, version: version) }
                },
                remainder: { frame in
                    var reader = WireReader(frame)
                    _ = try Message(from: &reader, version: version)
                    return reader.remainingByteCount
                })
        }
    }

    static func cases<Record: VersionedRecord & Sampled>(of type: Record.Type, _ name: String) -> [MessageCase] {
        Record.versions.map { version in
            MessageCase(
                name: name, version: version, isFlexible: Record.isFlexible(version),
                sample: { seed in
                    var random = SampleRandom(seed: seed)
                    return try bytes { writer throws(WireError) in
                        try Record.sample(&random, version: version).write(to: &writer, version: version)
                    }
                },
                recode: { frame in
                    var reader = WireReader(frame)
                    let record = try Record(from: &reader, version: version)
                    guard reader.remainingByteCount == 0 else { throw WireError(.invalidLength) }
                    return try bytes { writer throws(WireError) in try record.write(to: &writer, version: version) }
                },
                remainder: { frame in
                    var reader = WireReader(frame)
                    _ = try Record(from: &reader, version: version)
                    return reader.remainingByteCount
                })
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

func hex(_ bytes: ByteBuffer) -> String {
    bytes.readableBytesView.map { byte in
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
}

/// Hexadecimal bytes, written in the parts that they mean.
func wire(_ parts: String...) -> String { parts.joined() }
