// parse: turns a line of text into a JSON object. A line that isn't of the format is an error, never passed on.
//
// `format`: combined  Apache's and nginx's access log, with or without the last two fields (then it is the common format)
//           logfmt    name=value pairs; numbers, true, false and null as they are, the rest as strings, a bare name is true
// `key`:    keep (default), or drop for a null key
//
// One LF or CR LF at the end doesn't count. Lines must be UTF-8 without other control characters.

enum Module: SluiceModule {
    nonisolated(unsafe) static var isLogfmt = false
    nonisolated(unsafe) static var dropsKey = false

    static func configure(_ parameters: Parameters) -> Refusal? {
        if let refusal = parameters.refusalOfUnknown(["format", "key"]) { return refusal }
        guard let format = parameters["format"] else { return Refusal("format", "is missing", .missingParameter) }
        isLogfmt = format == "logfmt"
        guard isLogfmt || format == "combined" else { return Refusal("format", "must be combined or logfmt") }
        guard let drops = parameters.dropsKey else { return Parameters.keyRefusal }
        dropsKey = drops
        return nil
    }

    static func transform(_ record: Record) {
        if dropsKey { record.removeKey() }
        guard let value = record.value else { return record.keepValue() }
        guard value.isUTF8 else { return record.fail(.malformed) }
        var line = Line(value)
        // A name of one letter and a space become `"a":true,`; nothing grows more.
        var out = Scratch(5 &* value.count &+ 256)
        guard isLogfmt ? putLogfmt(&line, &out) : putCombined(&line, &out) else { return record.fail(.malformed) }
        out.keep()
        record.replaceValue(out.bytes)
    }
}

/// The rest of the line.
struct Line {
    var at: UnsafeMutablePointer<UInt8>
    var end: UnsafeMutablePointer<UInt8>

    init(_ text: Bytes) {
        at = text.start
        end = text.end
        if end > at, end[-1] == UInt8(ascii: "\n") { end -= 1 }
        if end > at, end[-1] == UInt8(ascii: "\r") { end -= 1 }
    }

    /// 0 at the end.
    var byte: UInt8 { at < end ? at.pointee : 0 }

    mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard at < end, at.pointee == UInt8(truncatingIfNeeded: byte.value) else { return false }
        at += 1
        return true
    }

    /// What stands before the next space, and the space. Nil if one of them is missing.
    mutating func wordAndSpace() -> Bytes? {
        guard let word = word(), take(" ") else { return nil }
        return word
    }

    mutating func word() -> Bytes? {
        let start = at
        while byte > 0x20 { at += 1 }
        return at > start ? Bytes(start, upTo: at) : nil
    }

    /// What stands between quotes; a quote inside has a backslash before it. Other backslashes are text, as they are in the log.
    mutating func quoted() -> Bytes? {
        guard take("\"") else { return nil }
        let start = at
        while true {
            let places = JSON.special(at)
            at += places != 0 ? places.trailingZeroBitCount : 16
            guard at < end else { return nil }
            if places == 0 { continue }
            if at.pointee == UInt8(ascii: "\"") { break }
            guard at.pointee == UInt8(ascii: "\\"), end - at >= 2, at[1] >= 0x20 else { return nil }
            at += 2
        }
        defer { at += 1 }
        return Bytes(start, upTo: at)
    }

    /// What stands before the next separator and, for a name, equals sign. Nil if a quote or control character does.
    mutating func bare(isName: Bool) -> Bytes? {
        let start = at
        while byte > 0x20, byte != UInt8(ascii: "\""), !(isName && byte == UInt8(ascii: "=")) { at += 1 }
        guard at == end || isAtSeparator || (isName && byte == UInt8(ascii: "=")) else { return nil }
        return Bytes(start, upTo: at)
    }

    var isAtSeparator: Bool { byte == 0x20 || byte == 0x09 }
}

private func isDash(_ text: Bytes) -> Bool { text.count == 1 && text[0] == UInt8(ascii: "-") }

/// Writes a quoted text as a JSON string: `\"` in the log is a quote.
private func putQuoted(_ text: Bytes, _ out: inout Scratch) {
    var at = text.start
    var start = at
    out.put(UInt8(ascii: "\""))
    while at < text.end {
        guard at.pointee == UInt8(ascii: "\\") else {
            at += 1
            continue
        }
        if at[1] == UInt8(ascii: "\"") {
            out.putEscaped(Bytes(start, upTo: at))
            start = at + 1
        }
        at += 2
    }
    out.putEscaped(Bytes(start, upTo: text.end))
    out.put(UInt8(ascii: "\""))
}

private func putOptional(_ text: Bytes, isQuoted: Bool, _ out: inout Scratch) {
    if isDash(text) {
        out.put("null")
    } else if isQuoted {
        putQuoted(text, &out)
    } else {
        out.putString(text)
    }
}

