// Generated from SchemaGenerator/Messages by Scripts/generate-messages. Do not edit.

@testable import KafkaMessages

extension MessageCase {
    /// Every message in every version.
    static let all: [MessageCase] = [
        cases(of: ProduceRequest.self, "ProduceRequest"),
        cases(of: ProduceResponse.self, "ProduceResponse"),
        cases(of: FetchRequest.self, "FetchRequest"),
        cases(of: FetchResponse.self, "FetchResponse"),
        cases(of: ListOffsetsRequest.self, "ListOffsetsRequest"),
        cases(of: ListOffsetsResponse.self, "ListOffsetsResponse"),
        cases(of: MetadataRequest.self, "MetadataRequest"),
        cases(of: MetadataResponse.self, "MetadataResponse"),
        cases(of: ApiVersionsRequest.self, "ApiVersionsRequest"),
        cases(of: ApiVersionsResponse.self, "ApiVersionsResponse"),
    ].flatMap { $0 }
}
