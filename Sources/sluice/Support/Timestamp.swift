/// Reads times that people write.
enum Timestamp {
    /// Milliseconds since 1970 of an ISO 8601 time: `YYYY-MM-DD`, then perhaps `THH:MM`, `:SS`, `.sss`, then perhaps `Z`
    /// or an offset such as `+02:00`. Without one it is UTC. nil: it is none, or no such day or time exists.
    static func milliseconds(iso8601 text: String) -> Int64? {
        var rest = Array(text.utf8)[...]
        guard let year = number(&rest, digits: 4), skip(&rest, "-"), let month = number(&rest, digits: 2),
            skip(&rest, "-"), let day = number(&rest, digits: 2), let days = days(year, month, day)
        else { return nil }
        var ms = days * 86_400_000
        guard !rest.isEmpty else { return ms }
        guard skip(&rest, "T") || skip(&rest, "t") || skip(&rest, " "), let time = timeOfDay(&rest) else { return nil }
        ms += time
        if rest.isEmpty || (skip(&rest, "Z") && rest.isEmpty) { return ms }
        let isWest = rest.first == UInt8(ascii: "-")
        guard skip(&rest, "+") || skip(&rest, "-"), let hours = number(&rest, digits: 2), hours < 24 else { return nil }
        _ = skip(&rest, ":")
        guard let minutes = number(&rest, digits: 2), minutes < 60, rest.isEmpty else { return nil }
        let offset = (hours * 60 + minutes) * 60_000
        return isWest ? ms + offset : ms - offset
    }

    /// Milliseconds of an ISO 8601 duration of weeks, days, hours, minutes and seconds: `P7D`, `PT1H30M`, `P1DT12H`, `P2W`. nil: it
    /// is none, or longer than 10,000 years.
    static func milliseconds(duration text: String) -> Int64? {
        var rest = Array(text.utf8)[...]
        guard skip(&rest, "P"), !rest.isEmpty else { return nil }
        var units: [(letter: Unicode.Scalar, ms: Int64)] = [("W", 604_800_000), ("D", 86_400_000)]
        var sum: Int64 = 0
        var isTime = false
        while !rest.isEmpty {
            if !isTime, skip(&rest, "T") {
                units = [("H", 3_600_000), ("M", 60_000), ("S", 1_000)]
                isTime = true
                guard !rest.isEmpty else { return nil }
            }
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            rest = rest.dropFirst(digits.count)
            guard let value = Int64(String(decoding: digits, as: UTF8.self)), value <= 4_000_000_000,
                let index = units.firstIndex(where: { rest.first == UInt8(ascii: $0.letter) })
            else { return nil }
            rest = rest.dropFirst()
            let (product, overflows) = value.multipliedReportingOverflow(by: units[index].ms)
            guard !overflows, product <= 316_000_000_000_000 else { return nil }
            sum += product
            // Larger units come first.
            units.removeFirst(index + 1)
        }
        return sum
    }

    private static func timeOfDay(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        guard let hour = number(&rest, digits: 2), hour < 24, skip(&rest, ":"),
            let minute = number(&rest, digits: 2), minute < 60
        else { return nil }
        var ms = (hour * 60 + minute) * 60_000
        guard skip(&rest, ":") else { return ms }
        guard let second = number(&rest, digits: 2), second < 60 else { return nil }
        ms += second * 1_000
        guard skip(&rest, ".") else { return ms }
        var scale: Int64 = 100
        var count = 0
        while let digit = number(&rest, digits: 1) {
            // Digits below a millisecond are let go.
            ms += digit * scale
            scale /= 10
            count += 1
        }
        return count > 0 ? ms : nil
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, digits: Int) -> Int64? {
        guard rest.count >= digits else { return nil }
        var value: Int64 = 0
        for byte in rest.prefix(digits) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        rest = rest.dropFirst(digits)
        return value
    }

    private static func skip(_ rest: inout ArraySlice<UInt8>, _ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// Days since 1970 in the Gregorian calendar, counted in years that begin in March, so that the leap day is the last.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64? {
        guard year > 0, (1...12).contains(month) else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...lengths[Int(month) - 1]).contains(day) else { return nil }
        let march = month > 2 ? year : year - 1
        let (era, yearOfEra) = (march / 400, march % 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
