// swift-tools-version: 6.2

import PackageDescription

/// Swift 6 language mode with everything that makes the compiler stricter; a warning is an error.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableExperimentalFeature("Lifetimes"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// Tests leave out strict memory safety and import visibility, which only make them longer.
let testing: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
]

func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: testing)
}

func tool(
    _ name: String, path: String? = nil, exclude: [String] = [], _ dependencies: [Target.Dependency]
) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: path, exclude: exclude, swiftSettings: strict)
}

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "sluice",
    products: [
        .executable(name: "sluice", targets: ["sluice"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        // C: the codecs of Debian, the Wasm engine's function table, checksums and system calls.
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CSnappy", providers: [.apt(["libsnappy-dev"])]),
        .systemLibrary(name: "CLZ4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CWasmtime", linkerSettings: [.linkedLibrary("dl")]),
        .target(name: "CSluice"),

        // The rooms, from the bytes up. Imports point one way: see Docs/architecture.md.
        room("Metering", []),
        room("Scram", [crypto]),
        room("KafkaRecords", ["CSluice", "CZstd", "CSnappy", "CLZ4", "CZlib"]),
        room("KafkaMessages", ["KafkaRecords", nioCore]),
        room("SegmentLog", ["KafkaRecords", "CSluice", system]),
        room("Coordinators", [deque]),
        room("WasmRuntime", ["CWasmtime", "CSluice", "KafkaRecords", crypto, deque]),
        room("Views", [crypto]),
        room(
            "Broker",
            [
                "KafkaRecords", "KafkaMessages", "SegmentLog", "Coordinators", "WasmRuntime", "Views", "Metering",
                "Scram", "CSluice", nioCore, logging, deque, heap, crypto,
            ]),
        room(
            "BrokerServer",
            [
                "Broker", "SegmentLog", "Views", "Metering", "CSluice", nioCore, nioPosix, nioTLS, nioSSL, nioHTTP1,
                logging, lifecycle, system, deque,
            ]),
        room("KafkaClient", ["KafkaMessages", "KafkaRecords", "Scram", nioCore, nioPosix, nioSSL, logging]),
        tool(
            "sluice",
            [
                "Broker", "BrokerServer", "KafkaClient", "KafkaMessages", "KafkaRecords", "SegmentLog", "Views",
                "Metering", "Scram", "WasmRuntime", "CSluice", arguments, logging, lifecycle, signals, yams, system,
                nioCore, x509, asn1, crypto,
            ]),

        // Development only.
        tool("SchemaGenerator", exclude: ["Messages"], []),
        .target(name: "TestSupport", dependencies: ["SegmentLog", "KafkaRecords"], swiftSettings: testing),
        tool(
            "Benchmarks", path: "Benchmarks", exclude: ["run"],
            ["KafkaRecords", "WasmRuntime", "KafkaMessages", "CSluice", nioCore, nioSSL]),

        .target(
            name: "ProtocolTestBroker",
            dependencies: [
                "KafkaClient", "KafkaMessages", "KafkaRecords", "Scram", "Views", nioCore, nioPosix, nioSSL, x509, asn1,
                crypto,
            ],
            path: "Tests/ProtocolTestBroker", swiftSettings: testing),

        tests("MeteringTests", ["Metering"]),
        tests("ScramTests", ["Scram"]),
        tests("KafkaRecordsTests", ["KafkaRecords", "CSluice"]),
        tests("KafkaMessagesTests", ["KafkaMessages", nioCore]),
        tests("SegmentLogTests", ["SegmentLog"]),
        tests("CoordinatorsTests", ["Coordinators"]),
        // The compiler's child process, as the tests of it start it.
        tool("compile-child", path: "Tests/CompileChild", ["WasmRuntime"]),
        tests("WasmRuntimeTests", ["WasmRuntime", "KafkaRecords", "CWasmtime", "CSluice", "compile-child"]),
        tests("ViewsTests", ["Views"]),
        tests(
            "BrokerTests",
            [
                "Broker", "KafkaMessages", "KafkaRecords", "SegmentLog", "Views", "WasmRuntime", "CWasmtime",
                "Coordinators", "Metering", "Scram", nioCore, logging,
            ]),
        tests(
            "BrokerServerTests",
            [
                "BrokerServer", "Broker", "SegmentLog", "Views", "Metering", nioCore, nioPosix, nioSSL, logging,
                lifecycle, system,
            ]),
        tests(
            "SluiceTests",
            [
                "sluice", "Broker", "BrokerServer", "KafkaClient", "KafkaMessages", "KafkaRecords", "Metering", "Views",
                "ProtocolTestBroker", "WasmRuntime",
                arguments, logging,
                system, nioCore, nioSSL,
            ]),
        tests(
            "KafkaClientTests",
            ["KafkaClient", "KafkaMessages", "KafkaRecords", "ProtocolTestBroker", "Scram", nioCore, nioPosix, nioSSL]),
    ]
)
