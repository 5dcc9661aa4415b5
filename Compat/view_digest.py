"""The view digests of ViewDigestTests, from the layout of the format and hashlib alone."""
import hashlib
import struct


def text(value):
    data = value.encode()
    return struct.pack(">I", len(data)) + data


def digest(steps, fuel=4_000_000_000, memory=16_777_216, call=100, factor=4, extra=1_048_576, on_error=0, reuse=0):
    data = text("sluice-view-1") + struct.pack(">I", len(steps))
    for sha256, headers, parameters in steps:
        data += sha256 + struct.pack(">BI", headers, len(parameters))
        for key, value in sorted(parameters.items(), key=lambda item: item[0].encode()):
            data += text(key) + text(value)
    data += struct.pack(">QQQIQBB", fuel, memory, call, factor, extra, on_error, reuse)
    return hashlib.sha256(data).hexdigest()


module = hashlib.sha256(b"module").digest()
print(digest([(module, 0, {})]))
print(
    digest(
        [(module, 1, {"é": "2", "b": "", "a": "\U0001f600"}), (hashlib.sha256(b"").digest(), 0, {})],
        400_000_000, 65_536, 10, 64, 0, 2, 1,
    )
)
