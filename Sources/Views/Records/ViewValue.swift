/// The value of a view: as a client sends it, with module names yet to be resolved, or as it is stored.
struct ViewValue {
    struct Step {
        /// `scrub-ssn` or `scrub-ssn@3`.
        var module: String
        var sha256: Digest?
        var parameters: [ViewParameter]
        var headers: HeaderRule
    }

    static let stepsMax = 8
    static let parametersMax = 128
    static let parameterKeyBytesMax = 128
    static let parameterValueBytesMax = 65_536
    private static let names = ["steps", "limits", "on_error", "reuse", "digest", "deleted"]
    private static let stepNames = ["module", "sha256", "with", "headers"]
    private static let limitNames = ["fuel_per_record", "memory_bytes", "call_ms", "output_factor", "output_extra"]

    var steps: [Step] = []
    var limits = ViewLimits()
    var onError = OnError.stop
    var reuse = false
    var digest: Digest?
    var isDeleted = false
    var meta: PolicyMeta?

    init(parsing bytes: [UInt8], from origin: ValueOrigin) throws(PolicyRefusal) {
        let value = try PolicyValue(parsing: bytes, "view", known: Self.names, from: origin)
        let fields = value.fields
        meta = value.meta
        digest = try fields.digest("digest")
        if let deleted = try fields.bool("deleted") {
            guard origin == .stored, deleted else {
                throw PolicyRefusal("view: to delete a version, send its key with a null value")
            }
            isDeleted = true
            return
        }
        guard case .array(let list)? = fields["steps"], (1...Self.stepsMax).contains(list.count) else {
            throw PolicyRefusal("view: steps must be an array of 1 to \(Self.stepsMax) steps")
        }
        for (index, step) in list.enumerated() { steps.append(try Self.step(step, index, origin)) }
        if let json = fields["limits"] {
            limits = try Self.limits(json, origin)
        } else if origin == .stored {
            throw PolicyRefusal("view: limits are missing")
        }
        if let name = try fields.string("on_error") {
            guard let rule = OnError(name: name) else {
                let known = OnError.allCases.map(\.name)
                throw PolicyRefusal(
                    "on_error \"\(name.prefix(50))\" is none of stop, drop, replace\(Suggestion.text(for: name, among: known))"
                )
            }
            onError = rule
        }
        reuse = try fields.bool("reuse") ?? false
        if origin == .stored { try checkStored(fields) }
    }

    private func checkStored(_ fields: JSONFields) throws(PolicyRefusal) {
        guard fields["on_error"] != nil, fields["reuse"] != nil, let digest, let definition = storedDefinition,
            definition.digest == digest
        else { throw PolicyRefusal("view: a stored one must have every field, and the digest of what it holds") }
    }

    /// The definition of a stored value; nil if a module's name has no version or no digest.
    var storedDefinition: ViewDefinition? {
        var resolved: [ViewStep] = []
        for step in steps {
            guard let module = VersionedName(step.module), let sha256 = step.sha256 else { return nil }
            resolved.append(
                ViewStep(module: module, sha256: sha256, parameters: step.parameters, headers: step.headers))
        }
        return ViewDefinition(steps: resolved, limits: limits, onError: onError, reuse: reuse)
    }

    private static func step(_ json: JSONValue, _ index: Int, _ origin: ValueOrigin) throws(PolicyRefusal) -> Step {
        let fields = try JSONFields(json, "step \(index)", known: stepNames)
        let module = try fields.required(try fields.string("module"), "module")
        var parameters: [ViewParameter] = []
        if let with = fields["with"] {
            guard case .object(let members) = with, members.count <= parametersMax else {
                throw PolicyRefusal("step \(index): with must be an object of at most \(parametersMax) strings")
            }
            for member in members {
                // The value is never quoted: it may be a key or a salt.
                guard case .string(let text) = member.value, member.key.utf8.count <= parameterKeyBytesMax,
                    text.utf8.count <= parameterValueBytesMax
                else {
                    throw PolicyRefusal(
                        "step \(index): with \"\(member.key.prefix(50))\" must be a string of at most "
                            + "\(parameterValueBytesMax) bytes, its name at most \(parameterKeyBytesMax)")
                }
                parameters.append(ViewParameter(key: Name(member.key), value: text))
            }
        } else if origin == .stored {
            throw PolicyRefusal("step \(index): with is missing")
        }
        var headers = HeaderRule.drop
        switch try fields.string("headers") {
        case "keep"?: headers = .keep
        case "drop"?: break
        case nil where origin == .client: break
        default: throw PolicyRefusal("step \(index): headers must be \"drop\" or \"keep\"")
        }
        return Step(
            module: module, sha256: try fields.digest("sha256"),
            parameters: parameters.sorted { $0.key < $1.key }, headers: headers)
    }

