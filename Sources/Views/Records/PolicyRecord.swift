/// A record of `__sluice_modules` or `__sluice_views`, as sent or as stored.
public struct PolicyRecord: Sendable, Equatable {
    public struct Header: Sendable, Equatable {
        public var key: String
        public var value: [UInt8]?

        public init(_ key: String, _ value: [UInt8]?) {
            self.key = key
            self.value = value
        }

        public init(_ key: String, _ value: String) {
            self.init(key, Array(value.utf8))
        }
    }

    public var key: [UInt8]?
    public var value: [UInt8]?
    public var headers: [Header]

    public init(key: [UInt8]?, value: [UInt8]?, headers: [Header] = []) {
        self.key = key
        self.value = value
        self.headers = headers
    }

    /// The text of a header; nil if there is none or it isn't UTF-8.
    func text(of header: String) -> String? {
        guard let value = headers.first(where: { $0.key == header })?.value else { return nil }
        return String(validating: value, as: UTF8.self)
    }

    /// What the writer saw, from `if-version`; nil: it doesn't say.
    func expectedVersion() throws(PolicyRefusal) -> UInt64? {
        guard headers.contains(where: { $0.key == "if-version" }) else { return nil }
        guard let text = text(of: "if-version"), let version = UInt64(text), String(version) == text else {
            throw PolicyRefusal("header if-version must be a decimal number")
        }
        return version
    }
}

/// Who changes the policy, and when.
public struct PolicyAuthor: Sendable, Equatable {
    public var principal: Principal
    /// Milliseconds since 1970, UTC.
    public var timestamp: Int64

    public init(principal: Principal, timestamp: Int64) {
        self.principal = principal
        self.timestamp = timestamp
    }

    /// `2026-01-31T12:00:00.000Z`.
    public static func text(of timestamp: Int64) -> String {
        // Out of the years 0 to 9999 there is no such text; no clock gives it.
        let clamped = max(-62_167_219_200_000, min(timestamp, 253_402_300_799_999))
        let (days, milliseconds) = divide(clamped, 86_400_000)
        // Days to civil date, after Howard Hinnant's algorithm: years begin in March, eras have 146,097 days.
        let shifted = days + 719_468
        let (era, dayOfEra) = divide(shifted, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func digits(_ value: Int64, _ count: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        let time =
            "\(digits(milliseconds / 3_600_000, 2)):\(digits(milliseconds / 60_000 % 60, 2)):"
            + "\(digits(milliseconds / 1_000 % 60, 2)).\(digits(milliseconds % 1_000, 3))"
        return "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))T\(time)Z"
    }

    private static func divide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let quotient = value >= 0 ? value / divisor : (value - divisor + 1) / divisor
        return (quotient, value - quotient * divisor)
    }
}
