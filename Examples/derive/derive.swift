// derive: adds a field to a JSON object that is computed from others, and leaves those out. The rest stays byte for byte.
//
// `field`:     the new field. It comes last; a field of that name in the record is left out.
// `from`:      the fields that it is computed from, comma-separated; a comma or backslash in a name has a backslash before it.
// `rule`:      join      strings, numbers and booleans one after another; null if all of them are absent
//              band      of a number that isn't negative: 37 is "30-39"; null if absent
//              age-band  the same of the age, at the record's time, of whom was born on a day like "1990-05-12"
// `separator`: for join, what stands between; a space
// `width`:     for bands; 10
// `originals`: drop (default) or keep
// `key`:       keep (default), or drop for a null key
//
// Where a name is there twice, the last one counts, as most readers have it, and all of them go.

enum Module: SluiceModule {
    enum Rule { case join, band, ageBand }

    static let sourcesMax = 16
    static let textBytesMax = 1024

    nonisolated(unsafe) static var rule = Rule.join
    nonisolated(unsafe) static var field = Bytes("")
    /// `"field":` as it is written, and what stands between joined values.
    nonisolated(unsafe) static var member = Bytes("")
    nonisolated(unsafe) static var separator = Bytes("")
    nonisolated(unsafe) static var sources = List<Bytes>()
    nonisolated(unsafe) static var width: Int64 = 10
    nonisolated(unsafe) static var keepsOriginals = false
    nonisolated(unsafe) static var dropsKey = false

    static func configure(_ parameters: Parameters) -> Refusal? {
        if let refusal = parameters.refusalOfUnknown(
            ["field", "from", "rule", "separator", "width", "originals", "key"])
        {
            return refusal
        }
        guard let field = parameters["field"] else { return Refusal("field", "is missing", .missingParameter) }
        guard field.count > 0, field.count <= textBytesMax else { return Refusal("field", "must be 1 to 1024 bytes") }
        let separator = parameters["separator"] ?? Bytes(" ")
        guard separator.count <= textBytesMax else { return Refusal("separator", "has more than 1024 bytes") }
        self.field = field
        var text = Scratch(12 * textBytesMax + 64)
        text.putString(field)
        text.put(UInt8(ascii: ":"))
        member = text.bytes
        text.putEscaped(separator)
        self.separator = Bytes(member.end, upTo: text.end)
        text.keep(forever: true)
        return setRule(parameters) ?? setSources(parameters) ?? setOptions(parameters)
    }

    private static func setRule(_ parameters: Parameters) -> Refusal? {
        guard let name = parameters["rule"] else { return Refusal("rule", "is missing", .missingParameter) }
        if name == "join" {
            rule = .join
        } else if name == "band" {
            rule = .band
        } else if name == "age-band" {
            rule = .ageBand
        } else {
            return Refusal("rule", "must be join, band or age-band")
        }
        return nil
    }

    private static func setSources(_ parameters: Parameters) -> Refusal? {
        guard let from = parameters["from"] else { return Refusal("from", "is missing", .missingParameter) }
        guard from.count <= textBytesMax, var text = Memory.allocate(UInt(textBytesMax)) else {
            return Refusal("from", "has more than 1024 bytes")
        }
        sources = List(capacity: sourcesMax)
        var list = NameList(rest: from)
        repeat {
            if sources.count == sourcesMax { return Refusal("from", "has more than 16 names") }
            let name = list.next(stops: ",", to: text)
            if name.count == 0 { return Refusal("from", "has an empty name") }
            for index in 0..<sources.count where sources[index] == name {
                // Room for the output counts on each source's value being used once.
                return Refusal("from", "has a name twice")
            }
            _ = sources.append(name)
            text = name.end
        } while list.takeStop() != nil
        return rule == .join || sources.count == 1 ? nil : Refusal("from", "must be one name")
    }

    private static func setOptions(_ parameters: Parameters) -> Refusal? {
        guard let number = (parameters["width"] ?? Bytes("10")).number, number > 0 else {
            return Refusal("width", "must be a number from 1 to 999999")
        }
        width = Int64(number)
        let originals = parameters["originals"] ?? Bytes("drop")
        keepsOriginals = originals == "keep"
        guard keepsOriginals || originals == "drop" else { return Refusal("originals", "must be keep or drop") }
        guard let drops = parameters.dropsKey else { return Parameters.keyRefusal }
        dropsKey = drops
        return nil
    }

    static func transform(_ record: Record) {
        if dropsKey { record.removeKey() }
        guard let value = record.value else { return record.keepValue() }
        var json = JSON(value)
        guard value.isUTF8, json.space() else { return record.fail(.malformed) }
        guard json.byte == UInt8(ascii: "{") else {
            return record.fail(json.skip() && json.finish() ? .unsupported : .malformed)
        }
        // With the originals kept, their bytes are there twice.
        var out = Scratch(2 &* value.count &+ member.count &+ sources.count &* separator.count &+ 64)
        var values = InlineArray<16, Bytes?>(repeating: nil)
        out.put(UInt8(ascii: "{"))
        guard takeMembers(&json, &out, &values), json.finish() else { return record.fail(.malformed) }
        out.put(member)
        guard putValue(&out, values, record.timestamp) else { return record.fail(.unsupported) }
        out.put(UInt8(ascii: "}"))
        out.keep()
        record.replaceValue(out.bytes)
    }

