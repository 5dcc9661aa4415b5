import ArgumentParser
import Foundation
import SwiftASN1
import X509

struct CertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cert", abstract: "Make a private authority and certificates, for trying TLS out.",
        subcommands: [CertAuthority.self, CertServer.self, CertClient.self])
}

/// Where certificates go, and for how long they are.
struct CertOptions: ParsableArguments {
    @Option(name: .long, help: "Folder of the files; is made.", completion: .directory)
    var directory = "./sluice-certs"

    @Option(name: .long, help: "Days that it is valid.")
    var days: Int?

    @Flag(name: .long, help: "Take the place of files that are there.")
    var force = false

    func validate() throws {
        if let days, !(1...7300).contains(days) { throw ValidationError("--days takes 1 to 7300.") }
    }
}

struct CertAuthority: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ca", abstract: "Make an authority: ca.pem, which others trust, and ca.key, which vouches.",
        discussion: """
            Whoever has ca.key can pass for any broker and any user: it stays with you. A certificate of an authority that was \
            replaced is trusted no more.

            Examples:
              sluice cert ca
              sluice cert ca --directory /etc/sluice/certs --name 'Trial CA' --days 30
            """)

    @Option(name: .long, help: "What the authority is called.")
    var name = "Sluice private CA"

    @OptionGroup var options: CertOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try CertFiles.checkCommonName(name)
    }

    func run() throws {
        let files = CertFiles(options, name: "ca")
        try files.prepare()
        let maker = CertificateMaker(now: Date(), days: options.days ?? 3650)
        let pair = try maker.make(.authority, name: name, issuer: nil)
        try files.write(pair)
        try files.show(pair, names: [], output.output) {
            "clients and brokers trust it by ssl.truststore.location=\(files.certificatePath)\n"
        }
    }
}

struct CertServer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server", abstract: "Make a broker's certificate, by the authority in the folder.",
        discussion: """
            It is for localhost, 127.0.0.1 and ::1, or for the names that --host gives instead: those that clients connect to.

            Examples:
              sluice cert server
              sluice cert server --host broker.example --host 10.0.0.7
            """)

    @Option(name: .long, help: "A DNS name or address that it is for; may be given again.")
    var host: [String] = []

    @Option(name: .long, help: "The files are NAME.pem and NAME.key.")
    var name = "server"

    @OptionGroup var options: CertOptions
    @OptionGroup var output: OutputOptions

    private var hosts: [String] { host.isEmpty ? ["localhost", "127.0.0.1", "::1"] : host }

    func validate() throws {
        try CertFiles.checkFileName(name)
        for host in host where !CertificateMaker.isServerName(host) {
            throw ValidationError("\"\(Table.printable(host))\" is no DNS name or address.")
        }
    }

    func run() throws {
        let files = CertFiles(options, name: name)
        try files.prepare()
        let issuer = try files.authority()
        let maker = CertificateMaker(now: Date(), days: options.days ?? 365)
        // What a common name can hold; clients look at the other names.
        let common = hosts.first { $0.utf8.count <= CertFiles.commonNameMax } ?? "sluice"
        let pair = try maker.make(.server(hosts), name: common, issuer: issuer)
        try files.write(pair)
        try files.show(pair, names: hosts, output.output) { "" }
    }
}

struct CertClient: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Make a user's certificate, by the authority in the folder.",
        discussion: """
            A broker that asks for client certificates knows who shows it as User:CN=NAME, or as its \
            ssl.principal.mapping.rules make of that.

            Examples:
              sluice cert client alice
              sluice cert client alice --days 30 --force
            """)

    @Argument(help: "Name of the user: its files are NAME.pem and NAME.key.")
    var name: String

    @OptionGroup var options: CertOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try CertFiles.checkFileName(name)
        try CertFiles.checkCommonName(name)
    }

    func run() throws {
        let files = CertFiles(options, name: name)
        try files.prepare()
        let issuer = try files.authority()
        let maker = CertificateMaker(now: Date(), days: options.days ?? 365)
        let pair = try maker.make(.client, name: name, issuer: issuer)
        try files.write(pair)
        try files.show(pair, names: [], output.output) {
            "its settings: ssl.certificate.location=\(files.certificatePath) ssl.key.location=\(files.keyPath)\n"
        }
    }
}
