import ArgumentParser
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

enum ModuleLanguage: String, ExpressibleByArgument, CaseIterable, Sendable {
    case c, swift
}

struct ModuleNew: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Make a folder with the sources of a new module.",
        discussion: """
            The folder holds a module that masks digits, the SDK, a Makefile and records to try it on.

            Examples:
              sluice module new mask-cards
              sluice module new mask-cards --language swift
              cd mask-cards && make test
            """)

    @Argument(help: "Name of the module: a-z, 0-9, '.', '_' and '-'.")
    var name: String

    @Option(name: .long, help: "Language: c or swift (Embedded Swift).")
    var language: ModuleLanguage = .c

    @Option(name: .long, help: "Folder to make. Default: the module's name.", completion: .directory)
    var directory: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard Self.isName(name) else {
            throw ValidationError(
                "\"\(name)\" is no name: a-z, 0-9, '.', '_' and '-', at most 100, a letter or digit first.")
        }
    }

    /// As the broker takes them (policy records, §2).
    static func isName(_ name: String) -> Bool {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
        return (1...100).contains(name.utf8.count) && name.utf8.first.map(letters.contains) ?? false
            && name.utf8.allSatisfy { letters.contains($0) || "._-".utf8.contains($0) }
            && !["raw", "deny", "none", "any"].contains(name)
    }

    func run() throws {
        let folder = directory ?? name
        guard unsafe mkdir(folder, 0o777) == 0 else {
            let error = Errno(rawValue: errno)
            guard error == .fileExists else {
                throw CommandFailure(.failed, "can't make the folder \(folder): \(error)")
            }
            throw CommandFailure(.exists, "\(folder) is there already", hint: "name another with --directory")
        }
        let files = ModuleTemplate.files(of: language, name: name)
        for file in files { try FileWriter.write(Array(file.text.utf8), to: "\(folder)/\(file.name)") }
        let json: JSON = [
            "module": .string(name), "directory": .string(folder), "language": .string(language.rawValue),
            "files": .array(files.map { .string($0.name) }),
        ]
        try Output.show(output.output, json: json) {
            "made \(folder): \(files.map(\.name).joined(separator: ", "))\n`make test` there builds it and tries it\n"
        }
    }
}
