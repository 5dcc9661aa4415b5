import KafkaRecords
import Testing

@Suite struct CRC32CTests {
    /// The check value of RFC 3720 and of the catalogue of CRCs.
    @Test func checkValue() {
        let bytes: [UInt8] = Array("123456789".utf8)
        #expect(CRC32C.checksum(bytes.span.bytes) == 0xe306_9283)
    }
}
