import ArgumentParser

/// `NAME=VALUE` on the command line.
struct KeyValueArgument: ExpressibleByArgument, Sendable, Equatable {
    var name: String
    var value: String

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
        name = String(argument[..<equals])
        value = String(argument[argument.index(after: equals)...])
    }
}