    /// Takes the object's members over to `out`, notes the sources' values. False if malformed.
    private static func takeMembers(
        _ json: inout JSON, _ out: inout Scratch, _ values: inout InlineArray<16, Bytes?>
    ) -> Bool {
        var item = json.enter("{")
        while item != .end {
            let start = json.at
            guard item == .item, let name = json.name() else { return false }
            let begin = json.at
            guard json.skip() else { return false }
            let value = Bytes(begin, upTo: json.at)
            var leaves = name.isJSON(field)
            for index in 0..<sources.count where name.isJSON(sources[index]) {
                values[index] = value
                if !keepsOriginals { leaves = true }
            }
            if !leaves {
                out.put(Bytes(start, upTo: name.end + 1))
                out.put(UInt8(ascii: ":"))
                out.put(value)
                out.put(UInt8(ascii: ","))
            }
            item = json.next("}")
        }
        return true
    }

    /// Writes the new field's value. False if the sources aren't what the rule takes.
    private static func putValue(_ out: inout Scratch, _ values: InlineArray<16, Bytes?>, _ timestamp: Int64) -> Bool {
        if rule == .join { return putJoin(&out, values) }
        guard let value = present(values[0]) else {
            out.put("null")
            return true
        }
        guard let number = rule == .band ? wholeNumber(value) : age(value, timestamp) else { return false }
        let low = number / width &* width
        out.put(UInt8(ascii: "\""))
        putNumber(&out, low)
        out.put(UInt8(ascii: "-"))
        putNumber(&out, low &+ width &- 1)
        out.put(UInt8(ascii: "\""))
        return true
    }

    private static func putJoin(_ out: inout Scratch, _ values: InlineArray<16, Bytes?>) -> Bool {
        var isFirst = true
        for index in 0..<sources.count {
            guard var value = present(values[index]) else { continue }
            if value[0] == UInt8(ascii: "{") || value[0] == UInt8(ascii: "[") { return false }
            if isFirst { out.put(UInt8(ascii: "\"")) } else { out.put(separator) }
            isFirst = false
            if value[0] == UInt8(ascii: "\"") { value = Bytes(start: value.start + 1, count: value.count &- 2) }
            out.put(value)
        }
        if isFirst { out.put("null") } else { out.put(UInt8(ascii: "\"")) }
        return true
    }

    /// A value that is there and isn't null.
    private static func present(_ value: Bytes?) -> Bytes? {
        guard let value, value[0] != UInt8(ascii: "n") else { return nil }
        return value
    }

    private static func putNumber(_ out: inout Scratch, _ number: Int64) {
        var divisor: Int64 = 1
        while number / divisor >= 10 { divisor &*= 10 }
        while divisor > 0 {
            out.put(UInt8(truncatingIfNeeded: 0x30 &+ number / divisor % 10))
            divisor /= 10
        }
    }

    /// The whole part of a number like 37 or 37.5.
    private static func wholeNumber(_ text: Bytes) -> Int64? {
        var number: Int64 = 0
        var digits = 0
        while digits < text.count, isDigit(text[digits]) {
            if digits == 15 { return nil }
            number = number &* 10 &+ Int64(text[digits] &- 0x30)
            digits &+= 1
        }
        for index in digits..<text.count where text[index] | 0x20 == UInt8(ascii: "e") { return nil }
        return digits == 0 ? nil : number
    }

    /// The number that `count` digits at `index` are.
    private static func digits(_ text: Bytes, _ index: Int, _ count: Int) -> Int64? {
        Bytes(start: text.start + index, count: count).number.map { Int64($0) }
    }

    /// The age in years, on the day of `timestamp` in UTC, of whom was born on the day that the string `value` is.
    private static func age(_ value: Bytes, _ timestamp: Int64) -> Int64? {
        guard value[0] == UInt8(ascii: "\""), value.count >= 12, timestamp >= 0 else { return nil }
        guard value.count == 12 || value[11] == UInt8(ascii: "T") || value[11] == UInt8(ascii: " ") else { return nil }
        guard value[5] == UInt8(ascii: "-"), value[8] == UInt8(ascii: "-"), let year = digits(value, 1, 4),
            let month = digits(value, 6, 2), let day = digits(value, 9, 2), month >= 1, month <= 12, day >= 1
        else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        guard day <= (month == 2 ? (isLeap ? 29 : 28) : 30 &+ (month &+ month / 8) % 2) else { return nil }
        // The civil date of a day number; years begin in March.
        let days = timestamp / 86_400_000 &+ 719_468
        let era = days / 146_097
        let ofEra = days % 146_097
        let yearOfEra = (ofEra &- ofEra / 1460 &+ ofEra / 36_524 &- ofEra / 146_096) / 365
        let ofYear = ofEra &- (365 &* yearOfEra &+ yearOfEra / 4 &- yearOfEra / 100)
        let shifted = (5 &* ofYear &+ 2) / 153
        let nowDay = ofYear &- (153 &* shifted &+ 2) / 5 &+ 1
        let nowMonth = shifted < 10 ? shifted &+ 3 : shifted &- 9
        let nowYear = yearOfEra &+ era &* 400 &+ (nowMonth <= 2 ? 1 : 0)
        let isBefore = nowMonth < month || (nowMonth == month && nowDay < day)
        let years = nowYear &- year &- (isBefore ? 1 : 0)
        return years < 0 ? nil : years
    }
}
