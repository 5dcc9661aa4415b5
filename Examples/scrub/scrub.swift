// scrub: hides what looks like a Social Security Number, or like another pattern, in a record's value and key.
//
// `pattern`: `#` is an ASCII digit, any other character itself; ###-##-####
// `mask`:    the character that takes a digit's place; *
// `keep`:    how many digits at a match's end stay; 0
// `key`:     scrub (default), keep, or drop for a null key
//
// Every match is masked, also one that begins inside another, so none is left. The text keeps its length and is scrubbed
// where it lies. A value or scrubbed key that isn't UTF-8 is an error of class malformed; null stays null.

enum Module: SluiceModule {
    enum Key { case scrub, keep, drop }
    enum Result { case clean, scrubbed, notText }

    /// Sixteen places: their characters, and for each all bits set or none.
    struct Block: BitwiseCopyable {
        var character = Vector(repeating: 0)
        var isDigit = Vector(repeating: 0)
        var isBeyond = Vector(repeating: 0)
        var isMasked = Vector(repeating: 0)
    }

    nonisolated(unsafe) static var pattern = Bytes("")
    /// Where the first character is that isn't a digit's place; nil if there is none.
    nonisolated(unsafe) static var anchor: Int? = nil
    /// Of each 16 places in the pattern.
    nonisolated(unsafe) static var blocks = List<Block>()
    nonisolated(unsafe) static var mask: UInt8 = 0
    nonisolated(unsafe) static var key = Key.scrub

    static func configure(_ parameters: Parameters) -> Refusal? {
        if let refusal = parameters.refusalOfUnknown(["pattern", "mask", "keep", "key"]) { return refusal }
        pattern = parameters["pattern"] ?? Bytes("###-##-####")
        guard pattern.count > 0, pattern.count <= 64 else { return Refusal("pattern", "must be 1 to 64 characters") }
        let character = parameters["mask"] ?? Bytes("*")
        guard character.count == 1, isPrintable(character[0]), !isDigit(character[0]) else {
            return Refusal("mask", "must be one ASCII character that is no digit")
        }
        mask = character[0]
        var digits = 0
        for index in 0..<pattern.count {
            let byte = pattern[index]
            guard isPrintable(byte) else { return Refusal("pattern", "must be ASCII") }
            guard byte != mask else { return Refusal("mask", "must not be in the pattern") }
            if byte == UInt8(ascii: "#") { digits &+= 1 } else if anchor == nil { anchor = index }
        }
        guard digits > 0 else { return Refusal("pattern", "must have a # for a digit") }
        guard let kept = (parameters["keep"] ?? Bytes("0")).number, kept < digits else {
            return Refusal("keep", "must be a number less than the pattern's digits")
        }
        setBlocks(maskedCount: digits &- kept)
        guard let what = parameters["key"], !(what == "scrub") else { return nil }
        key = what == "keep" ? .keep : .drop
        return what == "keep" || what == "drop" ? nil : Refusal("key", "must be scrub, keep or drop")
    }

    private static func setBlocks(maskedCount: Int) {
        blocks = List(capacity: 4)
        var left = maskedCount
        for start in stride(from: 0, to: pattern.count, by: 16) {
            var block = Block()
            for place in 0..<16 {
                let index = start &+ place
                guard index < pattern.count else {
                    block.isBeyond[place] = 0xFF
                    continue
                }
                block.character[place] = pattern[index]
                guard pattern[index] == UInt8(ascii: "#") else { continue }
                block.isDigit[place] = 0xFF
                if left > 0 { block.isMasked[place] = 0xFF }
                left &-= 1
            }
            _ = blocks.append(block)
        }
    }

    private static func isPrintable(_ byte: UInt8) -> Bool { byte >= 0x20 && byte <= 0x7E }

    static func transform(_ record: Record) {
        switch key {
        case .drop: record.removeKey()
        case .keep: break
        case .scrub:
            guard let key = record.key else { break }
            switch scrub(key) {
            case .clean: break
            case .scrubbed: record.replaceKey(key)
            case .notText: return record.fail(.malformed)
            }
        }
        guard let value = record.value else { return record.keepValue() }
        switch scrub(value) {
        case .clean: record.keepValue()
        case .scrubbed: record.replaceValue(value)
        case .notText: record.fail(.malformed)
        }
    }

    /// One pass looks for anchors and for bytes past ASCII; only a text that has some of those is walked as UTF-8. The loads
    /// may run past the text: into its neighbours or the slack behind the batch, which at worst costs that walk.
    private static func scrub(_ text: Bytes) -> Result {
        let place = anchor ?? 0
        let byte = anchor == nil ? nil : pattern[place]
        var seen = Vector(repeating: 0)
        var hasMatch = false
        var index = 0
        while index &+ 32 <= text.count {
            let low = places(text.start + index, byte, &seen)
            let found = low | places(text.start + index + 16, byte, &seen) &<< 16
            if found != 0, scrub(text, at: found, from: index &- place) { hasMatch = true }
            index &+= 32
        }
        while index < text.count {
            var found = places(text.start + index, byte, &seen)
            if text.count &- index < 16 { found &= 1 &<< UInt32(truncatingIfNeeded: text.count &- index) &- 1 }
            if found != 0, scrub(text, at: found, from: index &- place) { hasMatch = true }
            index &+= 16
        }
        if seen.highBits != 0, !text.isUTF8 { return .notText }
        return hasMatch ? .scrubbed : .clean
    }

    /// Where the anchor or, in a pattern without one, any digit stands in the 16 bytes at `text`; beyond ASCII is noted.
    @inline(__always)
    private static func places(_ text: UnsafeMutablePointer<UInt8>, _ anchor: UInt8?, _ seen: inout Vector) -> UInt32 {
        let bytes = Vector(text)
        seen = seen | bytes
        if let anchor { return bytes.equal(anchor).highBits }
        return digits(in: bytes).highBits
    }

    /// Tries the matches that would begin at the set bits of `found`, bit 0 being text[start].
    @inline(__always)
    private static func scrub(_ text: Bytes, at found: UInt32, from start: Int) -> Bool {
        var hasMatch = false
        var left = found
        while left != 0 {
            let place = start &+ left.trailingZeroBitCount
            if place >= 0, place &+ pattern.count <= text.count, maskMatch(text.start + place) { hasMatch = true }
            left &= left &- 1
        }
        return hasMatch
    }

    /// Masks the match that begins at `text`, which has room for one. False if there is none. Bytes behind it are written,
    /// too, as they were.
    @inline(__always)
    private static func maskMatch(_ text: UnsafeMutablePointer<UInt8>) -> Bool {
        for index in 0..<blocks.count {
            let bytes = Vector(text + 16 &* index)
            let block = blocks[index]
            let fits = block.isDigit.select(digits(in: bytes), bytes.equal(block.character))
            guard (fits | block.isBeyond).highBits == 0xFFFF else { return false }
        }
        for index in 0..<blocks.count {
            let bytes = Vector(text + 16 &* index)
            blocks[index].isMasked.select(Vector(repeating: mask), bytes).store(text + 16 &* index)
        }
        return true
    }

    @inline(__always)
    private static func digits(in text: Vector) -> Vector { (text - Vector(repeating: 0x30)).less(10) }
}
