import ArgumentParser
import KafkaClient
import Scram

struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Add, list and delete users who log in with a password.",
        subcommands: [UserAdd.self, UserList.self, UserDelete.self])
}

/// A SCRAM mechanism on the command line.
struct MechanismArgument: ExpressibleByArgument, Sendable {
    let value: ScramMechanism

    init?(argument: String) {
        guard let value = ScramMechanism(name: argument.uppercased()) else { return nil }
        self.value = value
    }

    static var allValueStrings: [String] { ScramMechanism.allCases.map(\.name) }
}

/// The user that a command is about.
struct UserArgument: ParsableArguments {
    @Argument(help: "Name of the user, as in alice: its principal is User:alice.", completion: Completions.users)
    var name: String

    func validate() throws {
        guard !name.hasPrefix("User:") else {
            throw ValidationError("A user is named without User:, as in \(Table.printable(String(name.dropFirst(5)))).")
        }
        guard !name.isEmpty, name.utf8.count <= 255 else { throw ValidationError("A user's name has 1 to 255 bytes.") }
    }
}

struct UserAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a user, or give one another password.",
        discussion: """
            The password is asked for on the terminal, or comes from a file or standard input; a command line would show it \
            to everybody on the machine. What is sent to the broker is salted and hashed. --generate makes one, and \
            prints it once or writes it to a file.

            Examples:
              sluice user add alice                            # asks
              sluice user add alice --password-file alice.txt
              pass show kafka/alice | sluice user add alice --password-stdin
              sluice user add robot --generate
              sluice user add robot --generate --password-file robot.txt
              sluice user add alice --replace                  # another password
            """)

    @OptionGroup var user: UserArgument

    @Option(name: .long, help: "The password is in this file, or with --generate goes there.", completion: .file())
    var passwordFile: String?

    @Flag(name: .long, help: "The password is all of standard input.")
    var passwordStdin = false

    @Flag(name: .long, help: "Make a password.")
    var generate = false

    @Option(
        name: .long,
        help: "SCRAM-SHA-256 or SCRAM-SHA-512; may be given again. Default: both, so that any client will do.")
    var mechanism: [MechanismArgument] = []

    @Option(name: .long, help: "How often the password is hashed, 4096 to 16384.")
    var iterations: Int32 = 4096

    @Flag(name: .long, help: "Give a user who is there another password.")
    var replace = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        let limits = ScramCredential.iterations
        guard limits.contains(iterations) else {
            throw ValidationError("--iterations takes \(limits.lowerBound) to \(limits.upperBound).")
        }
        guard !passwordStdin || (passwordFile == nil && !generate) else {
            throw ValidationError("--password-stdin, --password-file and --generate name several passwords; give one.")
        }
        if generate, passwordFile == nil, output.output == .json {
            throw ValidationError("JSON never holds a password: --generate needs --password-file there.")
        }
    }

    private var mechanisms: [ScramMechanism] {
        ScramMechanism.allCases.filter { mechanism.isEmpty || mechanism.map(\.value).contains($0) }
    }

    func run() async throws {
        // Before a password is asked for or made: nobody should type one in vain.
        if generate, let passwordFile, try FileWriter.exists(passwordFile) {
            throw CommandFailure(.exists, "\(passwordFile) is there already", hint: "name another file")
        }
        let replaced = try await connection.withCluster { cluster in
            let admin = AdminClient(cluster)
            let stored = try await admin.userCredentials(of: user.name)
            guard stored.isEmpty || replace else {
                throw CommandFailure(
                    .exists, "user \(user.name) is there already", hint: "--replace sets another password")
            }
            let password = try password()
            let credentials = mechanisms.map {
                ScramCredential($0, password: password.bytes, iterations: iterations)
            }
            // A password in a file that nobody got is better than a user whose password is lost.
            if generate, let passwordFile {
                try FileWriter.write(Array("\(password.text)\n".utf8), to: passwordFile, isSecret: true)
            }
            // With another password the old one must be gone, whatever it was hashed by.
            let old = stored.map(\.mechanism).filter { !mechanisms.contains($0) }
            try await admin.setCredentials(of: user.name, credentials, removing: old)
            if generate, passwordFile == nil { try Output.line(password.text) }
            return !stored.isEmpty
        }
        try report(replaced)
    }

    private func password() throws(CommandFailure) -> Password {
        if generate { return Password.generated() }
        if let passwordFile { return try Password(file: passwordFile) }
        if passwordStdin { return try Password.standardInput() }
        guard Terminal.standardInputIsTerminal, Output.capture == nil else {
            throw CommandFailure(
                .usage, "there is no terminal to ask for a password on",
                hint: "give --password-file, --password-stdin or --generate")
        }
        return try PasswordPrompt.new(for: user.name)
    }

    private func report(_ replaced: Bool) throws {
        let names = mechanisms.map(\.name)
        let done =
            "\(replaced ? "replaced the password of" : "added") user \(Table.printable(user.name)): \(names.joined(separator: ", "))"
        // Where the password itself is printed, it stands alone on standard output.
        if generate, passwordFile == nil {
            Output.note("\(done); the password is printed this once")
            return
        }
        let json: JSON = [
            "iterations": JSON(iterations), "mechanisms": .array(names.map { .string($0) }),
            "replaced": .bool(replaced),
            "user": .string(user.name),
        ]
        try Output.show(output.output, json: json) { "\(done)\n" }
    }
}

