"""The machine pages do what their description says, whatever is asked of them: tried by schemathesis."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from parvis.demo import builders
from parvis.portal.api import description

pytestmark = pytest.mark.django_db
PATHS = sorted(description()["paths"])


@pytest.fixture(autouse=True)
def _one_connection():
    """A request does not close the connection of the test, as with Django's own client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("path", PATHS)
def test_every_question(path, town):
    builders.make_shop(town)
    schema = schemathesis.openapi.from_dict(description())
    schema.app = get_wsgi_application()
    schema.config.update(base_url="http://issy.localhost/")
    operation = schema[path]["GET"]

    @given(case=operation.as_strategy())
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    def asked(case):
        case.call_and_validate(
            headers={"Host": "issy.localhost", "Accept-Encoding": "identity"},
            # Which keys a town knows, and that west lies before east, no description can say.
            excluded_checks=[positive_data_acceptance],
        )

    asked()
