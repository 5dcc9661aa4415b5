import Testing

@testable import BrokerServer

/// Names in DER with what `X500Principal.getName()` of Java 17 prints for them: made by `new X500Principal(text)`, those in
/// T61String and BMPString by `openssl req -x509` with `string_mask=MASK:0x4` and `MASK:0x800` and read by Java's
/// CertificateFactory.
struct DistinguishedNameTests {
    @Test(
        arguments: [
            (
                "304a310b300906035504061302555331193017060355040a131053756e204d6963726f73797374656d733111300f060355040b1308"
                    + "4a617661536f6674310d300b0603550403130444756b65", "CN=Duke,OU=JavaSoft,O=Sun Microsystems,C=US"
            ),
            (
                "3044310b300906035504061302555331143012060355040a130b57696467657420496e632e311f300c060355040b13055361"
                    + "6c6573300f060355040313084a2e20536d697468", "OU=Sales+CN=J. Smith,O=Widget Inc.,C=US"
            ),
            (
                "3040310b3009060355040613024742311e301c060355040a13155375652c204772616262697420616e642052756e6e311130"
                    + "0f060355040313084c2e204561676c65", #"CN=L. Eagle,O=Sue\, Grabbit and Runn,C=GB"#
            ),
            (
                "3033310b3009060355040613024742310d300b060355040a1304546573743115301306035504030c0c4265666f72650d4166"
                    + "746572", "CN=Before\rAfter,O=Test,C=GB"
            ),
            (
                "302e310b3009060355040613024742310d300b060355040a1304546573743110300e06082b060104018b3a0004024869",
                "1.3.6.1.4.1.1466.0=#04024869,O=Test,C=GB"
            ),
            (
                "304331133011060a0992268993f22c64011916036f726731173015060a0992268993f22c64011916076578616d706c653113"
                    + "301106035504030c0ac3a96cc3a87665e282ac", "CN=élève€,DC=example,DC=org"
            ),
            (
                "305f310c300a06035504081303494446310e300c060355040713055061726973311230100603550409130931204d61696e20"
                    + "537431123010060a0992268993f22c64010113027531311730150603550403130e202074776f207370616365732020",
                #"CN=\ \ two spaces\ \ ,UID=u1,STREET=1 Main St,L=Paris,ST=IDF"#
            ),
            (
                "301b3119301706035504030c1023613d623b633c643e652b6622675c68",
                ##"CN=\#a\=b\;c\<d\>e\+f\"g\\h"##
            ),
            (
                "305d310b3009060355040c13024472310a30080603550404130153310a3008060355042a130147310b3009060355040513"
                    + "023432310d300b060355040313046d61696c311a301806092a864886f70d010901160b6140622e6578616d706c65",
                "1.2.840.113549.1.9.1=#160b6140622e6578616d706c65,CN=mail,2.5.4.5=#13023432,2.5.4.42=#130147,"
                    + "2.5.4.4=#130153,2.5.4.12=#13024472"
            ),
            ("30133111300f06035504030c086e756c0062797465", #"CN=nul\00byte"#),
            ("3000", ""),
            (
                "3031310b30090603550406130244453111300f060355040a1e0800dc006200650072310f300d06035504031e060062006d0070",
                "CN=\\00b\\00m\\00p,O=\\00\u{fffd}\\00b\\00e\\00r,C=DE"
            ),
            (
                "302a310b3009060355040613024445310d300b060355040a1404dc626572310c300a06035504031403626d70",
                "CN=bmp,O=\u{fffd}ber,C=DE"
            ),
        ])
    func asJavaPrints(der: String, expected: String) throws {
        var reader = DERReader(try bytes(der)[...])
        let name = try DistinguishedName(name: try reader.next(DERReader.sequence).content)
        #expect(name.description.unicodeScalars.elementsEqual(expected.unicodeScalars), "\(name)")
        #expect(reader.isAtEnd)
    }

    @Test("every cut of a name is refused or gives a name, and nothing traps")
    func cuts() throws {
        let whole = try bytes(
            "304a310b300906035504061302555331193017060355040a131053756e204d6963726f73797374656d733111300f060355040b1308"
                + "4a617661536f6674310d300b0603550403130444756b65")
        for count in 0..<whole.count {
            #expect(throws: DERReader.Malformed.self) {
                var reader = DERReader(whole.prefix(count))
                _ = try DistinguishedName(name: try reader.next(DERReader.sequence).content)
            }
        }
        for seed in 0..<2000 {
            var random = SplitMix(seed: UInt64(seed))
            var changed = whole
            for _ in 0..<3 {
                changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try? DistinguishedName(name: changed[2...])
            _ = try? DistinguishedName(subjectOf: changed)
        }
    }

    @Test(
        arguments: [
            "3080", "3085000000000100", "3f0100", "30820100", "30", "310431023000", "3009310730050603550403",
        ])
    func malformed(der: String) throws {
        let bytes = try bytes(der)
        #expect(throws: DERReader.Malformed.self) {
            var reader = DERReader(bytes[...])
            _ = try DistinguishedName(name: try reader.next(DERReader.sequence).content)
        }
    }

    private func bytes(_ hexadecimal: String) throws -> [UInt8] {
        let digits = Array(hexadecimal)
        return try stride(from: 0, to: digits.count, by: 2).map {
            try #require(UInt8(String(digits[$0...$0 + 1]), radix: 16))
        }
    }
}
