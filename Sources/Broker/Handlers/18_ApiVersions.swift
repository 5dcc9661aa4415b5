import KafkaMessages

/// ApiVersions v0–4. A version that isn't known is answered in v0 with error 35 and the range of this API, by which all
/// clients step down (KIP-511). Produce is offered from 0, though 0–2 are refused: older librdkafka sends batches
/// uncompressed otherwise.
extension Broker {
    func handle(_ request: ApiVersionsRequest, _ context: RequestContext) -> ApiVersionsResponse {
        var response = ApiVersionsResponse()
        response.apiKeys = SupportedApis.all.map { api in
            var version = ApiVersionsResponse.ApiVersion()
            version.apiKey = api.apiKey.rawValue
            version.minVersion = api.advertised.lowerBound
            version.maxVersion = api.advertised.upperBound
            return version
        }
        response.sluiceFeatures = "1"
        return response
    }

    /// The answer, in v0, to a version that isn't known.
    func unsupportedApiVersions() -> ApiVersionsResponse {
        var response = ApiVersionsResponse()
        response.errorCode = .unsupportedVersion
        var version = ApiVersionsResponse.ApiVersion()
        version.apiKey = ApiKey.apiVersions.rawValue
        version.minVersion = ApiVersionsRequest.versions.lowerBound
        version.maxVersion = ApiVersionsRequest.versions.upperBound
        response.apiKeys = [version]
        return response
    }
}
