"""The notes API as its clients see it, on a real database."""

import json
import unittest

import notes_client
from host_test_case import HostTestCase


class OneNote(HostTestCase):
    def test_a_new_note_has_an_address_and_a_version(self):
        answer = self.host.request("POST", "/notes", {"title": "Bread", "body": "Flour, water, salt", "tags": ["kitchen"]})
        note = answer.json()
        self.assertEqual(answer.status, 201)
        self.assertEqual(answer.headers["Location"], "/notes/" + note["id"])
        self.assertEqual(answer.headers["ETag"], '"1"')
        self.assertEqual(
            (note["title"], note["body"], note["tags"], note["version"]), ("Bread", "Flour, water, salt", ["kitchen"], 1)
        )
        self.assertRegex(note["id"], r"^note_\d+$")
        self.assertRegex(note["created_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
        self.assertEqual(self.host.get(answer.headers["Location"]).json(), note)

    def test_text_comes_back_byte_by_byte(self):
        texts = [
            "Grüße, 世界 🌍",
            'quote " backslash \\ slash /',
            "two\nlines\tand a tab",
            "'; drop table note; --",
            "$1 :name {}",
        ]
        for text in texts:
            with self.subTest(text=text):
                note = notes_client.create(self.host, text, text, [text[:10]])
                self.assertEqual(self.host.get("/notes/" + note["id"]).json()["body"], text)

    def test_patch_changes_only_what_it_names(self):
        note = notes_client.create(self.host, "Before", "stays", ["a"])
        answer = self.host.request("PATCH", "/notes/" + note["id"], {"title": "After"})
        self.assertEqual(answer.status, 200)
        changed = answer.json()
        self.assertEqual(
            (changed["title"], changed["body"], changed["tags"], changed["version"]), ("After", "stays", ["a"], 2)
        )
        self.assertEqual(changed["created_at"], note["created_at"])

    def test_put_writes_the_note_anew(self):
        note = notes_client.create(self.host, "Before", "goes", ["a"])
        changed = self.host.request("PUT", "/notes/" + note["id"], {"title": "After"}).json()
        self.assertEqual((changed["title"], changed["body"], changed["tags"]), ("After", "", []))

    def test_the_slower_of_two_writers_is_told(self):
        note = notes_client.create(self.host, "Shared")
        path = "/notes/" + note["id"]
        first = self.host.request("PATCH", path, {"title": "First"}, {"If-Match": '"1"'})
        second = self.host.request("PATCH", path, {"title": "Second"}, {"If-Match": '"1"'})
        third = self.host.request("PUT", path, {"title": "Third"}, {"If-Match": '"1"'})
        self.assertEqual((first.status, first.headers["ETag"]), (200, '"2"'))
        self.expect_problem(second, 412, "NOTE_CHANGED")
        self.expect_problem(third, 412, "NOTE_CHANGED")
        self.assertEqual(self.host.get(path).json()["title"], "First")

    def test_a_removed_note_is_gone(self):
        path = "/notes/" + notes_client.create(self.host, "Short-lived")["id"]
        answer = self.host.request("DELETE", path)
        self.assertEqual((answer.status, answer.body), (204, b""))
        self.expect_problem(self.host.get(path), 404, "NOTE_NOT_FOUND")
        self.expect_problem(self.host.request("DELETE", path), 404, "NOTE_NOT_FOUND")
        self.expect_problem(self.host.request("PATCH", path, {"title": "x"}), 404, "NOTE_NOT_FOUND")

    def test_a_rule_that_is_broken_is_named(self):
        wrong = [
            ({}, "title"),
            ({"title": ""}, "title"),
            ({"title": 7}, "title"),
            ({"title": "x" * 201}, "title"),
            ({"title": "x", "tags": "a"}, "tags"),
            ({"title": "x", "tags": ["a", 7]}, "tags/1"),
            ({"title": "x", "colour": 1}, "colour"),
            ({"title": "x", "body": "a\u0000b"}, "body"),
        ]
        for body, field in wrong:
            with self.subTest(body=str(body)[:60]):
                problem = self.expect_problem(self.host.request("POST", "/notes", body), 400, "INVALID_NOTE")
                self.assertEqual(problem["details"], {"field": field})
                self.assertIn(field, problem["detail"])


class ManyNotes(HostTestCase):
    changes = {"plugins": {"notes": {"page": 7}}}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.notes = [
            notes_client.create(
                cls.host, f"Note {number}", "the quick brown fox" if number % 10 == 0 else "a hen", [f"t{number % 3}"]
            )
            for number in range(50)
        ]

    def test_the_cursor_leads_to_the_end_without_gap_or_repetition(self):
        seen, path, pages = [], "/notes?limit=12", 0
        while path:
            page = self.host.get(path).json()
            self.assertEqual((page["total"], page["limit"]), (50, 12))
            self.assertEqual(page["has_more"], "next_cursor" in page)
            seen += page["items"]
            path = "/notes?limit=12&cursor=" + page["next_cursor"] if page["has_more"] else None
            pages += 1
        self.assertEqual(pages, 5)
        self.assertEqual(seen, list(reversed(self.notes)))

    def test_a_search_finds_words_in_any_form(self):
        found = self.host.get("/notes/search?q=foxes&limit=3").json()
        self.assertEqual((found["total"], len(found["items"]), found["has_more"]), (5, 3, True))
        rest = self.host.get("/notes/search?q=foxes&limit=3&offset=3").json()
        self.assertEqual((len(rest["items"]), rest["has_more"]), (2, False))
        ids = {note["id"] for note in found["items"] + rest["items"]}
        self.assertEqual(ids, {note["id"] for note in self.notes if "fox" in note["body"]})
        self.assertEqual(self.host.get("/notes/search?q=unicorn").json()["total"], 0)

    def test_wrong_parameters_are_named(self):
        for path, field in [
            ("/notes?limit=0", "limit"),
            ("/notes?limit=101", "limit"),
            ("/notes?limit=ten", "limit"),
            ("/notes?cursor=7", "cursor"),
            ("/notes/search", "q"),
            ("/notes/search?q=a&offset=-1", "offset"),
            ("/notes/seven", "id"),
            ("/notes/note_07", "id"),
        ]:
            with self.subTest(path=path):
                problem = self.expect_problem(self.host.get(path), 400, "INVALID_PARAMETER")
                self.assertEqual(problem["details"], {"field": field})

    def test_the_export_streams_every_note_in_order(self):
        self.assertEqual(self.exported(), self.notes)

    def test_an_export_goes_on_where_it_was_cut(self):
        self.assertEqual(self.exported(self.notes[29]["id"]), self.notes[30:])

    def exported(self, last_event_id=None):
        connection = self.host.connect()
        connection.request("GET", "/notes/export", headers={"Last-Event-ID": last_event_id} if last_event_id else {})
        response = connection.getresponse()
        self.assertEqual((response.status, response.headers["Content-Type"]), (200, "text/event-stream"))
        notes = []
        for identifier, event, data in notes_client.events(response):
            if event == "end":
                break
            notes.append(json.loads(data))
            self.assertEqual((identifier, event), (notes[-1]["id"], "note"))
        self.assertEqual(response.read(), b"")
        connection.close()
        return notes


if __name__ == "__main__":
    unittest.main()
