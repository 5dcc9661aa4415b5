extension StructureEmitter {
    func emitRead(into text: inout SwiftText) {
        let access = isRoot ? "public " : ""
        text.block("\(access)init(from reader: inout WireReader, version: Int16) throws(WireError)") { text in
            if isRoot { text.line("try Self.check(version)") }
            emitFlexible(into: &text)
            for run in runs {
                text.when(run.condition) { text in
                    for field in run.fields { emitRead(field, into: &text) }
                }
            }
            guard flexibleCondition != nil else { return }
            text.when(alwaysFlexible ? nil : "flexible") { text in emitReadTags(into: &text) }
        }
    }

    /// Neighbouring untagged fields that are in the same versions.
    var runs: [(condition: String?, fields: [Field])] {
        var runs: [(condition: String?, fields: [Field])] = []
        for field in untagged {
            let condition = field.versions.condition(in: valid)
            if let last = runs.indices.last, runs[last].condition == condition {
                runs[last].fields.append(field)
            } else {
                runs.append((condition, [field]))
            }
        }
        return runs
    }

    /// `let flexible = …`, if anything in this struct depends on it.
    func emitFlexible(into text: inout SwiftText) {
        guard usesFlexible, let condition = flexibleCondition else { return }
        text.line("let flexible = \(condition)")
    }

    /// Every version in which this struct is on the wire is a flexible one.
    var alwaysFlexible: Bool {
        message.flexible.intersection(valid) == valid
    }

    private var usesFlexible: Bool { flexibleCondition != nil && !alwaysFlexible }

    /// The argument for the reader and writer: a constant where it is one.
    var flexible: String {
        if flexibleCondition == nil { return "false" }
        return alwaysFlexible ? "true" : "flexible"
    }

    private func emitReadTags(into text: inout SwiftText) {
        guard !tagged.isEmpty else {
            text.line("try reader.skipTags()")
            return
        }
        text.block("for _ in 0..<(try reader.readTagCount())") { text in
            text.line("let tag = try reader.beginTag()")
            text.block("switch tag.number") { text in
                for field in tagged {
                    let condition = field.versions.intersection(message.flexible).condition(
                        in: valid.intersection(message.flexible))
                    text.line("case \(field.tag ?? 0)\(condition.map { " where \($0)" } ?? ""):")
                    text.indented { text in emitRead(field, into: &text) }
                }
                text.line("default: reader.skipToTagEnd()")
            }
            text.line("try reader.endTag(tag)")
        }
    }

    private func emitRead(_ field: Field, into text: inout SwiftText) {
        let name = field.name.escaped
        guard case .array(let element) = field.type else {
            text.line("\(name) = try \(readExpression(field.type, field: field))")
            return
        }
        let count = "\(name)Count"
        let size = "elementByteCount: \(minimumByteCount(element))"
        let reading = "\(name)Values.append(try \(readExpression(element, field: nil)))"
        if field.isNullable {
            text.block(
                "if let \(count) = try reader.readNullableArrayCount(flexible: \(flexible), \(size)\(nullable(field)))"
            ) { text in
                text.line("var \(name)Values: \(StructureEmitter.swiftType(field.type)) = []")
                text.line("\(name)Values.reserveCapacity(\(count))")
                text.line("for _ in 0..<\(count) { \(reading) }")
                text.line("\(name) = \(name)Values")
            }
            text.lineElse("\(name) = nil")
        } else {
            text.line("let \(count) = try reader.readArrayCount(flexible: \(flexible), \(size))")
            // A tag that comes twice replaces what the first one said.
            if field.tag != nil { text.line("\(name).removeAll()") }
            text.line("\(name).reserveCapacity(\(count))")
            text.line("for _ in 0..<\(count) { \(reading.replacingFirst("Values.", with: ".")) }")
        }
    }

    private func nullable(_ field: Field) -> String {
        field.nullable.condition(in: valid.intersection(field.versions)).map { ", nullable: \($0)" } ?? ""
    }

    private func readExpression(_ type: FieldType, field: Field?) -> String {
        let isNullable = field?.isNullable == true
        let arguments = "flexible: \(flexible)" + (field.map { $0.isNullable ? nullable($0) : "" } ?? "")
        switch type {
        case .bool: return "reader.readBool()"
        case .int8: return "reader.readInt8()"
        case .int16: return "reader.readInt16()"
        case .int32: return "reader.readInt32()"
        case .int64: return "reader.readInt64()"
        case .float64: return "reader.readFloat64()"
        case .error: return "reader.readErrorCode()"
        case .uuid: return "reader.readUuid()"
        case .digest: return "reader.readDigest256()"
        case .string: return "reader.read\(isNullable ? "Nullable" : "")String(\(arguments))"
        case .bytes: return "reader.read\(isNullable ? "Nullable" : "")Bytes(\(arguments))"
        case .records: return "reader.readRecords(\(arguments))"
        case .array: return "unsupported"
        case .structure(let name):
            let value = "\(name)(from: &reader, version: version)"
            // A byte of its own says whether the struct is there: -1, else 1.
            return isNullable ? "reader.readInt8() < 0 ? nil : \(value)" : value
        }
    }

    /// The fewest bytes that a value takes in any version: what an array's count is checked against.
    private func minimumByteCount(_ type: FieldType) -> Int {
        let isCompact = !message.flexible.intersection(valid).isEmpty
        switch type {
        case .bool, .int8: return 1
        case .int16, .error: return 2
        case .int32: return 4
        case .int64, .float64: return 8
        case .uuid: return 16
        case .digest: return 32
        case .string: return isCompact ? 1 : 2
        case .bytes, .records, .array: return isCompact ? 1 : 4
        case .structure(let name):
            guard let structure = message.structure(name) else { return 1 }
            let nested = StructureEmitter(message: message, structure: structure)
            let sizes = (nested.valid.lower...nested.valid.upper).map { nested.minimumByteCount(version: $0) }
            return max(1, sizes.min() ?? 1)
        }
    }

    private func minimumByteCount(version: Int16) -> Int {
        let isFlexible = message.flexible.contains(version)
        var count = isFlexible ? 1 : 0
        for field in untagged where field.versions.contains(version) {
            switch field.type {
            case .string: count += isFlexible ? 1 : 2
            case .bytes, .records, .array: count += isFlexible ? 1 : 4
            case .structure where field.isNullable: count += 1
            case .structure(let name):
                guard let structure = message.structure(name) else { continue }
                count += StructureEmitter(message: message, structure: structure).minimumByteCount(version: version)
            default: count += minimumByteCount(field.type)
            }
        }
        return count
    }
}
