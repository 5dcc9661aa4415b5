"""The metrics page of a broker's admin listener, read by Prometheus' own parser."""

import http.client
import re

from prometheus_client.parser import text_string_to_metric_families as parse_text

ADMIN = ("--admin-listener", "localhost:0")


def admin_port(broker):
    return int(re.findall(r"metrics and health on http://127\.0\.0\.1:(\d+)", broker.log)[-1])


def get(broker, path, method="GET", headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", admin_port(broker), timeout=60)
    try:
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.read().decode(), response.headers
    finally:
        connection.close()


class Scrape:
    def __init__(self, text, parse=parse_text):
        self.samples = {}
        self.types = {}
        for family in parse(text):
            self.types[family.name] = family.type
            for sample in family.samples:
                key = (sample.name, frozenset(sample.labels.items()))
                assert key not in self.samples, f"{sample.name} twice"
                self.samples[key] = sample.value

    def get(self, name, **labels):
        return self.samples.get((name, frozenset(labels.items())), 0)

    def sum(self, name, **labels):
        return sum(value for (found, all), value in self.samples.items()
                   if found == name and set(labels.items()) <= all)


def scrape(broker):
    status, text, headers = get(broker, "/metrics")
    assert status == 200 and headers["content-type"].startswith("text/plain; version=0.0.4")
    return Scrape(text)


def logins(broker):
    """Messages of logins that the broker has answered: two for each with SCRAM."""
    return scrape(broker).sum("sluice_requests_total", api="SaslAuthenticate")