struct UserList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the users who can log in with a password.",
        discussion: """
            Examples:
              sluice user list
              sluice user list --output json
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let credentials = try await connection.withCluster { cluster in
            try await AdminClient(cluster).userCredentials()
        }
        try Output.show(output.output, json: Self.json(credentials)) {
            var table = Table("USER", "MECHANISM", ">ITERATIONS")
            for credential in credentials {
                table.add(credential.user, credential.mechanism.name, String(credential.iterations))
            }
            return table.isEmpty ? "no users; `sluice user add NAME` makes one\n" : table.text
        }
    }

    private static func json(_ credentials: [AdminClient.UserCredential]) -> JSON {
        let users = Dictionary(grouping: credentials, by: \.user).sorted { $0.key < $1.key }.map { user, own -> JSON in
            let list = own.map { credential -> JSON in
                ["iterations": JSON(credential.iterations), "mechanism": .string(credential.mechanism.name)]
            }
            return ["credentials": .array(list), "user": .string(user)]
        }
        return ["users": .array(users)]
    }
}

struct UserDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a user's passwords: nobody logs in as it any more.",
        discussion: """
            ACLs and bindings that name the user stay: one that is added again under the name has them.

            Examples:
              sluice user delete alice          # asks
              sluice user delete alice --yes
              sluice user delete alice --mechanism SCRAM-SHA-256
            """)

    @OptionGroup var user: UserArgument

    @Option(name: .long, help: "Only for this mechanism; may be given again.")
    var mechanism: [MechanismArgument] = []

    @Flag(name: .long, help: "Don't ask.")
    var yes = false

    @Flag(name: .long, help: "Succeed if there is no such user.")
    var ifExists = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        guard yes || Terminal.confirms("Delete user \(user.name)?") else {
            throw CommandFailure(.refused, "user \(user.name) was not deleted", hint: "--yes deletes without asking")
        }
        let deleted = try await connection.withCluster { cluster in
            let admin = AdminClient(cluster)
            let all = try await admin.userCredentials()
            let own = all.filter { $0.user == user.name }.map(\.mechanism)
            let wanted = own.filter { mechanism.isEmpty || mechanism.map(\.value).contains($0) }
            guard !wanted.isEmpty else {
                guard !ifExists else { return wanted }
                throw missing(own, among: all)
            }
            try await admin.deleteCredentials(of: user.name, wanted)
            return wanted
        }
        let json: JSON = ["deleted": .array(deleted.map { .string($0.name) }), "user": .string(user.name)]
        try Output.show(output.output, json: json) {
            deleted.isEmpty
                ? "there is no user \(Table.printable(user.name))\n"
                : "deleted user \(Table.printable(user.name)): \(deleted.map(\.name).joined(separator: ", "))\n"
        }
    }

    private func missing(_ own: [ScramMechanism], among all: [AdminClient.UserCredential]) -> CommandFailure {
        guard own.isEmpty else {
            return CommandFailure(
                .notFound,
                "user \(user.name) has no password by \(mechanism.map(\.value.name).joined(separator: ", "))",
                hint: "`sluice user list` shows what there is")
        }
        let near = Suggestion.nearest(to: user.name, among: Set(all.map(\.user)).sorted())
        return CommandFailure(
            .notFound, "there is no user \(user.name)",
            hint: near.map { "did you mean \($0)?" } ?? "`sluice user list` shows who there is")
    }
}
