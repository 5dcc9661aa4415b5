import Glibc
import WasmRuntime

// What `sluice compile-module` does, for the tests of the compile child.
exit(CompileChild.main(arguments: Array(CommandLine.arguments.dropFirst())))
