#!/usr/bin/python3
"""One's own data (`export`): from a word in chat to a file, as a browser without scripts gets it."""

import asyncio
import json
import re
import unittest

from plain_browser import PlainBrowser, hidden
from website_story import WebsiteStory

SITE = "https://lapwing.example"


class Takeout(WebsiteStory):
    bridge_extra = f'[rules]\nwebsite = "{SITE}/"\n'

    async def link_for(self, person):
        answer = await person.says("  EXPORT ", "within 2 minutes")
        return re.search(rf"{SITE}(/sign-in\S+)", answer.body)[1]

    async def download(self, link):
        return await asyncio.to_thread(self._download, link)

    def _download(self, link):
        browser = PlainBrowser(self.website.url)
        for _ in range(2):  # a preview of the link uses nothing up
            response, page = browser.send("GET", link)
            self.assertEqual(response.status, 200)
        code = re.search(r'name="code"[^>]* value="([^"]*)"', page)[1]
        form = {"csrf": hidden(page, "csrf"), "back": hidden(page, "back"), "code": code}
        response, page = browser.send("POST", "/sign-in", form)
        if response.status != 303:
            return response, page
        self.assertEqual(response.headers["Location"], "/settings/export")
        return browser.send("GET", response.headers["Location"])

    async def test_a_member_gets_a_link_and_with_it_all_that_is_kept_of_them(self):
        ann, bob, eve = await self.members("ann", "bob", "eve")
        await ann.says(f"follow {bob.nick}", "You follow")
        await bob.says(f"follow {ann.nick}", "You follow")
        await ann.says("track harbour, night train max 10/h", "Tracking")
        await ann.says("mute football", "football")
        await ann.says(f"block {eve.nick}", eve.nick)
        await ann.says("timezone Europe/Berlin", "Berlin")
        await ann.says("post Grüße & <b>bold</b> 🐦", "Posted")
        await ann.says(f"d {bob.nick} for your eyes", "alone")
        await bob.says(f"d {ann.nick} and for yours", "alone")
        await bob.says("post not hers", "Posted")
        await ann.says(f"fav {bob.nick}", "favourite")
        response, text = await self.download(await self.link_for(ann))
        self.assertEqual(response.status, 200, text)
        self.assertEqual(response.headers["Content-Type"], "application/json")
        self.assertIn(f"lapwing-{ann.nick}.json", response.headers["Content-Disposition"])
        file = json.loads(text)
        self.assertIs(file["complete"], True)
        self.assertEqual(file["account"]["nick"], ann.nick)
        self.assertEqual(file["account"]["address"], ann.jid)
        self.assertEqual(file["account"]["timezone"], "Europe/Berlin")
        self.assertEqual(file["follows"], [bob.nick])
        self.assertEqual(file["followers"], [bob.nick])
        self.assertEqual(file["blocks"], [eve.nick])
        self.assertEqual({track["phrase"] for track in file["tracks"]}, {"harbour", "night train"})
        self.assertEqual([mute["phrase"] for mute in file["mutes"]], ["football"])
        self.assertEqual(len(file["favourites"]), 1)
        said = [(m["kind"], m["text"]) for m in file["messages"]]
        self.assertEqual(
            said,
            [
                ("post", "Grüße & <b>bold</b> 🐦"),
                ("direct_sent", "for your eyes"),
                ("direct_received", "and for yours"),
            ],
        )

    async def test_what_comes_to_more_than_a_page_is_all_there(self):
        [ann] = await self.members("ann")
        lines = [f"line {i} " + "<" * 300 for i in range(1500)]
        ctl = await asyncio.to_thread(
            self.stack.ctl, "import", "-", input="".join(
                json.dumps({"author": ann.nick, "text": line, "id": f"{ann.nick}-{i}"}) + "\n"
                for i, line in enumerate(lines)
            )
        )  # fmt: skip
        self.assertEqual(ctl.returncode, 0)
        _, text = await self.download(await self.link_for(ann))
        self.assertEqual([m["text"] for m in json.loads(text)["messages"]], lines)

    async def test_a_link_works_once_and_for_nobody_else(self):
        ann, bob = await self.members("ann", "bob")
        link = await self.link_for(ann)
        response, text = await self.download(link)
        self.assertEqual(json.loads(text)["account"]["nick"], ann.nick)
        response, text = await self.download(link)
        self.assertEqual(response.status, 422)
        _, text = await self.download(await self.link_for(bob))
        self.assertEqual(json.loads(text)["account"]["nick"], bob.nick)

    async def test_strangers_and_those_who_ask_for_more_are_told(self):
        eve = await self.newcomer("eve")
        await eve.says("export", "join NICK")
        [ann] = await self.members("ann")
        await ann.says("export everything", "export is a command")
        stranger = PlainBrowser(self.website.url)
        response, _ = await asyncio.to_thread(stranger.send, "GET", "/settings/export")
        self.assertEqual(response.status, 303)
        self.assertEqual(response.headers["Location"], "/sign-in?back=/settings/export")


if __name__ == "__main__":
    unittest.main()
