import KafkaMessages
import Metering

/// Requests by API and by the error of their answer, and how long they took. The labels are known when the program is
/// built, so counting one is two additions in tables.
final class RequestMeter: Sendable {
    /// The error that stands for a request that was not answered: its connection was closed.
    static let closedLabel = "CONNECTION_CLOSED"
    /// Codes −1 to 158, one for all others, one for requests that were not answered.
    private static let errorCount = 162
    private static let otherError = errorCount - 2
    private static let closed = errorCount - 1

    private let counts = CounterTable(count: SupportedApis.all.count * errorCount)
    private let seconds: [Histogram] = SupportedApis.all.map { _ in Histogram(.requests) }
    /// Of each API key, its place in the table.
    private let places: [Int]

    init() {
        var places = [Int](repeating: 0, count: 128)
        for (index, api) in SupportedApis.all.enumerated() { places[Int(api.apiKey.rawValue)] = index }
        self.places = places
    }

    /// `error`: the first of the answer.
    func answered(_ api: ApiKey, _ error: ErrorCode, nanoseconds: Int64) {
        let place = places[Int(api.rawValue)]
        let index = Int(error.rawValue) + 1
        counts.add(place * Self.errorCount + (0..<Self.otherError ~= index ? index : Self.otherError))
        seconds[place].record(nanoseconds: nanoseconds)
    }

    func closed(_ api: ApiKey) {
        counts.add(places[Int(api.rawValue)] * Self.errorCount + Self.closed)
    }

    func write(to page: inout MetricsPage) {
        page.write(BrokerMetric.requests) { family in
            for (place, api) in SupportedApis.all.enumerated() {
                for index in 0..<Self.errorCount {
                    let count = counts[place * Self.errorCount + index]
                    if count > 0 { family.add([api.name, Self.label(index)], count) }
                }
            }
        }
        page.write(BrokerMetric.requestSeconds) { family in
            for (place, api) in SupportedApis.all.enumerated() where seconds[place].count > 0 {
                family.add([api.name], seconds[place])
            }
        }
    }

    private static func label(_ index: Int) -> String {
        switch index {
        case closed: closedLabel
        case otherError: "OTHER"
        default: ErrorCode(rawValue: Int16(index - 1)).description
        }
    }
}
