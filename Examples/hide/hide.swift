// hide: what the fields named `field` hold becomes "***".

enum Module: SluiceModule {
    nonisolated(unsafe) static var field = Bytes("")

    static func configure(_ parameters: Parameters) -> Refusal? {
        if let refusal = parameters.refusalOfUnknown(["field"]) { return refusal }
        guard let field = parameters["field"] else { return Refusal("field", "is missing", .missingParameter) }
        self.field = field
        return nil
    }

    static func transform(_ record: Record) {
        guard let value = record.value else { return record.keep() }  // null
        var json = JSON(value)
        var out = Scratch(2 * value.count + 16)
        var from = value.start  // what isn't written yet
        guard value.isUTF8, json.space() else { return record.fail(.malformed) }
        var item = json.enter("{")
        while item != .end {
            guard item == .item, let name = json.name() else { return record.fail(.malformed) }
            let start = json.at
            guard json.skip() else { return record.fail(.malformed) }
            if name.isJSON(field) {
                out.put(Bytes(from, upTo: start))
                out.put("\"***\"")
                from = json.at
            }
            item = json.next("}")
        }
        guard json.finish() else { return record.fail(.malformed) }
        if from == value.start { return record.keep() }
        out.put(Bytes(from, upTo: value.end))
        out.keep()
        record.replaceValue(out.bytes)
    }
}
