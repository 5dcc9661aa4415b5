/// Reads the elements of DER one after the other: as much of X.690 as a certificate's subject needs.
struct DERReader {
    struct Element {
        var tag: UInt8
        var content: ArraySlice<UInt8>
        /// With tag and length.
        var encoded: ArraySlice<UInt8>
    }

    /// The bytes are no DER.
    struct Malformed: Error {}

    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31
    static let objectIdentifier: UInt8 = 0x06

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// The next element, of that tag if one is named.
    mutating func next(_ tag: UInt8? = nil) throws(Malformed) -> Element {
        let start = rest
        // Tags of more than one byte don't occur in a name.
        guard let found = rest.popFirst(), found & 0x1f != 0x1f, tag == nil || tag == found,
            let first = rest.popFirst()
        else { throw Malformed() }
        var length = Int(first)
        if first >= 0x80 {
            // The indefinite form (0x80) is no DER; four bytes are 4 GiB.
            guard (0x81...0x84).contains(first) else { throw Malformed() }
            length = 0
            for _ in 0..<first - 0x80 {
                guard let byte = rest.popFirst() else { throw Malformed() }
                length = length << 8 | Int(byte)
            }
        }
        guard length <= rest.count else { throw Malformed() }
        let content = rest.prefix(length)
        rest = rest.dropFirst(length)
        return Element(tag: found, content: content, encoded: start.prefix(start.count - rest.count))
    }

    /// The tag of the next element; nil at the end.
    var nextTag: UInt8? { rest.first }
}
