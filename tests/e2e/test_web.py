#!/usr/bin/python3
"""The website with a real bridge: timelines, live streams, and what happens when the bridge, or the
website itself, goes away.

LAPWING_OUTAGE says for how many seconds the bridge is away in the test of the outage: the issue's
minute with LAPWING_OUTAGE=60.
"""

import json
import os
import time
import unittest

from lone_bridge import LoneBridge
from lone_web import LoneWeb

OUTAGE_SECONDS = float(os.environ.get("LAPWING_OUTAGE", "3"))
POSTS, AUTHORS = 500, 10


def texts(answer):
    return [post["text"] for post in answer["posts"]]


class Website(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bridge = cls.enterClassContext(LoneBridge())
        for nick in ("alice", "bob", "carol"):
            cls.bridge.ctl("publish", "--as", nick, f"{nick} is here")
        cls.web = cls.enterClassContext(LoneWeb(cls.bridge.web))
        cls.web.until(lambda a: a["view"]["live"] and len(a["posts"]) >= 3, "/api/timelines/public")

    def post(self, nick, text, **more):
        status, answer = self.web.ask("POST", "/api/posts", {"text": text, **more}, nick=nick)
        self.assertEqual((status, answer["state"]), (201, "done"), answer)
        return answer["id"]

    def shown(self, path, text, nick=None):
        return self.web.until(lambda answer: answer and text in texts(answer), path, nick)

    def next_post(self, stream):
        return next((id, data) for event, id, data in stream if event == "post")

    def test_posts_are_in_every_timeline_they_belong_to(self):
        id = self.post("bob", "tea, @alice?")
        self.shown("/api/timelines/public", "tea, @alice?")
        self.shown("/api/timelines/users/bob", "tea, @alice?")
        self.shown("/api/timelines/mentions", "tea, @alice?", nick="alice")
        status, answer = self.web.ask("GET", f"/api/posts/{id}")
        self.assertEqual(answer["post"]["author"], "bob")
        _, answer = self.web.ask("GET", f"/api/posts/{id}/thread")
        self.assertEqual(answer["post"]["id"], id)

    def test_an_author_corrects_and_deletes_and_nobody_else(self):
        id = self.post("bob", "the kestral, @alice")
        path = f"/api/posts/{id}"
        for method in ("PATCH", "DELETE"):
            status, answer = self.web.ask(method, path, {"text": "x"}, nick="carol")
            self.assertEqual((status, answer["error"]["code"]), (403, "FORBIDDEN"))
            self.assertIn("not yours", answer["error"]["text"])
        self.shown("/api/timelines/public", "the kestral, @alice")
        stream = self.web.stream("/api/events")
        status, answer = self.web.ask("PATCH", path, {"text": "the kestrel, @alice"}, nick="bob")
        self.assertEqual((status, answer["changed"]), (200, True))
        told = next(data for event, _, data in stream if event == "corrected")
        self.assertEqual((told["id"], told["text"], told["corrected"]), (id, "the kestrel, @alice", True))
        self.assertEqual(self.web.ask("DELETE", path, nick="bob")[1]["changed"], True)
        self.assertEqual(next(data for event, _, data in stream if event == "gone"), {"id": id})
        stream.close()
        self.assertEqual(self.web.ask("GET", path)[0], 404)
        for timeline, nick in (("public", None), ("users/bob", None), ("mentions", "alice")):
            _, answer = self.web.ask("GET", f"/api/timelines/{timeline}", nick=nick)
            self.assertNotIn(id, [post["id"] for post in answer["posts"]])
        _, answer = self.web.ask("DELETE", path, nick="bob")
        self.assertEqual(answer["changed"], False)
        status, answer = self.web.ask("PATCH", path, {"text": "x"}, nick="bob")
        self.assertEqual((status, answer["error"]["code"]), (409, "CONFLICT"))
        self.web.stop()
        self.web.start()
        self.web.until(lambda a: a["view"]["live"], "/api/timelines/public")
        self.assertEqual(self.web.ask("GET", path)[0], 404)

    def test_replies_and_favourites(self):
        first = self.post("bob", "who is for tea?")
        reply = self.post("carol", "me", in_reply_to=first)
        answer = self.web.until(lambda a: a.get("replies"), f"/api/posts/{first}/thread")
        self.assertEqual([post["id"] for post in answer["replies"]], [reply])
        _, answer = self.web.ask("GET", f"/api/posts/{reply}/thread")
        self.assertEqual([post["id"] for post in answer["above"]], [first])
        status, answer = self.web.ask("POST", f"/api/posts/{first}/fav", nick="carol")
        self.assertEqual((status, answer["changed"]), (200, True))
        _, answer = self.web.ask("GET", "/api/me/favourites", nick="carol")
        self.assertEqual([post["id"] for post in answer["posts"]], [first])
        status, answer = self.web.ask("DELETE", f"/api/posts/{first}/fav", nick="carol")
        self.assertEqual((status, answer["changed"]), (200, True))
        status, answer = self.web.ask("POST", "/api/posts/999999/fav", nick="carol")
        self.assertEqual((status, answer["error"]["code"]), (404, "UNKNOWN"))

    def test_home_is_whom_one_follows(self):
        self.assertEqual(self.web.ask("POST", "/api/follow", {"nick": "carol"}, nick="alice")[0], 200)
        self.post("carol", "for those who follow")
        self.shown("/api/timelines/home", "for those who follow", nick="alice")
        _, answer = self.web.ask("GET", "/api/me", nick="alice")
        self.assertIn("carol", answer["following"])
        self.web.ask("POST", "/api/leave", {"nick": "carol"}, nick="alice")
        _, answer = self.web.ask("GET", "/api/timelines/home", nick="alice")
        self.assertNotIn("for those who follow", texts(answer))

    def test_tracks_are_kept_by_the_bridge(self):
        status, answer = self.web.ask("POST", "/api/track", {"phrases": "tea"}, nick="alice")
        self.assertEqual(answer["phrases"], [{"text": "tea", "changed": True}])
        _, answer = self.web.ask("GET", "/api/me/tracks", nick="alice")
        self.assertEqual([track["phrase"] for track in answer["tracks"]], ["tea"])
        self.web.ask("POST", "/api/untrack", {"phrases": "tea"}, nick="alice")
        _, answer = self.web.ask("GET", "/api/me/tracks", nick="alice")
        self.assertEqual(answer["tracks"], [])

    def test_the_same_client_id_is_one_post(self):
        first = self.post("bob", "once", client_id="the-same")
        _, answer = self.web.ask("POST", "/api/posts", {"text": "once", "client_id": "the-same"}, nick="bob")
        self.assertEqual((answer["id"], answer["duplicate"]), (first, True))

    def test_refusals_are_told(self):
        status, answer = self.web.ask("POST", "/api/posts", {"text": "x" * 2001}, nick="bob")
        self.assertEqual((status, answer["error"]["code"]), (400, "BAD_REQUEST"))
        status, answer = self.web.ask("POST", "/api/follow", {"nick": "nobody_at_all"}, nick="bob")
        self.assertEqual((status, answer["error"]["code"]), (404, "UNKNOWN"))
        self.assertEqual(self.web.ask("POST", "/api/posts", {"text": "x"})[0], 401)

    def test_answers_are_not_sent_twice(self):
        self.web.ask("GET", "/api/timelines/users/carol")
        etag = self.web.headers["ETag"]
        self.assertEqual(
            self.web.ask("GET", "/api/timelines/users/carol", headers={"If-None-Match": etag})[0], 304
        )

    def test_a_stream_brings_posts_and_resumes(self):
        live = self.web.stream("/api/events")
        first = self.post("bob", "live one")
        id, data = self.next_post(live)
        self.assertEqual((id, data["text"]), (first, "live one"))
        live.close()
        second = self.post("bob", "missed")
        self.shown("/api/timelines/public", "missed")
        again = self.web.stream("/api/events", last_id=first)
        id, data = self.next_post(again)
        self.assertEqual((id, data["text"]), (second, "missed"))
        again.close()


class Outage(unittest.TestCase):
    def test_pages_are_served_without_a_bridge_and_say_how_old_they_are(self):
        with LoneBridge() as bridge, LoneWeb(bridge.web) as web:
            bridge.ctl("publish", "--as", "alice", "before")
            web.until(lambda a: a["view"]["live"] and texts(a), "/api/timelines/public")
            bridge.process.kill()
            bridge.process.wait()
            answer = web.until(lambda a: not a["view"]["live"], "/api/timelines/public", seconds=60)
            self.assertEqual(texts(answer), ["before"])
            self.assertLess(abs(answer["view"]["as_of_ms"] / 1000 - time.time()), 60)
            web.stop()
            web.start()  # from its snapshot
            _, answer = web.ask("GET", "/api/timelines/public")
            self.assertEqual((texts(answer), answer["view"]["live"]), (["before"], False))
            status, answer = web.ask("POST", "/api/posts", {"text": "meanwhile"}, nick="alice")
            self.assertEqual((status, answer["state"]), (202, "waiting"))
            _, answer = web.ask("GET", "/api/timelines/home", nick="alice")
            self.assertEqual([one["text"] for one in answer["waiting"]], ["meanwhile"])
            bridge.start()
            web.until(lambda a: "meanwhile" in texts(a), "/api/timelines/public", seconds=60)
            web.until(lambda a: a["waiting"] == [], "/api/me/waiting", nick="alice")

    def outage(self, kill_the_website):
        """500 posts of ten people while the bridge is away: {author: texts in the log}."""
        with LoneBridge() as bridge, LoneWeb(bridge.web) as web:
            nicks = [f"author{i}" for i in range(AUTHORS)]
            for nick in nicks:
                bridge.ctl("publish", "--as", nick, "before")
            web.until(lambda a: len(a["posts"]) == AUTHORS, "/api/timelines/public")
            bridge.process.kill()
            bridge.process.wait()
            began = time.monotonic()
            connection = web.connection()
            for i in range(POSTS):
                if kill_the_website and i == POSTS // 2:
                    connection.close()
                    web.kill()
                    web.start()
                    connection = web.connection()
                status, answer = web.ask(
                    "POST",
                    "/api/posts",
                    {"text": f"number {i}", "client_id": f"c-{i}"},
                    nick=nicks[i % AUTHORS],
                    connection=connection,
                )
                self.assertEqual((status, answer["state"]), (202, "waiting"), answer)
            connection.close()
            time.sleep(max(0, OUTAGE_SECONDS - (time.monotonic() - began)))
            bridge.start()
            if kill_the_website:  # again, in the middle of its sending
                web.until(lambda a: len(a["posts"]) > 0 and any(
                    "number" in text for text in texts(a)), "/api/timelines/public", seconds=60)
                web.kill()
                web.start()
            for nick in nicks:
                web.until(lambda a: a["waiting"] == [], "/api/me/waiting", nick=nick, seconds=120)
            log = self.log_of(bridge)
        by_author = {nick: [] for nick in nicks}
        for id in sorted(log):
            author, text = log[id]
            if text != "before":
                by_author[author].append(text)
        return by_author

    def log_of(self, bridge):
        """Every post of the log: {id: (author, text)}."""
        head = json.loads(bridge.ctl("status", "--json"))["head"]
        log = {}
        with bridge.client("reader") as client:
            client.hello()
            client.subscribe(after=0)
            client.grant(10_000, 100_000_000)
            while not log or max(log) < head:
                for item in client.read_feed(1):
                    log[item.id] = (item.author.decode(), item.text.decode())
        return log

    def check(self, by_author):
        for number, nick in enumerate(sorted(by_author, key=lambda nick: int(nick[6:]))):
            wanted = [f"number {i}" for i in range(number, POSTS, AUTHORS)]
            self.assertEqual(by_author[nick], wanted, nick)

    def test_500_posts_made_while_the_bridge_is_away_are_in_the_log_once_and_in_order(self):
        self.check(self.outage(kill_the_website=False))

    def test_also_when_the_website_is_killed_in_between(self):
        self.check(self.outage(kill_the_website=True))


if __name__ == "__main__":
    unittest.main()
