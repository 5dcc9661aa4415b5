/// The name in a certificate, as Java prints it: `X500Principal.getName()`, which is RFC 2253 with Java's choices. Kafka's
/// rules are written for this form.
///
/// What Java chooses: the last RDN comes first; CN, C, L, ST, O, OU, STREET, DC and UID have names, any other type is its
/// number and `#` with the value's DER in hexadecimal; `=` and `#` are escaped everywhere; what is printable or not is
/// printed as it is, but the character NUL.
struct DistinguishedName: CustomStringConvertible, Sendable, Equatable {
    let description: String

    private static let keywords: [[UInt8]: String] = [
        [0x55, 4, 3]: "CN", [0x55, 4, 6]: "C", [0x55, 4, 7]: "L", [0x55, 4, 8]: "ST", [0x55, 4, 9]: "STREET",
        [0x55, 4, 10]: "O", [0x55, 4, 11]: "OU",
        // 0.9.2342.19200300.100.1.25 and .1
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25]: "DC",
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1]: "UID",
    ]
    /// UTF8String, PrintableString, T61String, IA5String, GeneralString, UniversalString, BMPString.
    private static let stringTags: Set<UInt8> = [0x0c, 0x13, 0x14, 0x16, 0x1b, 0x1c, 0x1e]

    /// A name that is printed already.
    init(_ description: String) {
        self.description = description
    }

    /// The subject of a certificate in DER, RFC 5280.
    init(subjectOf certificate: [UInt8]) throws(DERReader.Malformed) {
        var outer = DERReader(certificate[...])
        var inner = DERReader(try outer.next(DERReader.sequence).content)
        var fields = DERReader(try inner.next(DERReader.sequence).content)
        // The version is explicit where it isn't 1. Then come serial number, signature algorithm, issuer, validity.
        if fields.nextTag == 0xa0 { _ = try fields.next() }
        for _ in 0..<4 { _ = try fields.next() }
        try self.init(name: try fields.next(DERReader.sequence).content)
    }

    /// The RDNs of a Name in DER, without the sequence around them.
    init(name: ArraySlice<UInt8>) throws(DERReader.Malformed) {
        var reader = DERReader(name)
        var names: [String] = []
        while !reader.isAtEnd {
            var set = DERReader(try reader.next(DERReader.set).content)
            var parts: [String] = []
            while !set.isAtEnd { parts.append(try Self.attribute(try set.next(DERReader.sequence).content)) }
            names.append(parts.joined(separator: "+"))
        }
        description = names.reversed().joined(separator: ",")
    }

    private static func attribute(_ content: ArraySlice<UInt8>) throws(DERReader.Malformed) -> String {
        var reader = DERReader(content)
        let type = try reader.next(DERReader.objectIdentifier).content
        let value = try reader.next()
        guard let keyword = keywords[Array(type)] else {
            return try dotted(type) + "=" + hexadecimal(value.encoded)
        }
        guard stringTags.contains(value.tag) else { return keyword + "=" + hexadecimal(value.encoded) }
        return keyword + "=" + escaped(String(decoding: value.content, as: UTF8.self))
    }

    private static func escaped(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\r" }
        let lead = scalars.firstIndex { !isSpace($0) } ?? scalars.count
        let trail = scalars.lastIndex { !isSpace($0) } ?? -1
        var result = String.UnicodeScalarView()
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case ",", "=", "+", "<", ">", "#", ";", "\"", "\\":
                result.append("\\")
                result.append(scalar)
            case "\0":
                result.append(contentsOf: "\\00".unicodeScalars)
            default:
                if index < lead || index > trail { result.append("\\") }
                result.append(scalar)
            }
        }
        return String(result)
    }

    private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
        let digits = Array("0123456789abcdef".unicodeScalars)
        var text = String.UnicodeScalarView("#".unicodeScalars)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(text)
    }

    /// An object identifier as numbers with dots.
    private static func dotted(_ bytes: ArraySlice<UInt8>) throws(DERReader.Malformed) -> String {
        var numbers: [UInt64] = []
        var number: UInt64 = 0
        var isInside = false
        for byte in bytes {
            guard number <= UInt64.max >> 7 else { throw DERReader.Malformed() }
            number = number << 7 | UInt64(byte & 0x7f)
            isInside = byte >= 0x80
            guard !isInside else { continue }
            if numbers.isEmpty {
                let first = min(number / 40, 2)
                numbers = [first, number - first * 40]
            } else {
                numbers.append(number)
            }
            number = 0
        }
        guard !isInside, !numbers.isEmpty else { throw DERReader.Malformed() }
        return numbers.map { "\($0)" }.joined(separator: ".")
    }
}
