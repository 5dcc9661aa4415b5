import ArgumentParser

/// What a shell offers for names: it asks the broker of the data folder, or of $SLUICE_BOOTSTRAP. Where none answers in a
/// second it offers nothing.
enum Completions {
    static let topics = names("topics")
    static let groups = names("groups")
    static let modules = names("modules")
    static let views = names("views")
    static let users = names("users")

    private static func names(_ kind: String) -> CompletionKind {
        .shellCommand("sluice complete \(kind) 2>/dev/null")
    }
}
