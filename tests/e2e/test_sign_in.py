#!/usr/bin/python3
"""Signing in on the website by a question in the chat client (XEP-0070)."""

import asyncio
import itertools
import re
import unittest

from plain_browser import PlainBrowser, hidden
from stories import TIMEOUT
from website_story import WebsiteStory

SITE = "https://lapwing.example"
_networks = itertools.count(2)


class Asking(WebsiteStory):
    bridge_extra = f'[rules]\nwebsite = "{SITE}/"\n'

    def browser(self):
        """Each is on a network of its own, or it would be held to what one may ask."""
        return PlainBrowser(self.website.url, f"127.0.0.{next(_networks)}")

    async def asks(self, browser, name):
        _, page = await self.on(browser, "GET", "/sign-in?back=/tracks")
        form = {"csrf": hidden(page, "csrf"), "back": hidden(page, "back"), "name": name}
        return await self.on(browser, "POST", "/sign-in/ask", form)

    async def wants_in(self, name):
        """Types a name on the website; returns the browser, and what its page shows to compare."""
        browser = self.browser()
        response, page = await self.asks(browser, name)
        self.assertEqual(response.status, 303, page)
        self.assertNotIn(browser.cookies["lapwing-asked"], response.headers["Location"])
        response, page = await self.on(browser, "GET", response.headers["Location"])
        self.assertEqual(response.status, 200)
        return browser, re.search(r'id="transaction">([^<]*)<', page)[1]

    async def goes_on(self, browser):
        _, page = await self.on(browser, "GET", "/sign-in/asked?back=/tracks")
        if 'name="csrf"' not in page:
            return None, page
        form = {"csrf": hidden(page, "csrf"), "back": hidden(page, "back")}
        return await self.on(browser, "POST", "/sign-in/asked", form)

    async def is_signed_in(self, browser, nick):
        response, _ = await self.goes_on(browser)
        self.assertEqual(response.status, 303)
        self.assertEqual(response.headers["Location"], "/tracks")
        _, page = await self.on(browser, "GET", "/tracks")
        self.assertIn(f'data-nick="{nick}"', page)

    @staticmethod
    async def on(browser, method, path, form=None):
        return await asyncio.to_thread(browser.send, method, path, form)

    async def question_to(self, person):
        return await asyncio.wait_for(person.questions.get(), TIMEOUT)

    async def answer_to(self, person):
        return (await asyncio.wait_for(person.answers.get(), TIMEOUT)).body

    async def test_a_client_confirms_and_the_browser_is_signed_in(self):
        [ann] = await self.people_who_are_there("ann")
        browser, transaction = await self.wants_in(ann.nick.upper())
        question = await self.question_to(ann)
        self.assertEqual(question.id, transaction)
        self.assertEqual((question.method, question.url), ("POST", f"{SITE}/sign-in/ask"))
        self.assertIn(f"confirm {transaction}", question.body)
        self.assertIn(SITE, question.body)
        response, page = await self.goes_on(browser)
        self.assertEqual(response.status, 409)  # not yet
        ann.answer_question(ann.bot, question, yes=True)
        self.assertIn(f"signed in as {ann.nick}", await self.answer_to(ann))
        ticket = browser.cookies["lapwing-asked"]
        await self.is_signed_in(browser, ann.nick)
        await ann.says(f"confirm {transaction}", "There is no such question")
        for log in self.stack.dir.glob("*.log"):
            text = log.read_text(errors="replace")
            self.assertNotIn(ticket, text)
            self.assertNotIn(transaction, text)

    async def test_a_client_refuses_and_the_page_says_so(self):
        [ann] = await self.people_who_are_there("ann")
        browser, _ = await self.wants_in(ann.nick)
        ann.answer_question(ann.bot, await self.question_to(ann), yes=False)
        self.assertIn("Nobody is signed in", await self.answer_to(ann))
        response, page = await self.goes_on(browser)
        self.assertIsNone(response)
        self.assertIn("answered with no", page)

    async def test_a_command_in_chat_does_as_well(self):
        [ann] = await self.people_who_are_there("ann")
        browser, transaction = await self.wants_in(ann.nick)
        await self.question_to(ann)
        await ann.says(f"confirm {transaction[:-1]}", "confirm ID")
        await ann.says(f"Confirm {transaction.lower()}", f"signed in as {ann.nick}")
        await self.is_signed_in(browser, ann.nick)

    async def test_nobody_else_can_answer(self):
        ann, eve = await self.people_who_are_there("ann", "eve")
        stranger = await self.newcomer("stranger")
        browser, transaction = await self.wants_in(ann.nick)
        question = await self.question_to(ann)
        for other in (eve, stranger):
            other.answer_question(other.bot, question, yes=True)
            await self.answer_to(other)
            other.answer_question(other.bot, question, yes=False)
            # What it says afterwards comes after that.
            await other.says(f"deny {transaction}")
        eve.answer_question(f"{ann.nick}@{self.stack.env['COMPONENT_DOMAIN']}", question, yes=True)
        await eve.says("stats", "You are")
        response, page = await self.goes_on(browser)
        self.assertEqual(response.status, 409)
        self.assertIn(transaction, page)
        self.assertTrue(eve.questions.empty())

    async def test_whether_there_is_such_a_person_cannot_be_told(self):
        [away] = await self.people_who_are_there("away")
        await away.becomes(show="dnd")
        for name in (away.nick, "nobody_at_all"):
            browser, transaction = await self.wants_in(name)
            self.assertRegex(transaction, r"^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{2}$")
            response, _ = await self.goes_on(browser)
            self.assertEqual(response.status, 409)
        await away.becomes(show="")
        self.assertTrue(away.questions.empty())  # a question is not kept for later

    async def test_nobody_is_asked_again_and_again(self):
        [ann] = await self.people_who_are_there("ann")
        for _ in range(3):
            await self.wants_in(ann.nick)
            await self.question_to(ann)
        browser = self.browser()
        response, page = await self.asks(browser, ann.nick)
        self.assertEqual(response.status, 429)
        self.assertIn("Try again in 2 minutes, or use a code.", page)
        self.assertNotIn("lapwing-asked", browser.cookies)
        for i in range(5):
            response, _ = await self.asks(browser, f"somebody{i}")
        self.assertEqual(response.status, 429)  # for this network
        await ann.says("stats", "You are")
        self.assertTrue(ann.questions.empty())


class Outage(WebsiteStory):
    bridge_extra = f'[rules]\nwebsite = "{SITE}"\n'
    on = staticmethod(Asking.on)

    async def test_with_the_bridge_away_the_page_says_so(self):
        browser = PlainBrowser(self.website.url)
        _, page = await self.on(browser, "GET", "/sign-in")
        form = {"csrf": hidden(page, "csrf"), "back": "/", "name": "ann"}
        self.stack.stop("bridge")
        response, page = await self.on(browser, "POST", "/sign-in/ask", form)
        self.assertEqual(response.status, 503)
        self.assertIn("out of reach just now", page)
        self.assertNotIn("lapwing-asked", browser.cookies)


if __name__ == "__main__":
    unittest.main(verbosity=2)
