// JSON (RFC 8259) for modules: a cursor that walks text in place, checks all of it and builds nothing.
//
// Kept values are copied as they were written: numbers, escapes and white space inside them don't change. Names are compared
// as a JSON parser would see them, so "\u0061ge" is "age". Text must be UTF-8 (check it with `isUTF8`), and values nest at
// most 256 deep. Where a function fails, the text is malformed and the cursor is of no more use.
//
//     var item = json.enter("{")
//     while item != .end {
//         guard item == .item, let name = json.name(), json.skip() else { return false }
//         item = json.next("}")
//     }
//     return json.finish()

extension Bytes {
    /// Whether this is well-formed UTF-8: Unicode 15, table 3-7 (no overlong forms, no surrogates, at most U+10FFFF). The 16
    /// bytes behind must be readable, as they are behind each record's value.
    var isUTF8: Bool {
        var index = 0
        while index < count {
            if Vector(start + index).highBits == 0 {  // 16 bytes of ASCII, perhaps past the end
                index &+= 16
                continue
            }
            let lead = self[index]
            if lead < 0x80 {
                index &+= 1
                continue
            }
            guard let tail = Self.tail(of: lead), count &- index > tail else { return false }
            // The second byte's range keeps out overlong forms, surrogates and what is past U+10FFFF.
            let low: UInt8 = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80
            let high: UInt8 = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF
            guard self[index &+ 1] >= low, self[index &+ 1] <= high else { return false }
            var place = 2
            while place <= tail {
                guard self[index &+ place] & 0xC0 == 0x80 else { return false }
                place &+= 1
            }
            index &+= tail &+ 1
        }
        return true
    }

    private static func tail(of lead: UInt8) -> Int? {
        switch lead {
        case 0xC2...0xDF: 1
        case 0xE0...0xEF: 2
        case 0xF0...0xF4: 3
        default: nil
        }
    }
}

/// Where in the text we are.
struct JSON {
    enum Item { case malformed, item, end }

    static let depthMax = 256

    var at: UnsafeMutablePointer<UInt8>
    let end: UnsafeMutablePointer<UInt8>

    init(_ text: Bytes) {
        at = text.start
        end = text.end
    }

    /// The byte here; 0, which begins nothing, at the end.
    var byte: UInt8 { at < end ? at.pointee : 0 }

    /// Skips white space. False at the end of the text.
    @inline(__always) mutating func space() -> Bool {
        while at < end {
            let byte = at.pointee
            if byte > 0x20 || (byte != 0x20 && byte != 0x0A && byte != 0x0D && byte != 0x09) { return true }
            at += 1
        }
        return false
    }

    /// Which of the 16 bytes at `at` can't stand in a string as they are: quotes, backslashes and control characters.
    @inline(__always) static func special(_ at: UnsafeMutablePointer<UInt8>) -> UInt32 {
        let text = Vector(at)
        return (text.equal(0x22) | text.equal(0x5C) | text.less(0x20)).highBits
    }

    /// Takes a string. Returns what is between the quotes, escapes as they are written; nil if malformed.
    mutating func string() -> Bytes? {
        guard byte == 0x22 else { return nil }
        at += 1
        let start = at
        while true {
            let places = Self.special(at)
            at += places != 0 ? places.trailingZeroBitCount : 16
            guard at < end else { return nil }
            if places == 0 { continue }
            if at.pointee == 0x22 { break }
            guard at.pointee == 0x5C, end - at >= 2 else { return nil }
            switch at[1] {
            case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: at += 2  // "\/bfnrt
            case 0x75:
                guard end - at >= 6, Self.hex(at + 2) != nil else { return nil }
                at += 6
            default: return nil
            }
            guard at < end else { return nil }
        }
        defer { at += 1 }
        return Bytes(start, upTo: at)
    }

