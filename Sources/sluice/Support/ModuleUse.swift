import Views

/// Who uses a version of a module.
struct ModuleUse: Equatable {
    /// Views that have it as a step, in order.
    var views: [VersionedName]
    /// Bindings and defaults that name one of those views, as text.
    var rules: [String]

    init(of module: VersionedName, _ state: PolicyState) {
        let views = state.views.filter { _, view in
            !view.isDeleted && view.target.definition.steps.contains { $0.module == module }
        }.keys.sorted()
        self.views = views
        rules = PolicyText.rules(naming: views.contains, state)
    }

    var json: [String: JSON] {
        ["views": .array(views.map { .string("\($0)") }), "rules": .array(rules.map { .string($0) })]
    }
}

/// Finds the versions of a module that a command names.
enum ModuleLookup {
    /// - Parameter text: NAME for every version that isn't deleted, or NAME@VERSION.
    /// - Returns: in order of the versions, at least one.
    static func versions(_ text: String, _ state: PolicyState) throws(CommandFailure) -> [ModuleVersion] {
        let versioned = VersionedName(text)
        let name = versioned?.name ?? Name(text)
        let known = (state.modules[name] ?? [:]).values.filter { !$0.isDeleted }.sorted { $0.name < $1.name }
        guard !known.isEmpty else {
            let names = state.modules.filter { $0.value.values.contains { !$0.isDeleted } }.keys.map(\.string)
            let near = Suggestion.nearest(to: name.string, among: names)
            throw CommandFailure(
                .notFound, "there is no module \(Table.printable(name.string))",
                hint: near.map { "did you mean \($0)?" } ?? "`sluice module list` shows what there is")
        }
        guard let versioned else { return known }
        let found = known.filter { $0.name == versioned }
        guard !found.isEmpty else {
            let versions = known.map { "\($0.name.version)" }.joined(separator: ", ")
            throw CommandFailure(
                .notFound, "module \(name) has no version \(versioned.version)", hint: "there is \(versions)")
        }
        return found
    }
}
