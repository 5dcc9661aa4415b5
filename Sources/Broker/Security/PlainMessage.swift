import Views

/// The one message of PLAIN: `[AUTHZID] NUL USER NUL PASSWORD` (RFC 4616). Not printable: a password is in it.
struct PlainMessage {
    static let bytesMax = 4096

    let user: Name
    let password: [UInt8]

    /// nil if it isn't such a message, or if the client wants to act for somebody else.
    init?(parsing bytes: [UInt8]) {
        guard bytes.count <= Self.bytesMax else { return nil }
        let fields = bytes.split(separator: 0, omittingEmptySubsequences: false)
        guard fields.count == 3, !fields[1].isEmpty, !fields[2].isEmpty,
            fields[0].isEmpty || fields[0].elementsEqual(fields[1]),
            let user = String(validating: fields[1], as: UTF8.self)
        else { return nil }
        self.user = Name(user)
        password = Array(fields[2])
    }
}