/// Writes `[10/Oct/2000:13:55:36 -0700]` as `"2000-10-10T13:55:36-07:00"`. False if it isn't one.
private func putTime(_ line: inout Line, _ out: inout Scratch) -> Bool {
    let form = Bytes("[##/Aaa/####:##:##:## ~####]")
    let months = Bytes("JanFebMarAprMayJunJulAugSepOctNovDec")
    let text = Bytes(start: line.at, count: form.count)
    guard line.end - line.at >= form.count else { return false }
    for index in 0..<form.count {
        let byte = text[index]
        switch form[index] {
        case UInt8(ascii: "#"): guard isDigit(byte) else { return false }
        case UInt8(ascii: "~"): guard byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") else { return false }
        case UInt8(ascii: "A"), UInt8(ascii: "a"): break
        default: guard byte == form[index] else { return false }
        }
    }
    let name = Bytes(start: text.start + 4, count: 3)
    var month = 0
    while month < 12, !(name == Bytes(start: months.start + 3 &* month, count: 3)) { month &+= 1 }
    guard month < 12, let day = Bytes(start: text.start + 1, count: 2).number, day >= 1, day <= 31 else { return false }
    month &+= 1
    out.put(UInt8(ascii: "\""))
    out.put(Bytes(start: text.start + 8, count: 4))
    out.put(UInt8(ascii: "-"))
    out.put(month >= 10 ? UInt8(ascii: "1") : UInt8(ascii: "0"))
    out.put(0x30 &+ UInt8(truncatingIfNeeded: month % 10))
    out.put(UInt8(ascii: "-"))
    out.put(Bytes(start: text.start + 1, count: 2))
    out.put(UInt8(ascii: "T"))
    out.put(Bytes(start: text.start + 13, count: 8))
    out.put(Bytes(start: text.start + 22, count: 3))
    out.put(UInt8(ascii: ":"))
    out.put(Bytes(start: text.start + 25, count: 2))
    out.put(UInt8(ascii: "\""))
    line.at = text.end
    return true
}

/// Writes method, path and protocol of `GET /path HTTP/1.1`, or the text as it is if it isn't like that.
private func putRequest(_ text: Bytes, _ out: inout Scratch) {
    var method = text.start
    while method < text.end, method.pointee >= UInt8(ascii: "A"), method.pointee <= UInt8(ascii: "Z") { method += 1 }
    var version = text.end
    while version > method, version[-1] != 0x20 { version -= 1 }
    guard method > text.start, method < text.end, method.pointee == 0x20, version - method > 2, text.end - version > 5,
        Bytes(start: version, count: 5) == "HTTP/"
    else {
        out.put(",\"request\":")
        return putOptional(text, isQuoted: true, &out)
    }
    out.put(",\"method\":")
    out.putString(Bytes(text.start, upTo: method))
    out.put(",\"path\":")
    putQuoted(Bytes(method + 1, upTo: version - 1), &out)
    out.put(",\"protocol\":")
    putQuoted(Bytes(version, upTo: text.end), &out)
}

private func isCount(_ text: Bytes) -> Bool {
    var json = JSON(text)
    return json.digits() == text.count && (text.count == 1 || text[0] != UInt8(ascii: "0"))
}

private func putCombined(_ line: inout Line, _ out: inout Scratch) -> Bool {
    guard let host = line.wordAndSpace(), let ident = line.wordAndSpace(), let user = line.wordAndSpace() else {
        return false
    }
    out.put("{\"host\":")
    putOptional(host, isQuoted: false, &out)
    out.put(",\"ident\":")
    putOptional(ident, isQuoted: false, &out)
    out.put(",\"user\":")
    putOptional(user, isQuoted: false, &out)
    out.put(",\"time\":")
    guard putTime(&line, &out), line.take(" "), let request = line.quoted(), line.take(" ") else { return false }
    putRequest(request, &out)
    guard let status = line.wordAndSpace(), status.count == 3, isCount(status), let bytes = line.word(),
        isDash(bytes) || isCount(bytes)
    else { return false }
    out.put(",\"status\":")
    out.put(status)
    out.put(",\"bytes\":")
    if isDash(bytes) { out.put("null") } else { out.put(bytes) }
    if line.at < line.end {
        guard line.take(" "), let referer = line.quoted(), line.take(" "), let agent = line.quoted() else {
            return false
        }
        out.put(",\"referer\":")
        putOptional(referer, isQuoted: true, &out)
        out.put(",\"agent\":")
        putOptional(agent, isQuoted: true, &out)
    }
    out.put(UInt8(ascii: "}"))
    return line.at == line.end
}

private func putLogfmt(_ line: inout Line, _ out: inout Scratch) -> Bool {
    out.put(UInt8(ascii: "{"))
    var isFirst = true
    while true {
        while line.isAtSeparator { line.at += 1 }
        if line.at == line.end { break }
        guard let name = line.bare(isName: true), name.count > 0 else { return false }
        if !isFirst { out.put(UInt8(ascii: ",")) }
        isFirst = false
        out.putString(name)
        out.put(UInt8(ascii: ":"))
        if !line.take("=") {
            out.put("true")
        } else if line.byte == UInt8(ascii: "\"") {
            var json = JSON(Bytes(line.at, upTo: line.end))
            guard json.string() != nil else { return false }
            out.put(Bytes(line.at, upTo: json.at))
            line.at = json.at
            guard line.at == line.end || line.isAtSeparator else { return false }
        } else {
            guard let value = line.bare(isName: false) else { return false }
            var json = JSON(value)
            if json.scalar(), json.at == json.end { out.put(value) } else { out.putString(value) }
        }
    }
    out.put(UInt8(ascii: "}"))
    return true
}
