import Testing

@testable import BrokerServer

struct TLSSettingsTests {
    @Test(
        arguments: [
            (
                "S://h:1?tls=a.pem",
                ListenerTLS(certificates: [.init(certificate: "a.pem", key: "a.pem")])
            ),
            (
                "S://h:1?tls=a.pem&key=a.key&client-ca=ca.pem",
                ListenerTLS(
                    certificates: [.init(certificate: "a.pem", key: "a.key")], clientCA: "ca.pem",
                    clientAuthentication: .required)
            ),
            (
                "S://h:1?client-auth=requested&tls=a.pem&key=a.key&tls=b.pem&key=b%26.key&client-ca=ca.pem",
                ListenerTLS(
                    certificates: [
                        .init(certificate: "a.pem", key: "a.key"), .init(certificate: "b.pem", key: "b&.key"),
                    ],
                    clientCA: "ca.pem", clientAuthentication: .requested)
            ),
        ])
    func parses(text: String, expected: ListenerTLS) throws {
        #expect(try ListenerSpecification(parsing: text).tls == expected)
    }

    @Test(
        arguments: [
            ("key=a.key", "behind the tls="), ("tls=a&key=b&key=c", "given twice"),
            ("tls=a&client-ca=b&client-ca=c", "twice"),
            ("client-ca=b", "need TLS"), ("client-auth=required", "need TLS"),
            ("tls=a&client-auth=required", "needs client-ca"),
            ("tls=a&client-ca=b&client-auth=none", "contradict"),
            ("tls=a&client-auth=maybe", "none of none, requested"),
            ("tls=a&client-auth=none&client-auth=none", "twice"),
            (Array(repeating: "tls=a", count: 17).joined(separator: "&"), "more than 16"),
        ])
    func refuses(query: String, reason: String) {
        let error = #expect(throws: ServerError.self) { try ListenerSpecification(parsing: "S://h:1?\(query)") }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test("protocols and suites, with a floor")
    func floor() throws {
        let standard = try TLSSettings(protocols: "TLSv1.2,TLSv1.3", cipherSuites: "", rules: "DEFAULT")
        #expect(standard.minimum == .tlsv12 && standard.maximum == .tlsv13 && standard.cipherSuites.count == 6)
        let new = try TLSSettings(protocols: "TLSv1.3", cipherSuites: "TLS_AES_256_GCM_SHA384", rules: "DEFAULT")
        #expect(new.minimum == .tlsv13 && new.maximum == .tlsv13)
        let old = try TLSSettings(
            protocols: " TLSv1.2", cipherSuites: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS_AES_128_GCM_SHA256",
            rules: "DEFAULT")
        #expect(old.maximum == .tlsv12)
        #expect(old.cipherSuites == [.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384])
        for (protocols, suites, reason) in [
            ("TLSv1.1,TLSv1.2", "", "it takes TLSv1.2, TLSv1.3"), ("", "", "it takes"),
            ("TLSv1.2", "TLS_RSA_WITH_AES_128_CBC_SHA", "isn't offered"),
            ("TLSv1.2,TLSv1.3", "TLS_AES_128_GCM_SHA256", "none of TLS 1.2"),
        ] {
            let error = #expect(throws: ServerError.self) {
                try TLSSettings(protocols: protocols, cipherSuites: suites, rules: "DEFAULT")
            }
            #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        }
    }
}
