/// The value of a binding or a default.
struct TargetValue {
    /// As written: `raw`, `deny`, a name, or a name with a version.
    var target: String
    var digest: Digest?
    var meta: PolicyMeta?

    init(parsing bytes: [UInt8], _ what: String, from origin: ValueOrigin) throws(PolicyRefusal) {
        let value = try PolicyValue(parsing: bytes, what, known: ["target", "digest"], from: origin)
        target = try value.fields.required(try value.fields.string("target"), "target")
        digest = try value.fields.digest("digest")
        meta = value.meta
    }

    /// The target of a stored value, which always has a version and a digest.
    func storedTarget() throws(PolicyRefusal) -> Target {
        switch target {
        case "raw": return .raw
        case "deny": return .deny
        default:
            guard let name = VersionedName(target), digest != nil else {
                throw PolicyRefusal("a stored target must be raw, deny or NAME@VERSION with a digest")
            }
            return .view(name)
        }
    }

    static func bytes(_ target: Target, digest: Digest?, meta: PolicyMeta) -> [UInt8] {
        var members = meta.members
        members.append(JSONValue.Member("target", .string(target.description)))
        if let digest { members.append(JSONValue.Member("digest", .string(digest.description))) }
        return JSONValue.object(members).canonicalBytes
    }
}
