"""Clients behind one protocol, so that a test is written once for all of them.

A driver is a process that wraps one client library. It reads one JSON object a line from its standard input,
{"id": 1, "verb": "produce", …}, and answers each with one line, {"id": 1, "result": …} or {"id": 1, "failure": "…"}.
Bytes are strings of Latin-1. `python -m drivers CLIENT` runs one of those in this package; java/ClientDriver.java is the
one of the Java client.

| verb | fields | result |
|---|---|---|
| hello | | [version of the client, version of the library below it or null] |
| producer | name, bootstrap, options | |
| produce | name, topic, records | of each [partition, offset, timestamp] or {"error": code}; null where the client doesn't say |
| flood | name, topic, partitions, prefix | begins to produce `prefix` + n to partition n % partitions, until it's settled |
| flooded | name | how many of them are acknowledged |
| settle | name | stops the flood; [[partition or null, offset or null, value] of each that is acknowledged], failed |
| consumer | name, bootstrap, group, topics or assign, options | polls from then on, as an application does |
| state | name, since | the records from the since-th on, the assignment, the error codes seen, how often there was an assignment, and whether the client has ended itself |
| seek, seek_time | name, topic, partition, offset or time | |
| commit | name | commits the position, and waits for the answer |
| committed, position | name, topic, partition | an offset, or null |
| close | name | of a producer or a consumer |

A record is [topic, partition, offset, timestamp, key, value, [[header, value], …]]; one to produce [partition or null, key,
value, headers].

Options of both: native, settings under the client's own names. Options of a producer: codec, idempotence, acks, max_bytes, timeout_ms, retries. Of a consumer: client_id, instance,
strategy (range, cooperative), session_ms, heartbeat_ms, reset (earliest, latest), auto_commit. Without
an option, the client's default holds, but for reset, which is earliest.
"""
