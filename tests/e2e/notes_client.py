"""The notes API as a test uses it."""


def create(host, title, body="", tags=()):
    """Returns the note; anything but 201 is an error of the test's."""
    answer = host.request("POST", "/notes", {"title": title, "body": body, "tags": list(tags)})
    if answer.status != 201:
        raise AssertionError(f"POST /notes gave {answer.status}: {answer.body[:500]!r}")
    return answer.json()


def all_of(host):
    """Every note, newest first, by following the cursor."""
    notes, path = [], "/notes?limit=100"
    while True:
        page = host.get(path).json()
        notes += page["items"]
        if not page["has_more"]:
            return notes
        path = "/notes?limit=100&cursor=" + page["next_cursor"]


def events(response):
    """The server-sent events of an answer as they come: (id, event, data); comments are left out."""
    fields = {}
    while line := response.readline().decode():
        name, _, value = line.rstrip("\n").partition(": ")
        if name:
            fields[name] = value
        elif fields:
            if "data" in fields:
                yield fields.get("id", ""), fields.get("event", "message"), fields["data"]
            fields = {}
