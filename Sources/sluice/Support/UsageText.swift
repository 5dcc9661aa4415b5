import ArgumentParser

/// One line for a command line that can't be read: what is wrong, and where to look.
enum UsageText {
    static func failure(_ message: String, _ arguments: [String]) -> CommandFailure {
        var path = ["sluice"]
        var command: any ParsableCommand.Type = Sluice.self
        var rest = arguments[...]
        while let word = rest.first {
            guard let next = command.configuration.subcommands.first(where: { name(of: $0) == word }) else { break }
            command = next
            path.append(word)
            rest = rest.dropFirst()
        }
        let names = command.configuration.subcommands.map(name)
        // The parser lists choices on lines of their own.
        var text = message.split { $0.isWhitespace }.joined(separator: " ").replacing(" - ", with: " ")
        if text.last == "." { text.removeLast() }
        if let word = rest.first, !word.hasPrefix("-"), !names.isEmpty {
            let near = Suggestion.nearest(to: word, among: names)
            text = "\(path.joined(separator: " ")) has no command \(Table.printable(word))"
            if let near { return CommandFailure(.usage, text, hint: "did you mean \(near)?") }
        }
        return CommandFailure(.usage, text, hint: "`\(path.joined(separator: " ")) --help` shows how")
    }

    private static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? ""
    }
}
