// narrow: of a JSON object, the fields of an allow-list are left, byte for byte; what the list doesn't name isn't sent.
//
// `fields`: paths, comma-separated, each of names with dots between them: `account,address.city`. A path goes through arrays
//           to each of their objects. A comma, dot or backslash in a name has a backslash before it.
// `key`:    keep (default), or drop for a null key
//
// The object is narrowed where it lies: what is kept only moves to the left.

enum Module: SluiceModule {
    /// A path's names: those from `first` on.
    struct Path: BitwiseCopyable {
        var first: Int
        var count: Int
    }

    static let pathsMax = 64
    static let levelsMax = 16
    static let namesBytesMax = 4096
    static let nestingMax = 64

    nonisolated(unsafe) static var paths = List<Path>()
    nonisolated(unsafe) static var names = List<Bytes>()
    nonisolated(unsafe) static var dropsKey = false

    static func configure(_ parameters: Parameters) -> Refusal? {
        if let refusal = parameters.refusalOfUnknown(["fields", "key"]) { return refusal }
        guard let drops = parameters.dropsKey else { return Parameters.keyRefusal }
        dropsKey = drops
        guard let fields = parameters["fields"] else { return Refusal("fields", "is missing", .missingParameter) }
        guard fields.count <= namesBytesMax, var text = Memory.allocate(UInt(namesBytesMax)) else {
            return Refusal("fields", "has more than 4096 bytes")
        }
        paths = List(capacity: pathsMax)
        names = List(capacity: pathsMax * levelsMax)
        var list = NameList(rest: fields)
        while true {
            var path = Path(first: names.count, count: 0)
            if paths.count == pathsMax { return Refusal("fields", "has more than 64 paths") }
            var stop: UInt8?
            repeat {
                if path.count == levelsMax { return Refusal("fields", "has a path of more than 16 names") }
                let name = list.next(stops: ".,", to: text)
                if name.count == 0 || !names.append(name) { return Refusal("fields", "has an empty name") }
                path.count &+= 1
                text = name.end
                stop = list.takeStop()
            } while stop == UInt8(ascii: ".")
            _ = paths.append(path)
            if stop == nil { return nil }
        }
    }

    static func transform(_ record: Record) {
        if dropsKey { record.removeKey() }
        guard let value = record.value else { return record.keepValue() }
        var json = JSON(value)
        guard value.isUTF8, json.space() else { return record.fail(.malformed) }
        guard json.byte == UInt8(ascii: "{") else {
            return record.fail(json.skip() && json.finish() ? .unsupported : .malformed)
        }
        let all = paths.count == pathsMax ? UInt64.max : (1 &<< UInt64(paths.count)) &- 1
        var narrower = Narrower(json: json, out: value.start)
        guard narrower.narrow(all, level: 0, depth: 0), narrower.json.finish() else { return record.fail(.malformed) }
        if narrower.out == value.end { return record.keepValue() }  // nothing had to go
        record.replaceValue(Bytes(value.start, upTo: narrower.out))
    }

    /// The paths among `alive` whose name at `level` is `name`, and whether one of them ends here.
    static func follow(_ alive: UInt64, _ level: Int, _ name: Bytes) -> (paths: UInt64, whole: Bool) {
        var found: UInt64 = 0
        var whole = false
        var left = alive
        while left != 0 {
            let path = paths[left.trailingZeroBitCount]
            if name.isJSON(names[path.first &+ level]) {
                found |= left & (0 &- left)
                if path.count == level &+ 1 { whole = true }
            }
            left &= left &- 1
        }
        return (found, whole)
    }
}

/// Walks a value and writes what is left of it over it.
struct Narrower {
    var json: JSON
    /// Never ahead of the cursor.
    var out: UnsafeMutablePointer<UInt8>

    /// Writes what the paths `alive` lead to in the object or array at the cursor. False if malformed.
    mutating func narrow(_ alive: UInt64, level: Int, depth: Int) -> Bool {
        guard depth < Module.nestingMax else { return false }
        let open = json.byte
        let close = open &+ 2
        let isObject = open == UInt8(ascii: "{")
        var isFirst = true
        put(open)
        var item = json.enter(open)
        while item != .end {
            guard item == .item else { return false }
            let start = json.at
            var found = (paths: alive, whole: false)
            var nameEnd = start
            if isObject {
                guard let name = json.name() else { return false }
                found = Module.follow(alive, level, name)
                nameEnd = name.end + 1
            }
            let value = json.at
            let isOpen = json.byte == UInt8(ascii: "{") || json.byte == UInt8(ascii: "[")
            if found.paths == 0 || (!found.whole && !isOpen) {
                guard json.skip() else { return false }
            } else {
                if !isFirst { put(UInt8(ascii: ",")) }
                isFirst = false
                if isObject {
                    move(Bytes(start, upTo: nameEnd))
                    put(UInt8(ascii: ":"))
                }
                if found.whole {
                    guard json.skip() else { return false }
                    move(Bytes(value, upTo: json.at))
                } else {
                    let inner = isObject ? level &+ 1 : level
                    guard narrow(found.paths, level: inner, depth: depth &+ 1) else { return false }
                }
            }
            item = json.next(close)
        }
        put(close)
        return true
    }

    private mutating func put(_ byte: UInt8) {
        out.pointee = byte
        out += 1
    }

    /// Moves bytes to the left, to `out`.
    private mutating func move(_ bytes: Bytes) {
        var from = bytes.start
        if bytes.count > 64, from != out {
            UnsafeMutableRawPointer(out).copyMemory(from: from, byteCount: bytes.count)
            out += bytes.count
        } else if from == out {
            out = bytes.end
        } else {
            while bytes.end - from >= 16 {
                Vector(from).store(out)
                out += 16
                from += 16
            }
            while from < bytes.end {
                put(from.pointee)
                from += 1
            }
        }
    }
}
