import Views

/// What the records of `__sluice_security` say: ACLs, credentials, quotas and the secret for made-up credentials. Pure; records are applied
/// in the order of the log.
struct SecurityState: Sendable {
    private(set) var acls: Set<Acl> = []
    private(set) var credentials: [CredentialKey: ScramCredential] = [:]
    private(set) var quotas = QuotaTable()
    private(set) var secret: [UInt8] = []
    /// Keys of records that this version can't read. One of them may be a denial, so nobody but a super user may do
    /// anything as long as there are any.
    private(set) var unreadable: Set<[UInt8]> = []

    mutating func apply(key: [UInt8]?, value: [UInt8]?) {
        guard let key else {
            unreadable.insert([])
            return
        }
        guard let parsed = SecurityKey(parsing: key) else {
            if value == nil { unreadable.remove(key) } else { unreadable.insert(key) }
            return
        }
        unreadable.remove(key)
        guard let value else {
            remove(parsed)
            return
        }
        guard let read = SecurityValue(parsing: value, of: parsed) else {
            unreadable.insert(key)
            return
        }
        switch parsed {
        case .acl(let acl): acls.insert(acl)
        case .scram(let key): credentials[key] = read.credential
        case .quota(let entity): quotas.set(read.limits ?? [:], for: entity)
        case .secret: secret = read.secret ?? []
        }
    }

    private mutating func remove(_ key: SecurityKey) {
        switch key {
        case .acl(let acl): acls.remove(acl)
        case .scram(let key): credentials[key] = nil
        case .quota(let entity): quotas.set([:], for: entity)
        case .secret: secret = []
        }
    }
}

/// What authorizer and logins read: an immutable state with its number.
struct SecuritySnapshot: Sendable {
    /// Goes up with each change.
    let version: UInt64
    let acls: AclIndex
    let credentials: [CredentialKey: ScramCredential]
    let quotas: QuotaTable
    /// Makes the credentials that users who don't exist seem to have.
    let madeUp: MadeUpCredentials
    /// False before the records are read, and while one of them can't be: then only super users may do anything.
    let isReadable: Bool

    static let unread = SecuritySnapshot(version: 0, acls: AclIndex([]), SecurityState(), isReadable: false)

    init(version: UInt64, _ state: SecurityState) {
        // One order for all listings.
        let sorted = state.acls.map { ($0, SecurityKey.acl($0).bytes) }
            .sorted { $0.1.lexicographicallyPrecedes($1.1) }.map(\.0)
        self.init(
            version: version, acls: AclIndex(sorted), state, isReadable: state.unreadable.isEmpty)
    }

    private init(version: UInt64, acls: AclIndex, _ state: SecurityState, isReadable: Bool) {
        self.version = version
        self.acls = acls
        self.isReadable = isReadable
        credentials = state.credentials
        quotas = state.quotas
        madeUp = MadeUpCredentials(like: state.credentials, secret: state.secret)
    }
}
