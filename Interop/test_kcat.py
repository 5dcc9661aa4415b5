"""kcat from Debian (librdkafka 2.0.2) against a broker without views."""

import json

import pytest

from harness import Kcat, eventually, kcat

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]


def consume(broker, topic, *arguments):
    return kcat("-b", broker.address, "-C", "-t", topic, "-e", "-q", *arguments).stdout.splitlines()


@pytest.mark.parametrize("codec", CODECS)
def test_each_codec_comes_back(broker, codec):
    broker.sluice("topic", "create", "t")
    lines = [f"record {n} " + "x" * 200 for n in range(500)]
    kcat("-b", broker.address, "-P", "-t", "t", "-z", codec, input="\n".join(lines) + "\n")
    assert consume(broker, "t", "-o", "beginning") == lines


def test_keys_headers_nulls_and_offsets(broker):
    broker.sluice("topic", "create", "t")
    kcat("-b", broker.address, "-P", "-t", "t", "-K", ":", "-Z", "-H", "a=1", "-H", "b=2", input="k1:v1\nk2:\n:v3\n")
    found = [json.loads(l) for l in consume(broker, "t", "-o", "beginning", "-J")]
    assert [(r["offset"], r["key"], r["payload"]) for r in found] == [(0, "k1", "v1"), (1, "k2", None), (2, None, "v3")]
    assert all(r["headers"] == ["a", "1", "b", "2"] for r in found)


def test_seek_by_offset_tail_and_time(broker):
    broker.sluice("topic", "create", "t")
    kcat("-b", broker.address, "-P", "-t", "t", input="".join(f"{n}\n" for n in range(10)))
    assert consume(broker, "t", "-o", "7") == ["7", "8", "9"]
    assert consume(broker, "t", "-o", "-2") == ["8", "9"]
    times = [json.loads(l)["ts"] for l in consume(broker, "t", "-o", "beginning", "-J")]
    assert consume(broker, "t", "-o", f"s@{times[0]}") == [str(n) for n in range(10)]
    later = times[-1] + 3_600_000
    query = kcat("-b", broker.address, "-Q", "-t", f"t:0:{later}").stdout
    assert "offset -1" in query


def test_partitions_and_metadata(broker):
    broker.sluice("topic", "create", "t", "--partitions", "3")
    listing = json.loads(kcat("-b", broker.address, "-L", "-J", "-t", "t").stdout)
    assert [p["partition"] for p in listing["topics"][0]["partitions"]] == [0, 1, 2]
    for partition in range(3):
        kcat("-b", broker.address, "-P", "-t", "t", "-p", str(partition), input=f"in {partition}\n")
    assert sorted(consume(broker, "t", "-o", "beginning")) == ["in 0", "in 1", "in 2"]


def test_group_commits_and_resumes(broker):
    broker.sluice("topic", "create", "t")
    kcat("-b", broker.address, "-P", "-t", "t", input="a\nb\n")
    arguments = ("-b", broker.address, "-q", "-e", "-X", "auto.offset.reset=earliest", "-G", "g", "t")
    assert kcat(*arguments).stdout.splitlines() == ["a", "b"]
    kcat("-b", broker.address, "-P", "-t", "t", input="c\n")
    assert kcat(*arguments).stdout.splitlines() == ["c"]


def test_two_members_share_the_partitions(broker):
    broker.sluice("topic", "create", "t", "--partitions", "4")
    arguments = ("-b", broker.address, "-X", "auto.offset.reset=earliest", "-G", "g", "t")
    first = Kcat(*arguments)
    try:
        eventually(lambda: any("assigned" in e for e in first.errors), "the first member's assignment")
        second = Kcat(*arguments)
        try:
            # librdkafka says "Group g rebalanced (memberid …): assigned: t [0], t [1]".
            eventually(lambda: any("assigned" in e for e in second.errors), "the second member's assignment")
            eventually(lambda: sum("assigned" in e for e in first.errors) >= 2, "the first member's new assignment")
            for partition in range(4):
                kcat("-b", broker.address, "-P", "-t", "t", "-p", str(partition), input=f"{partition}\n")
            eventually(lambda: len(first.lines) + len(second.lines) >= 4, "all records")
            assert sorted(first.lines + second.lines) == ["0", "1", "2", "3"]
            assert first.lines and second.lines
        finally:
            second.close()
    finally:
        first.close()


def test_unknown_topic_is_an_error_and_auto_create_makes_it(broker, start_broker):
    refused = kcat("-b", broker.address, "-P", "-t", "nowhere", "-X", "topic.metadata.propagation.max.ms=1000",
                   input="x\n", check=False)
    assert refused.returncode != 0
    config = broker.data.parent / "auto.yaml"
    config.write_text("auto.create.topics.enable: true\nnum.partitions: 2\n")
    other = start_broker("--config", str(config))
    kcat("-b", other.address, "-P", "-t", "made", input="x\n")
    assert consume(other, "made", "-o", "beginning") == ["x"]


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_restart_keeps_records_and_offsets(broker, how):
    broker.sluice("topic", "create", "t")
    kcat("-b", broker.address, "-P", "-t", "t", input="a\nb\n")
    arguments = ("-b", broker.address, "-q", "-e", "-X", "auto.offset.reset=earliest", "-G", "g", "t")
    assert kcat(*arguments).stdout.splitlines() == ["a", "b"]
    if how == "stop":
        assert broker.stop() == 0
    else:
        broker.kill()
    broker.start()
    assert consume(broker, "t", "-o", "beginning") == ["a", "b"]
    kcat("-b", broker.address, "-P", "-t", "t", input="c\n")
    assert kcat(*arguments).stdout.splitlines() == ["c"]
