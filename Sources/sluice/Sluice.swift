import ArgumentParser
import KafkaClient
import WasmRuntime

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The one executable: the broker and the commands that look after it.
@main
struct Sluice: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract: "A Kafka-protocol broker with WebAssembly views between topic and consumer group.",
        discussion: """
            A first tour:
              sluice serve
              sluice topic create accounts
              sluice produce accounts < account.json
              sluice module deploy scrub-ssn scrub-ssn.wasm
              sluice view set --group email-app --topic accounts scrub-ssn
              kcat -b localhost:9092 -G email-app accounts   # what the view lets through
              sluice consume accounts -B                     # raw: you are the admin

            Commands speak to the broker of the local data folder (./sluice-data, or --data) as its admin, \
            or to any broker with -b HOST:PORT, there as the user of --command-config or $SLUICE_USER.

            Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 refused by the broker, \
            5 no broker answers, 6 exists already, 130 interrupted.
            """,
        version: version,
        subcommands: [
            ServeCommand.self, TopicCommand.self, ProduceCommand.self, ConsumeCommand.self, ModuleCommand.self,
            ViewCommand.self, GroupCommand.self, UserCommand.self, AclCommand.self, QuotaCommand.self,
            CertCommand.self, ConfigCommand.self,
            LogCommand.self, StatusCommand.self, BenchCommand.self, CompletionsCommand.self, CompleteCommand.self,
        ])

    static let version = "0.1.0"

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        // How the broker starts its compiler, in a process that may be killed. Nothing for people, so no subcommand.
        if arguments.first == "compile-module" {
            Glibc.exit(CompileChild.main(arguments: Array(arguments.dropFirst())))
        }
        Glibc.exit(await run(arguments).rawValue)
    }

    /// Runs the command that the arguments name and says on standard error what went wrong.
    static func run(_ arguments: [String]) async -> CommandStatus {
        // A reader that goes away is seen as an error of the write, not as the end of the process.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return .done
        } catch {
            return report(error, arguments)
        }
    }

    private static func report(_ error: any Error, _ arguments: [String] = []) -> CommandStatus {
        switch error {
        case is OutputClosed:
            return .done
        case let failure as CommandFailure:
            Output.note("sluice: \(failure)")
            return failure.status
        case let error as KafkaClientError:
            return report(CommandFailure(error))
        default:
            break
        }
        switch exitCode(for: error) {
        case .success:
            // Help and version are what was asked for.
            do { try Output.line(fullMessage(for: error)) } catch { return report(error) }
            return .done
        case .validationFailure:
            return report(UsageText.failure(message(for: error), arguments))
        default:
            return report(CommandFailure(.failed, "\(error)"))
        }
    }
}
