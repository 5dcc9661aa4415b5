/// The files of a new module. Their text is that of Examples, embedded by Scripts/embed-templates.
enum ModuleTemplate {
    struct File: Sendable {
        var name: String
        /// Where the text comes from, in the repository.
        var source: String
        var text: String
    }

    static func files(of language: ModuleLanguage) -> [File] {
        switch language {
        case .c: cFiles
        case .swift: swiftFiles
        }
    }

    /// With the module's name where the template says MODULE.
    static func files(of language: ModuleLanguage, name: String) -> [(name: String, text: String)] {
        files(of: language).map { file in
            // The SDK says the same for every module, and SLUICE_MODULE is a name of it.
            let isSDK = file.source.hasPrefix("Examples/sdk/")
            let text = file.text.split(separator: "SLUICE_MODULE", omittingEmptySubsequences: false)
                .map { $0.replacing("MODULE", with: name) }.joined(separator: "SLUICE_MODULE")
            return (file.name.replacing("MODULE", with: name), isSDK ? file.text : text)
        }
    }
}
