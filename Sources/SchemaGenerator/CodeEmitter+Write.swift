extension StructureEmitter {
    func emitWrite(into text: inout SwiftText) {
        let access = isRoot ? "public " : ""
        text.block("\(access)func write(to writer: inout WireWriter, version: Int16) throws(WireError)") { text in
            if isRoot { text.line("try Self.check(version)") }
            emitFlexible(into: &text)
            for field in structure.fields { emitRefusal(field, into: &text) }
            for run in runs {
                text.when(run.condition) { text in
                    for field in run.fields { emitWrite(field, into: &text) }
                }
            }
            guard flexibleCondition != nil else { return }
            text.when(alwaysFlexible ? nil : "flexible") { text in emitWriteTags(into: &text) }
        }
    }

    /// A value that this version can't carry is an error, unless the schema says that it may be left out.
    private func emitRefusal(_ field: Field, into text: inout SwiftText) {
        guard !field.isIgnorable, let condition = outside(field.versions) else { return }
        text.block("if \(condition), \(differsTest(field))") { text in
            text.line("throw .notInVersion(\"\(structure.name).\(field.name)\", version)")
        }
    }

    /// The condition by which `version` is not in `versions`. nil: never.
    private func outside(_ versions: VersionRange) -> String? {
        let low = versions.lower > valid.lower ? "version < \(versions.lower)" : nil
        let high = versions.upper < valid.upper ? "version > \(versions.upper)" : nil
        switch (low, high) {
        case (nil, nil): return nil
        case (let one?, nil), (nil, let one?): return one
        case (let low?, let high?): return "\(low) || \(high)"
        }
    }

    private func emitWriteTags(into text: inout SwiftText) {
        guard !tagged.isEmpty else {
            text.line("writer.writeTagCount(0)")
            return
        }
        text.line("var tagCount = 0")
        for field in tagged {
            text.line("if \(tagCondition(field)) { tagCount += 1 }")
        }
        text.line("writer.writeTagCount(tagCount)")
        for field in tagged {
            text.block("if \(tagCondition(field))") { text in
                text.line("let tag = writer.beginTag(\(field.tag ?? 0))")
                emitWrite(field, into: &text)
                text.line("writer.endTag(tag)")
            }
        }
    }

    private func tagCondition(_ field: Field) -> String {
        let condition = field.versions.condition(in: valid.intersection(message.flexible))
        return [condition, differsTest(field)].compactMap { $0 }.joined(separator: ", ")
    }

    private func emitWrite(_ field: Field, into text: inout SwiftText) {
        let name = field.name.escaped
        if field.isNullable, let allowed = field.nullable.condition(in: valid.intersection(field.versions)) {
            let isNull = field.type == .records ? "\(name).isNull" : "\(name) == nil"
            text.block("if !(\(allowed)), \(isNull)") { text in
                text.line("throw .nullNotInVersion(\"\(structure.name).\(name)\", version)")
            }
        }
        switch field.type {
        case .array(let element) where field.isNullable:
            text.block("if let values = \(name)") { text in
                emitWriteArray("values", element: element, into: &text)
            }
            text.lineElse("writer.writeNullArray(flexible: \(flexible))")
        case .array(let element):
            emitWriteArray(name, element: element, into: &text)
        case .structure where field.isNullable:
            text.block("if let value = \(name)") { text in
                text.line("writer.writeInt8(1)")
                text.line(writeStatement(field.type, value: "value", isNullable: false))
            }
            text.lineElse("writer.writeInt8(-1)")
        case .digest:
            // A nullable digest is only ever in a tag, which is sent only where it has a value.
            text.line("if let \(name) { writer.writeDigest256(\(name)) }")
        default:
            text.line(writeStatement(field.type, value: name, isNullable: field.isNullable))
        }
    }

    private func emitWriteArray(_ name: String, element: FieldType, into text: inout SwiftText) {
        text.line("try writer.writeArrayCount(\(name).count, flexible: \(flexible))")
        text.line("for value in \(name) { \(writeStatement(element, value: "value", isNullable: false)) }")
    }

    private func writeStatement(_ type: FieldType, value: String, isNullable: Bool) -> String {
        switch type {
        case .bool: "writer.writeBool(\(value))"
        case .int8: "writer.writeInt8(\(value))"
        case .int16: "writer.writeInt16(\(value))"
        case .int32: "writer.writeInt32(\(value))"
        case .int64: "writer.writeInt64(\(value))"
        case .float64: "writer.writeFloat64(\(value))"
        case .error: "writer.writeErrorCode(\(value))"
        case .uuid: "writer.writeUuid(\(value))"
        case .digest: "writer.writeDigest256(\(value))"
        case .string: "try writer.write\(isNullable ? "Nullable" : "")String(\(value), flexible: \(flexible))"
        case .bytes: "try writer.write\(isNullable ? "Nullable" : "")Bytes(\(value), flexible: \(flexible))"
        case .records: "try writer.writeRecords(\(value), flexible: \(flexible))"
        case .array: "unsupported"
        case .structure: "try \(value).write(to: &writer, version: version)"
        }
    }
}
