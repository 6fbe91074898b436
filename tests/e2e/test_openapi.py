"""The API's own description: what the host serves is what it says, and what it says without being started."""

import json
import unittest

from configuration_case import ConfigurationCase
from gantry_host import GantryHost
from host_test_case import HostTestCase


class ServedDocument(HostTestCase):
    changes = {"http": {"docs_directory": "/nowhere"}}

    def test_it_describes_every_route_of_the_plugins(self):
        answer = self.host.get("/openapi.json")
        self.assertEqual(answer.status, 200)
        document = answer.json()
        self.assertEqual(document["openapi"], "3.1.0")
        self.assertEqual(sorted(document["paths"]["/notes/{id}"]), ["delete", "get", "patch", "put"])
        self.assertEqual(document["paths"]["/notes"]["get"]["operationId"], "notes_list_notes")
        names = [parameter["name"] for parameter in document["paths"]["/notes/search"]["get"]["parameters"]]
        self.assertEqual(names, ["q", "limit", "offset"])
        self.assertIn("notes_Note", document["components"]["schemas"])
        self.assertEqual([tag["name"] for tag in document["tags"]], ["hello", "notes", "host"])

    def test_a_client_that_has_it_gets_it_not_again(self):
        etag = self.host.get("/openapi.json").headers["ETag"]
        again = self.host.request("GET", "/openapi.json", None, {"If-None-Match": etag})
        self.assertEqual((again.status, again.body), (304, b""))
        other = self.host.request("GET", "/openapi.json", None, {"If-None-Match": '"other"'})
        self.assertEqual(other.status, 200)

    def test_pages_without_their_files_say_so(self):
        self.expect_problem(self.host.get("/docs"), 503, "DOCS_NOT_INSTALLED")
        self.expect_problem(self.host.get("/redoc"), 503, "DOCS_NOT_INSTALLED")

    def test_answers_have_the_shape_that_it_tells(self):
        schemas = self.host.get("/openapi.json").json()["components"]["schemas"]
        problem = self.host.get("/notes/none").json()
        self.assertEqual(sorted(problem), sorted(schemas["Problem"]["required"]))
        health = self.host.get("/health").json()
        self.assertEqual(sorted(health), sorted(schemas["host_Health"]["required"]))


class PrintedDocument(ConfigurationCase):
    def test_it_is_the_one_that_is_served(self):
        self.write_sound()
        printed = self.run_gantry("openapi")
        self.assertEqual((printed.returncode, printed.stderr), (0, ""))
        self.expect_nothing_started()
        with GantryHost() as host:
            self.assertEqual(json.loads(printed.stdout), host.get("/openapi.json").json())


if __name__ == "__main__":
    unittest.main()