    mutating func number() -> Bool {
        if byte == 0x2D { at += 1 }
        let first = byte
        let count = digits()
        guard count == 1 || (count > 1 && first != 0x30) else { return false }
        if byte == 0x2E {
            at += 1
            guard digits() > 0 else { return false }
        }
        if byte | 0x20 == 0x65 {
            at += 1
            if byte == 0x2B || byte == 0x2D { at += 1 }
            guard digits() > 0 else { return false }
        }
        return true
    }

    /// Takes what isn't an object or an array. False if malformed.
    mutating func scalar() -> Bool {
        switch byte {
        case 0x22: string() != nil
        case 0x74: literal("true")
        case 0x66: literal("false")
        case 0x6E: literal("null")
        default: number()
        }
    }

    /// Takes the bracket that begins an object or array, and goes to its first item.
    @inline(__always) mutating func enter(_ bracket: Unicode.Scalar) -> Item {
        enter(UInt8(truncatingIfNeeded: bracket.value))
    }

    mutating func enter(_ bracket: UInt8) -> Item {
        guard byte == bracket else { return .malformed }
        at += 1
        guard space() else { return .malformed }
        guard at.pointee == bracket &+ 2 else { return .item }  // ']' is '[' + 2, '}' is '{' + 2
        at += 1
        return .end
    }

    /// Goes from behind an item to the next one, or behind the bracket `close`.
    @inline(__always) mutating func next(_ close: Unicode.Scalar) -> Item {
        next(UInt8(truncatingIfNeeded: close.value))
    }

    mutating func next(_ close: UInt8) -> Item {
        guard space() else { return .malformed }
        let byte = at.pointee
        at += 1
        if byte == close { return .end }
        return byte == 0x2C && space() ? .item : .malformed
    }

    /// Takes the name of an object's member and its colon, and goes to its value. Nil if malformed.
    mutating func name() -> Bytes? {
        guard let name = string(), space(), at.pointee == 0x3A else { return nil }
        at += 1
        return space() ? name : nil
    }

    /// Takes a value of any kind: it began where the cursor was and ends where it is now. False if malformed.
    mutating func skip() -> Bool {
        var isObject = InlineArray<8, UInt32>(repeating: 0)  // a bit for each value that we are in
        var depth = 0
        while true {
            let bracket = byte
            if bracket == 0x7B || bracket == 0x5B {
                switch enter(bracket) {
                case .malformed: return false
                case .item:
                    guard depth < Self.depthMax else { return false }
                    let bit = 1 as UInt32 &<< UInt32(truncatingIfNeeded: depth)
                    isObject[unchecked: depth / 32] &= ~bit
                    if bracket == 0x7B { isObject[unchecked: depth / 32] |= bit }
                    depth &+= 1
                    if bracket == 0x7B, name() == nil { return false }
                    continue
                case .end: break
                }
            } else if !scalar() {
                return false
            }
            values: while true {
                if depth == 0 { return true }
                let place = depth &- 1
                let isInObject = isObject[unchecked: place / 32] &>> UInt32(truncatingIfNeeded: place) & 1 == 1
                switch next(isInObject ? 0x7D : 0x5D as UInt8) {
                case .malformed: return false
                case .item:
                    if isInObject, name() == nil { return false }
                    break values
                case .end: depth = place
                }
            }
        }
    }

    /// Whether nothing but white space is left.
    mutating func finish() -> Bool { !space() }

    /// Takes digits. Returns how many there were.
    mutating func digits() -> Int {
        let start = at
        while at < end, isDigit(at.pointee) { at += 1 }
        return at - start
    }

    private mutating func literal(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard end - at >= count, Bytes(start: at, count: count) == word else { return false }
        at += count
        return true
    }

