import KafkaClient
import Testing

@Suite struct BrokerAddressTests {
    @Test(arguments: [
        ("localhost", "localhost:9092"), ("localhost:19092", "localhost:19092"), ("[::1]:9093", "[::1]:9093"),
        ("[::1]", "[::1]:9092"), ("::1", "[::1]:9092"), ("10.0.0.1:1", "10.0.0.1:1"),
        ("unix:/tmp/a.sock", "/tmp/a.sock"),
    ])
    func reads(text: String, address: String) {
        #expect(BrokerAddress(text)?.description == address)
    }

    @Test(arguments: [
        "", ":9092", "host:", "host:0", "host:65536", "host:x", "[::1", "[]:1", "[::1]x", "unix:", "a b:1", "a/b:1",
    ])
    func refuses(text: String) {
        #expect(BrokerAddress(text) == nil)
    }
}
