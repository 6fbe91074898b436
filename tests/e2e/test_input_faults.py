"""Bodies that are no sound JSON: a 400 that says what is wrong and where, and a host that lives."""

import unittest

from host_test_case import HostTestCase

JSON = {"Content-Type": "application/json"}

# Numbers that read beyond a table, or crash, in the packaged JSON library's own conversion.
UNDERFLOW = b"[0.0000074836628E-2147483636]"
LONG_FRACTION = b"[128.74836467836484838364836483643636483648e-336]"

NO_JSON = {
    "an empty body": b"",
    "only space": b" \r\n\t",
    "half an object": b'{"title": "x"',
    "a missing comma": b'{"title": "x" "body": "y"}',
    "a trailing comma": b'{"title": "x",}',
    "two values": b'{"title": "x"} {"title": "y"}',
    "single quotes": b"{'title': 'x'}",
    "a comment": b'{"title": "x"} // note',
    "a name without quotes": b'{title: "x"}',
    "NaN": b'{"title": NaN}',
    "Infinity": b'{"title": -Infinity}',
    "a leading zero": b'{"title": 007}',
    "a plus sign": b'{"title": +1}',
    "a raw line feed in a text": b'{"title": "a\nb"}',
    "a lone surrogate": b'{"title": "\\ud800"}',
    "an unknown escape": b'{"title": "\\x41"}',
    "a byte that is not UTF-8": b'{"title": "\xff"}',
    "an overlong byte sequence": b'{"title": "\xc0\xaf"}',
    "half a character": b'{"title": "\xe2\x82"}',
    "a key that stands twice": b'{"title": "x", "title": "y"}',
    "a number beyond any double": b'{"title": 1e999}',
    "a NUL": b'{"title": "x"}\x00',
    "UTF-16": '{"title": "x"}'.encode("utf-16"),
    "only a byte order mark": b"\xef\xbb\xbf",
}


class Bodies(HostTestCase):
    def post(self, body, headers=None):
        return self.host.request("POST", "/notes", body, JSON if headers is None else headers)

    def expect_no_json(self, body):
        problem = self.expect_problem(self.post(body), 400, "INVALID_JSON")
        self.assertRegex(problem["detail"], r"line \d+ column \d+")

    def test_each_broken_text_is_told_with_line_and_column(self):
        for name, body in NO_JSON.items():
            with self.subTest(name):
                self.expect_no_json(body)

    def test_depth_without_end_is_refused(self):
        for depth in [65, 10_000, 600_000]:
            for opening in [b"[", b'{"a":']:
                with self.subTest(depth=depth, opening=opening):
                    body = (opening * depth)[:650_000]
                    self.expect_no_json(body)

    def test_numbers_that_crash_the_library_underneath_are_only_numbers(self):
        for number in [
            UNDERFLOW,
            LONG_FRACTION,
            b"[" + b"9" * 10_000 + b"]",
            b"[0." + b"0" * 100_000 + b"1]",
            b"[1e-2147483648]",
            b"[-0]",
            b"[18446744073709551616]",
            b"[1e308, 4.9e-324]",
        ]:
            for body in [number, b'{"title": ' + number + b"}"]:
                with self.subTest(body=body[:60]):
                    self.expect_problem(self.post(body), 400)

    def test_a_million_values_are_no_bomb(self):
        self.expect_problem(self.post(b"[" + b"0," * 300_000 + b"0]"), 400)
        names = b",".join(b'"k%d":0' % number for number in range(50_000))
        self.expect_problem(self.post(b"{" + names + b"}"), 400)

    def test_sound_json_of_the_wrong_shape_names_the_field(self):
        for body, field in [
            (b"[]", "body"),
            (b"null", "body"),
            (b'"title"', "body"),
            (b'{"title": null}', "title"),
            (b'{"title": ["x"]}', "title"),
            (b'{"title": "x", "body": 1e5}', "body"),
            (b'{"title": "x", "tags": {"a": "b"}}', "tags"),
        ]:
            with self.subTest(body=body):
                problem = self.expect_problem(self.post(body), 400, "INVALID_NOTE")
                self.assertEqual(problem["details"], {"field": field})

    def test_another_content_type_is_415(self):
        for kind in [
            "text/plain",
            "application/xml",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
        ]:
            with self.subTest(kind):
                self.expect_problem(self.post(b'{"title": "x"}', {"Content-Type": kind}), 415, "UNSUPPORTED_MEDIA_TYPE")
        for kind in ["application/json; charset=utf-8", "APPLICATION/JSON", "application/merge-patch+json"]:
            with self.subTest(kind):
                self.assertEqual(self.post(b'{"title": "x"}', {"Content-Type": kind}).status, 201)

    def test_broken_query_strings_are_refused_where_they_are_read(self):
        for query in ["limit=%zz", "limit=%", "limit=%f", "limit=99999999999999999999", "limit=1e3", "limit=", "limit=1%00"]:
            with self.subTest(query):
                self.expect_problem(self.host.get("/notes?" + query), 400)

    def test_search_takes_any_words(self):
        for words in [
            "%27%3B+drop+table+note%3B--",
            "%22unbalanced",
            "a+%26+%7C+%21",
            "%5C",
            "%3A%2A",
            "%F0%9F%8C%8D",
            "or+or+or",
            "x" * 4000,
        ]:
            with self.subTest(words[:30]):
                self.assertEqual(self.host.get("/notes/search?q=" + words).status, 200)
        for broken in ["%ff", "%c0%af", "a%00b"]:
            with self.subTest(broken):
                self.expect_problem(self.host.get("/notes/search?q=" + broken), 400)


if __name__ == "__main__":
    unittest.main()