    /// The value of four hexadecimal digits.
    fileprivate static func hex(_ text: UnsafeMutablePointer<UInt8>) -> UInt32? {
        var value: UInt32 = 0
        for index in 0..<4 {
            let digit = text[index]
            let letter = digit | 0x20
            if isDigit(digit) {
                value = value &<< 4 | UInt32(digit &- 0x30)
            } else if letter >= 0x61, letter <= 0x66 {
                value = value &<< 4 | UInt32(letter &- 0x57)
            } else {
                return nil
            }
        }
        return value
    }
}

extension Bytes {
    /// Whether this content of a string, its escapes taken, is `name`. Half of a surrogate pair is no name.
    @inline(__always) func isJSON(_ name: Bytes) -> Bool {
        guard count >= name.count else { return false }  // an escape is longer than what it stands for
        var index = 0
        while index < count {
            if self[index] == 0x5C { return isEscapedJSON(name) }
            guard index < name.count, self[index] == name[index] else { return false }
            index &+= 1
        }
        return count == name.count
    }

    private func isEscapedJSON(_ name: Bytes) -> Bool {
        var at = start
        var want = 0
        while at < end {
            guard let scalar = Self.scalar(&at, end) else { return false }
            let size = scalar.isByte ? 1 : UTF8.width(Unicode.Scalar(scalar.value).unsafelyUnwrapped)
            guard name.count &- want >= size else { return false }
            var shift = UInt32(truncatingIfNeeded: 6 &* (size &- 1))
            var byte =
                size == 1 ? scalar.value : (0xF00 &>> UInt32(truncatingIfNeeded: size)) & 0xFF | scalar.value &>> shift
            while true {
                guard UInt32(name[want]) == byte else { return false }
                want &+= 1
                if shift == 0 { break }
                shift &-= 6
                byte = 0x80 | scalar.value &>> shift & 0x3F
            }
        }
        return want == name.count
    }

    /// The next byte of a string's content, or the code point that an escape stands for. Nil for half of a surrogate pair.
    private static func scalar(
        _ at: inout UnsafeMutablePointer<UInt8>, _ end: UnsafeMutablePointer<UInt8>
    ) -> (value: UInt32, isByte: Bool)? {
        let byte = at.pointee
        guard byte == 0x5C else {
            at += 1
            return (UInt32(byte), true)
        }
        let letter = at[1]
        guard letter == 0x75 else {
            at += 2
            switch letter {
            case 0x62: return (0x08, true)
            case 0x66: return (0x0C, true)
            case 0x6E: return (0x0A, true)
            case 0x72: return (0x0D, true)
            case 0x74: return (0x09, true)
            default: return (UInt32(letter), true)
            }
        }
        guard let unit = JSON.hex(at + 2) else { return nil }
        at += 6
        guard unit >= 0xD800, unit <= 0xDFFF else { return (unit, false) }
        guard unit < 0xDC00, end - at >= 6, at.pointee == 0x5C, at[1] == 0x75, let low = JSON.hex(at + 2),
            low >= 0xDC00,
            low <= 0xDFFF
        else { return nil }
        at += 6
        return (0x10000 &+ (unit &- 0xD800) &<< 10 &+ (low &- 0xDC00), false)
    }
}

extension Scratch {
    /// Writes text as it stands inside a string: at most 6 bytes for each of its own, and up to 15 behind them are touched.
    mutating func putEscaped(_ text: Bytes) {
        var at = text.start
        while at < text.end {
            let places = JSON.special(at)
            let count = places != 0 ? places.trailingZeroBitCount : 16
            Vector(at).store(end)
            end += min(count, text.end - at)
            at += count
            if at >= text.end || places == 0 { continue }
            let byte = at.pointee
            at += 1
            put(0x5C)
            if byte >= 0x20 {
                put(byte)
            } else {
                put("u00")
                put(0x30 | byte &>> 4)
                put(byte & 15 < 10 ? 0x30 | byte & 15 : 0x57 &+ byte & 15)
            }
        }
    }

    mutating func putString(_ text: Bytes) {
        put(0x22)
        putEscaped(text)
        put(0x22)
    }
}
