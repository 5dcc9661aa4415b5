// MODULE: what a reader sees in place of each record. As it stands, every digit of the value is masked.

enum Module: SluiceModule {
    /// What takes the place of a digit.
    nonisolated(unsafe) static var mask = UInt8(ascii: "*")

    /// Takes the view's parameters, before any record. Without it, a module takes none.
    static func configure(_ parameters: Parameters) -> Refusal? {
        if let refusal = parameters.refusalOfUnknown(["mask"]) { return refusal }
        guard let text = parameters["mask"] else { return nil }
        guard text.count == 1 else { return Refusal("mask", "must be one byte") }
        mask = text[0]
        return nil
    }

    /// Decides about a record: keep, drop, fail, or replace some of it. A record of which nothing is said is an error, so
    /// that forgetting one can't leak it. The record may be changed where it lies.
    static func transform(_ record: Record) {
        guard let value = record.value else { return record.keep() }  // null
        var hasDigit = false
        for index in 0..<value.count where isDigit(value[index]) {
            value[index] = mask
            hasDigit = true
        }
        if hasDigit {
            record.replaceValue(value)
        } else {
            record.keep()
        }
    }
}
