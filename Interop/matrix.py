"""Which client passes which scenario, and why not where it doesn't. Docs/clients.md is made from this table
(test_clients_page.py), and test_matrix.py runs every cell that isn't in CANNOT."""

import pytest

# Name of the client in the tests: what the page calls it, and the versions that its driver says (library below or None).
CLIENTS = {
    "kcat": ("kcat", "1.7.1", "2.0.2"),
    "confluent-kafka": ("confluent-kafka (Python)", "2.16.1", "2.16.0"),
    "kafka-python": ("kafka-python", "3.0.12", None),
    "aiokafka": ("aiokafka", "0.14.0", None),
    "java": ("Java kafka-clients", "4.3.0", None),
}

# In the page's order.
SCENARIOS = {
    "codecs": "each codec, produced and read, and all of them mixed in one topic",
    "acks": "acks 0, 1 and all",
    "headers": "headers: none, one, several of one name",
    "odd headers": "headers whose value is null, empty or binary",
    "nulls": "null and empty keys and values, and keys that aren't text",
    "big records": "records near `max.message.bytes`, and past it: the right error, and the producer goes on",
    "groups": "a group of one, two, three and again one: every record once",
    "cooperative": "a cooperative rebalance: who keeps a partition isn't interrupted",
    "static members": "a static member comes back to its partitions without a rebalance",
    "seek": "seek by offset, by time, and past the end",
    "commit": "commit and resume; what isn't committed is read again",
    "idempotence": "a batch that is sent again after its answer was lost is written once",
    "restart": "the broker is stopped and started under a flood and a group",
    "kill": "the broker is killed (-9) twice under a flood: what was acknowledged is there",
    "cut connections": "all connections are cut under a group with a view: every record once, and scrubbed",
    "views on and off": "a view is set and unset under a running group",
    "two views": "two groups with different views and a groupless reader, in processes of their own on one host with default "
                 "client ids, over a kill",
    "refusal": "a groupless reader of a protected topic is shown error 29, and nothing else; it reads on when the default allows it",
    "stopped view": "a view that stops at a record: error −1 is shown and the position kept; another view reads on",
    "gaps": "a view that drops records: first, middle, last, whole batches; each codec",
}

GROUP_ID = "confluent-kafka insists on a group.id; a group that nothing is bound to stands for none"

# Cells that can't be, with the reason.
CANNOT = {
    ("kcat", "odd headers"): "kcat makes headers from its command line, as text, and prints null as text",
    ("aiokafka", "cooperative"): "aiokafka has no cooperative assignor",
}

# What a client can't do of a scenario that it passes otherwise.
PARTLY = {
    ("kcat", "nulls"): "kcat takes an empty line for no record, so a record without key needs a value",
    ("kafka-python", "nulls"): "kafka-python refuses to send a record that has neither key nor value",
    ("kafka-python", "odd headers"): "kafka-python refuses to send a header without a value",
    ("aiokafka", "nulls"): "aiokafka refuses to send a record that has neither key nor value",
    ("kafka-python", "big records"): "kafka-python's idempotent producer, its default, takes no record after one that was refused: "
                                     "a new one does",
    ("kcat", "commit"): "kcat always commits what it has printed, when it ends",
    ("kcat", "refusal"): "kcat ends itself upon error 29, also with -E; the next one reads",
    ("kcat", "stopped view"): "kcat ends itself upon error −1, also with -E; the next one reads on",
    ("confluent-kafka", "refusal"): GROUP_ID,
    ("confluent-kafka", "two views"): GROUP_ID,
}

CELLS = set()


def cells(scenario, **parameters):
    """Runs a test for each client that can do it."""
    assert scenario in SCENARIOS
    CELLS.add(scenario)
    clients = [client for client in CLIENTS if (client, scenario) not in CANNOT]

    def decorate(function):
        for name, values in parameters.items():
            function = pytest.mark.parametrize(name, values)(function)
        return pytest.mark.parametrize("client", clients)(function)

    return decorate
