import pytest


@pytest.fixture(autouse=True)
def hang_up(request):
    """Each attack has connections of its own."""
    yield
    if "room" in request.fixturenames:
        request.getfixturevalue("room").hang_up()