    private static func limits(_ json: JSONValue, _ origin: ValueOrigin) throws(PolicyRefusal) -> ViewLimits {
        let fields = try JSONFields(json, "limits", known: limitNames)
        var limits = ViewLimits()
        for name in limitNames {
            guard let number = try fields.integer(name) else {
                if origin == .stored { throw PolicyRefusal("limits: \(name) is missing") }
                continue
            }
            let range = try range(of: name)
            guard range.contains(number) else {
                let bound = number < range.lowerBound ? range.lowerBound : range.upperBound
                throw PolicyRefusal(
                    "\(name) \(text(number, name)) \(number < bound ? "<" : ">") \(text(bound, name))")
            }
            let value = UInt64(number)
            switch name {
            case "fuel_per_record": limits.fuelPerRecord = value
            case "memory_bytes": limits.memoryBytes = value
            case "call_ms": limits.callMs = value
            case "output_factor": limits.outputFactor = UInt32(value)
            default: limits.outputExtra = value
            }
        }
        // What the deadline can burn must fit in the fuel: load never decides.
        guard limits.fuelPerRecord >= 40_000_000 * limits.callMs else {
            throw PolicyRefusal(
                "fuel_per_record \(limits.fuelPerRecord) < 40000000 × call_ms = \(40_000_000 * limits.callMs)")
        }
        return limits
    }

    private static func range(of limit: String) throws(PolicyRefusal) -> ClosedRange<Int64> {
        switch limit {
        case "fuel_per_record": 0...1_000_000_000_000
        case "memory_bytes": 65_536...67_108_864
        case "call_ms": 10...10_000
        case "output_factor": 1...64
        default: 0...16_777_216
        }
    }

    private static func text(_ number: Int64, _ limit: String) -> String {
        let isBytes = limit == "memory_bytes" || limit == "output_extra"
        if isBytes, number > 0, number % 1_048_576 == 0 { return "\(number / 1_048_576) MiB" }
        if isBytes, number > 0, number % 1_024 == 0 { return "\(number / 1_024) KiB" }
        return String(number)
    }

    static func bytes(_ definition: ViewDefinition, meta: PolicyMeta) -> [UInt8] {
        let steps = definition.steps.map { step in
            JSONValue.object([
                JSONValue.Member("module", .string(step.module.description)),
                JSONValue.Member("sha256", .string(step.sha256.description)),
                JSONValue.Member(
                    "with", .object(step.parameters.map { JSONValue.Member($0.key.string, .string($0.value)) })),
                JSONValue.Member("headers", .string(step.headers.name)),
            ])
        }
        let limits = definition.limits
        let members = [
            JSONValue.Member("steps", .array(steps)),
            JSONValue.Member(
                "limits",
                .object([
                    JSONValue.Member("fuel_per_record", .integer(Int64(clamping: limits.fuelPerRecord))),
                    JSONValue.Member("memory_bytes", .integer(Int64(clamping: limits.memoryBytes))),
                    JSONValue.Member("call_ms", .integer(Int64(clamping: limits.callMs))),
                    JSONValue.Member("output_factor", .integer(Int64(limits.outputFactor))),
                    JSONValue.Member("output_extra", .integer(Int64(clamping: limits.outputExtra))),
                ])),
            JSONValue.Member("on_error", .string(definition.onError.name)),
            JSONValue.Member("reuse", .bool(definition.reuse)),
            JSONValue.Member("digest", .string(definition.digest.description)),
        ]
        return JSONValue.object(members + meta.members).canonicalBytes
    }

    static func deletedBytes(meta: PolicyMeta) -> [UInt8] {
        JSONValue.object(meta.members + [JSONValue.Member("deleted", .bool(true))]).canonicalBytes
    }
}
