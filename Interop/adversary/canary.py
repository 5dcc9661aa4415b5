"""What must not get out: random bytes in key, value and headers, looked for in whatever a broker lets out."""

import base64
import io
import os
import re
import zlib

import lz4.frame
import snappy
import zstandard

MARK_BYTES, CANARY_BYTES = 8, 16
INFLATED_MAX = 1 << 26


def forms(secret):
    """`secret` as it is, in hexadecimal and in base64, wherever in a text that begins."""
    found = {secret, secret.hex().encode(), secret.hex().upper().encode()}
    for shift in range(3):
        text = base64.b64encode(bytes(shift) + secret)
        # Digits that hold bits of what stands before or behind aren't the secret's.
        own = text[(8 * shift + 5) // 6: (8 * (shift + len(secret))) // 6]
        found |= {own, own.replace(b"+", b"-").replace(b"/", b"_")}
    return found


class Canary:
    """16 random bytes, the first 8 of which are the same for all canaries of a room."""

    def __init__(self, mark):
        self.secret = mark + os.urandom(CANARY_BYTES - MARK_BYTES)
        self._pattern = re.compile(b"|".join(map(re.escape, sorted(forms(self.secret)))))

    def records(self, count=3):
        """Each value is `?public N|` and the canary in all forms; it is in the key and the headers as well."""
        hidden = self.secret + b" " + self.secret.hex().encode() + b" " + base64.b64encode(self.secret)
        return [
            (b"key " + hidden, b"?public %d|" % number + hidden,
             [(f"name {self.secret.hex()}", hidden), ("twice", self.secret), ("twice", self.secret)])
            for number in range(count)]

    def is_in(self, data):
        return self._pattern.search(data) is not None


def unpacked(data):
    """`data` and all that is compressed in it behind the mark of a codec."""
    yield data
    for mark, inflate in (
            (b"\x1f\x8b\x08", lambda rest: zlib.decompressobj(31).decompress(rest, INFLATED_MAX)),
            (b"\x28\xb5\x2f\xfd", lambda rest: zstandard.ZstdDecompressor().stream_reader(io.BytesIO(rest)).read(INFLATED_MAX)),
            (b"\x04\x22\x4d\x18", lambda rest: lz4.frame.LZ4FrameDecompressor().decompress(rest, INFLATED_MAX)),
            (b"\x82SNAPPY\0", xerial)):
        place = -1
        while (place := data.find(mark, place + 1)) >= 0:
            try:
                yield inflate(data[place:])
            except Exception:  # not what the mark says: the next one
                continue


def xerial(data):
    place, whole = 16, b""
    while place + 4 <= len(data):
        length = int.from_bytes(data[place: place + 4], "big")
        try:
            whole += snappy.uncompress(data[place + 4: place + 4 + length])
        except Exception:  # behind the last block
            break
        place += 4 + length
    return whole


def unpacked_batches(records):
    """The payload of each batch of a records field."""
    place = 0
    while place + 61 <= len(records):
        end = place + 12 + int.from_bytes(records[place + 8: place + 12], "big")
        payload = records[place + 61: end]
        codec = records[place + 22] & 7
        if payload and codec == 2 and not payload.startswith(b"\x82SNAPPY"):
            payload = snappy.uncompress(payload)
        yield from unpacked(payload)
        place = end
