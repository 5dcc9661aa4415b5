from conftest_shared import broker, start_broker  # noqa: F401
