// Reads schemas from standard input and writes Swift to standard output; `Scripts/generate-messages` calls it.
//
//     SchemaGenerator code NAME < NAME.kafka      the messages of one file
//     SchemaGenerator samples NAME < NAME.kafka   what fills them with seeded values, for the tests
//     SchemaGenerator table < all files           the table of supported APIs
//     SchemaGenerator cases < all files           the list of all messages, for the tests
//
// A schema error ends it by the uncaught error, which names the line.

var text: [String] = []
while let line = readLine() { text.append(line) }

let messages = try SchemaParser.parse(text)
let source = CommandLine.arguments.dropFirst(2).first ?? "Messages"
switch CommandLine.arguments.dropFirst().first {
case "code": print(CodeEmitter.file(messages, source: source), terminator: "")
case "samples": print(SampleEmitter.file(messages, source: source), terminator: "")
case "table": print(TableEmitter.apis(messages), terminator: "")
case "cases": print(TableEmitter.cases(messages), terminator: "")
default: throw SchemaError(line: 0, text: "expected code, samples, table or cases")
}
