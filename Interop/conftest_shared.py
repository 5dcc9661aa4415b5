import pytest

from harness import Broker


@pytest.fixture
def start_broker(tmp_path):
    """Starts brokers that are ended with the test."""
    brokers = []

    def start(*arguments, **options):
        folder = tmp_path / f"broker-{len(brokers)}"
        folder.mkdir()
        broker = Broker(folder, *arguments, **options)
        brokers.append(broker)
        return broker.start()

    yield start
    for broker in brokers:
        broker.close()


@pytest.fixture
def broker(start_broker):
    return start_broker()
