"""The website in real browsers, beside a real XMPP server, bridge and gateway.

    LAPWING_SCREENSHOTS=docs/screenshots tests/e2e/test_browser.py Pictures

makes the pictures of the documentation.
"""

import asyncio
import json
import re
import signal
import unittest

from website import Keys
from website_story import WebsiteStory


class Members(WebsiteStory):
    """Members of the service, in browsers."""

    operators = ["root"]

    async def code_for(self, person):
        answer = await person.says("login", "Your code for the website")
        return re.search(r"website: (\S+)", answer.body)[1]

    async def sign_in(self, browser, person, back="/"):
        browser.sign_in(await self.code_for(person), back)
        self.assertEqual(browser.find("body").get_attribute("data-nick"), person.nick)

    def seen(self, text):
        """A post of that text is in a list of posts."""
        return f"//ol[@id='posts']//p[@class='text'][normalize-space()='{text}']"

    async def shows(self, browser, text, seconds=20):
        await asyncio.to_thread(
            browser.wait,
            lambda: browser.driver.find_elements("xpath", self.seen(text)),
            f"waited for the post {text!r}",
            seconds,
        )


class Browsing(Members):
    async def test_a_post_written_here_is_seen_live_there(self):
        [ann] = await self.members("ann")
        with self.website.browser() as here, self.website.browser(size="phone") as there:
            there.open("/public")
            await self.sign_in(here, ann)
            here.open("/public")
            here.write("The first swift of the year")
            here.find(".compose button").click()
            await self.shows(here, "The first swift of the year")
            await self.shows(there, "The first swift of the year")
            here.open("/public")
            self.assertEqual(len(here.driver.find_elements("xpath", self.seen("The first swift of the year"))), 1)
            self.assertEqual(here.complaints(), [])
            self.assertEqual(there.complaints(), [])

    async def test_a_post_from_jabber_is_seen_live_here(self):
        [ann] = await self.members("ann")
        with self.website.browser() as browser:
            browser.open("/public")
            await ann.says("post look, @mira: a #heron https://a.example/x", "Posted")
            await self.shows(browser, "look, @mira: a #heron https://a.example/x")
            # A post that fades in has no visible text yet.
            links = {
                link.get_attribute("textContent"): link.get_attribute("href")
                for link in browser.find_all(".text a")
            }
            self.assertEqual(links["https://a.example/x"], "https://a.example/x")
            self.assertTrue(links["@mira"].endswith("/@mira"))
            self.assertTrue(links["#heron"].endswith("/tag/heron"))

    async def test_following_and_tracking_here_hold_on_jabber(self):
        ann, bob = await self.members("ann", "bob")
        with self.website.browser() as browser:
            await self.sign_in(browser, ann)
            browser.open(f"/@{bob.nick}")
            browser.submit("form.follow button")
            browser.wait_for_text(f"You follow {bob.nick} now.")
            browser.open("/tracks")
            browser.find("#phrases").send_keys("night train, owl")
            browser.submit(".one-field button")
            browser.wait_for_text("night train")
            await ann.says("follows", bob.nick)
            await ann.says("tracks", "night train", "owl")
            await bob.says("post an owl tonight", "Posted")
            await ann.gets(f"{bob.nick}: an owl tonight")
            browser.open("/")
            await self.shows(browser, "an owl tonight")
            browser.open("/tracks")
            browser.submit("ul.lines li form button")
            browser.wait_for_text("You no longer track")

    async def test_a_reply_stands_under_what_it_answers(self):
        ann, bob = await self.members("ann", "bob")
        await bob.says("post who has seen the kite", "Posted")
        with self.website.browser() as browser:
            await self.sign_in(browser, ann, "/public")
            await self.shows(browser, "who has seen the kite")
            browser.submit(".actions a")
            browser.write("I have")
            browser.submit("#reply button")
            browser.wait_for_text("Posted.")
            browser.wait(lambda: (browser.driver.refresh(), "1 reply" in browser.text())[1], "no reply")
            self.assertIn("I have", browser.find("ol.posts").text)

    async def test_a_favourite_here_is_one_on_jabber(self):
        ann, bob = await self.members("ann", "bob")
        await bob.says("post a hobby over the pond", "Posted")
        with self.website.browser() as browser:
            await self.sign_in(browser, ann, "/public")
            await self.shows(browser, "a hobby over the pond")
            browser.open("/public")
            browser.submit(".actions a")
            browser.submit("form.fav button")
            browser.wait_for_text("It is a favourite now.")
            await ann.says("favs", "a hobby over the pond")
            browser.open("/favourites")
            await self.shows(browser, "a hobby over the pond")
            browser.submit(".when")
            browser.submit("form.faved button")
            browser.wait_for_text("It is no favourite any more.")
            await ann.says("favs", "no favourites")

    async def test_an_author_corrects_and_deletes_and_everybody_sees_it(self):
        ann, bob = await self.members("ann", "bob")
        await ann.says("post the kestral is back", "Posted")
        with self.website.browser() as here, self.website.browser() as there:
            there.open("/public")
            await self.shows(there, "the kestral is back")
            await self.sign_in(here, ann, "/public")
            await self.shows(here, "the kestral is back")
            post = here.driver.find_element("xpath", self.seen("the kestral is back") + "/ancestor::article")
            number = post.get_attribute("data-id")
            here.open(f"/post/{number}")
            here.find(".correction summary").click()
            here.find("#correction").clear()
            here.find("#correction").send_keys("the kestrel is back")
            here.submit(".correction button")
            here.wait_for_text("Corrected.")
            self.assertEqual(here.find("article.large .text").text, "the kestrel is back")
            await self.shows(there, "the kestrel is back")  # by itself
            self.assertIn("corrected", there.find(f"#p{number} .by").text)
            here.open("/public")
            here.find(f"#p{number} form.delete button").click()
            here.driver.switch_to.alert.accept()
            here.wait_for_text("Deleted.")
            self.assertEqual(here.find_all(f"#p{number}"), [])
            there.wait(lambda: not there.find_all(f"#p{number}"), "it is still there")
            await ann.says(f"get #{number}", "no post")
            with self.website.browser() as stranger:
                stranger.open(f"/post/{number}")
                self.assertIn("There is no such page", stranger.text())
                await self.sign_in(stranger, bob, "/public")
                await bob.says("post that one is mine", "Posted")
                await self.shows(here, "that one is mine")
                here.open("/public")
                mine = here.driver.find_element("xpath", self.seen("that one is mine") + "/ancestor::article")
                self.assertEqual(mine.find_elements("css selector", "form.delete"), [])
            await ann.says("post gone in a moment", "Posted")
            await self.shows(here, "gone in a moment")  # by itself, with its form
            here.find("ol.posts form.delete button").click()
            here.driver.switch_to.alert.accept()
            here.wait_for_text("Deleted.")
            self.assertNotIn("gone in a moment", here.find("ol.posts").text)
            self.assertEqual(there.complaints(), [])

    async def test_without_the_bridge_pages_stay_and_posts_wait_once(self):
        ann, bob = await self.members("ann", "bob")
        await bob.says("post before the storm", "Posted")
        with self.website.browser() as browser, self.website.browser() as other:
            await self.sign_in(browser, ann)
            other.open("/public")
            await self.shows(other, "before the storm")
            self.stack.kill("bridge")
            try:
                browser.open("/public")
                await self.shows(browser, "before the storm")
                browser.wait_for_text("out of reach")
                browser.write("written in the storm")
                browser.find(".compose button").click()
                browser.wait(
                    lambda: "waiting" in browser.find("article.waiting .mark").text, "not said to wait"
                )
                browser.open("/public")
                self.assertIn("written in the storm", browser.find("article.waiting").text)
                self.website.stop(signal.SIGKILL)  # what waits survives this too
                self.website.start()
                browser.open("/public")
                self.assertIn("written in the storm", browser.find("article.waiting").text)
            finally:
                self.stack.start("bridge")
            other.open("/public")
            await self.shows(other, "written in the storm", 40)
            await asyncio.to_thread(
                browser.wait,
                lambda: (browser.open("/public"), not browser.find_all("article.waiting"))[1],
                "it still waits",
            )
            found = browser.driver.find_elements("xpath", self.seen("written in the storm"))
            self.assertEqual(len(found), 1)

    async def test_everything_works_without_scripts(self):
        ann, bob = await self.members("ann", "bob")
        with self.website.browser(scripts=False, size="phone") as browser:
            await self.sign_in(browser, ann)
            browser.write("plain and simple")
            browser.submit(".compose button")
            browser.wait_for_text("Posted.")
            browser.open("/public")
            await self.shows(browser, "plain and simple")
            self.assertIn("UTC", browser.find("time").text)  # no script has touched it
            browser.open(f"/@{bob.nick}")
            browser.submit("form.follow button")
            browser.open("/tracks")
            browser.find("#phrases").send_keys('"open')
            browser.submit(".one-field button")
            self.assertEqual(browser.find("#phrases").get_attribute("value"), '"open')
            self.assertTrue(browser.find(".notice.problem").text)
            browser.open("/settings")
            browser.submit("form[action='/delivery'] button")
            browser.wait_for_text("It is off")
            browser.submit("form[action='/sign-out'] button")
            self.assertEqual(browser.find("body").get_attribute("data-nick"), "")
            await ann.says("follows", bob.nick)
            await ann.says("stats", "Delivery: off")

    async def test_a_keyboard_is_enough(self):
        [ann] = await self.members("ann")
        with self.website.browser() as browser:
            browser.open("/sign-in")
            self.assertEqual(browser.focused().get_attribute("id"), "code")
            browser.press(await self.code_for(ann), Keys.ENTER)
            browser.wait(lambda: browser.path() == "/", "not signed in")
            browser.press(Keys.TAB)
            self.assertEqual(browser.focused().text, "Skip to the content")
            browser.press(Keys.ENTER, Keys.TAB)
            self.assertEqual(browser.focused().get_attribute("id"), "text")
            browser.press("no mouse near")
            browser.press_with(Keys.CONTROL, Keys.ENTER)
            await self.shows(browser, "no mouse near")
            browser.open("/public")
            for _ in range(40):  # everything that can be pressed is reached, and shows that it is
                browser.press(Keys.TAB)
                element = browser.focused()
                if element.tag_name == "body":
                    break
                self.assertIn(element.tag_name, ("a", "button", "textarea", "input", "main"))
                outline = element.value_of_css_property("outline-style")
                shadow = element.value_of_css_property("box-shadow")
                self.assertTrue(outline != "none" or shadow != "none", element.get_attribute("outerHTML"))

    async def test_sessions_can_be_ended_everywhere(self):
        [ann] = await self.members("ann")
        with self.website.browser() as desk, self.website.browser() as phone:
            await self.sign_in(desk, ann)
            await self.sign_in(phone, ann)
            self.website.stop()  # sessions survive a restart
            self.website.start()
            phone.open("/settings")
            self.assertEqual(len(phone.find_all("form[action='/sessions/end'] input[name=session]")), 3)
            phone.find("button.danger").click()
            phone.driver.switch_to.alert.accept()
            phone.wait(lambda: phone.path() == "/public", "not signed out")
            desk.open("/settings")
            self.assertTrue(desk.path().startswith("/sign-in"))


class Asked(Members):
    """Signing in by a question in the chat client."""

    bridge_extra = '[rules]\nwebsite = "https://lapwing.example"\n'

    async def wants_in(self, browser, person):
        """Types the name; returns the question, when it is the one that the page shows."""
        browser.open("/sign-in?back=/tracks")
        browser.find("#name").send_keys(person.nick)
        await asyncio.to_thread(browser.submit, "#by-question button")
        question = await asyncio.wait_for(person.questions.get(), 20)
        self.assertEqual(browser.find("#transaction").text, question.id)
        return question

    async def answers(self, person, question, yes):
        person.answer_question(person.bot, question, yes)
        await asyncio.wait_for(person.answers.get(), 20)

    async def test_the_page_goes_on_by_itself(self):
        [ann] = await self.people_who_are_there("ann")
        with self.website.browser() as browser:
            question = await self.wants_in(browser, ann)
            browser.shot("sign-in-asked")
            await self.answers(ann, question, yes=True)
            await asyncio.to_thread(
                browser.wait, lambda: browser.path() == "/tracks", "not signed in"
            )
            self.assertEqual(browser.find("body").get_attribute("data-nick"), ann.nick)
            self.assertEqual(browser.complaints(), [])

    async def test_without_scripts_a_button_goes_on(self):
        [ann] = await self.people_who_are_there("ann")
        with self.website.browser(scripts=False, size="phone") as browser:
            question = await self.wants_in(browser, ann)
            await asyncio.to_thread(browser.submit, "#go-on button")
            self.assertIn("has not been confirmed yet", browser.text())
            await self.answers(ann, question, yes=True)
            await asyncio.to_thread(browser.wait_for_text, "answered with yes")  # by itself
            await asyncio.to_thread(browser.submit, "#go-on button")
            self.assertEqual(browser.path(), "/tracks")
            self.assertEqual(browser.find("body").get_attribute("data-nick"), ann.nick)

    async def test_a_no_is_shown(self):
        [ann] = await self.people_who_are_there("ann")
        with self.website.browser() as browser:
            question = await self.wants_in(browser, ann)
            await self.answers(ann, question, yes=False)
            await asyncio.to_thread(browser.wait_for_text, "answered with no")
            self.assertEqual(browser.find("body").get_attribute("data-nick"), "")


class Attacks(Members):
    """docs/security.md, in a browser that would fall for it."""

    async def test_markup_in_posts_stays_text(self):
        [ann] = await self.members("ann")
        evil = '<script>document.title="owned"</script><img src=x onerror=\'document.title="owned"\'> "&amp;'
        with self.website.browser() as browser:
            browser.open("/public")
            await ann.says(f"post {evil}", "Posted")
            await asyncio.to_thread(browser.wait_for_text, evil)  # live, by the script
            self.assertNotEqual(browser.driver.title, "owned")
            browser.open("/public")
            self.assertIn(evil, browser.text())  # and by the server
            self.assertNotEqual(browser.driver.title, "owned")
            self.assertEqual(browser.find_all("ol#posts img"), [])
            self.assertEqual(browser.complaints(), [])

    async def test_addresses_of_scripts_are_no_links(self):
        [ann] = await self.members("ann")
        with self.website.browser() as browser:
            await ann.says("post javascript:alert(1) https://a.example/\"onclick=\"alert(1)", "Posted")
            browser.open("/public")
            await self.shows(browser, "javascript:alert(1) https://a.example/\"onclick=\"alert(1)")
            for link in browser.find_all(".text a"):
                self.assertEqual(link.get_attribute("href"), "https://a.example/")
                self.assertIsNone(link.get_attribute("onclick"))

    async def test_a_direct_message_and_an_address_are_on_no_page(self):
        ann, bob = await self.members("ann", "bob")
        await bob.says(f"follow {ann.nick}")
        await ann.says(f"d {bob.nick} for your eyes alone", f"Sent to {bob.nick} alone")
        await ann.says("post for everybody", "Posted")
        with self.website.browser() as browser:
            await self.sign_in(browser, bob)
            browser.open("/public")
            await self.shows(browser, "for everybody")
            pages = []
            for path in ("/public", "/", "/mentions", f"/@{ann.nick}", f"/@{bob.nick}", "/settings", "/people"):
                browser.open(path)
                pages.append(browser.driver.page_source)
            for page in pages:
                self.assertNotIn("for your eyes alone", page)
                self.assertNotIn(ann.jid, page)


class Operating(Members):
    with_operations = True
    gateway_extra = '[metrics]\nlisten = "127.0.0.1:0"\n'

    async def test_an_operator_changes_a_limit_and_sees_who_did(self):
        root = await self.newcomer("root")
        root.nick = "root"
        await root.joins()
        with self.website.browser() as browser:
            await self.sign_in(browser, root, "/operations")
            browser.wait(lambda: len(browser.find_all("#charts svg")) >= 6, "no charts")
            browser.wait(lambda: browser.find_all("#charts path[d*='L']"), "no line is drawn", 30)
            browser.open("/operations")
            links = browser.find("#links").text
            self.assertIn("Website to bridge breaker closed", links)
            self.assertIn("Gateway to bridge breaker closed", links)
            self.assertIn("Gateway to the XMPP server online", links)
            row = "tr[data-limit='im.publishes_per_person']"
            field = browser.find(f"{row} input[name=value]")
            field.clear()
            field.send_keys("7/m burst 9")
            browser.submit(f"{row} button[value=set]")
            browser.wait_for_text("is changed")
            self.assertIn("7/m burst 9", browser.find("#changes ~ div").text)
            self.assertIn("root", browser.find("#changes ~ div").text)
            shown = self.stack.ctl("limits", "show").stdout
            self.assertIn("7/m burst 9", shown)
            field = browser.find(f"{row} input[name=value]")
            field.clear()
            field.send_keys("nonsense")
            self.assertEqual(browser.complaints(), [])
            browser.submit(f"{row} button[value=set]")
            self.assertTrue(browser.find(".notice.problem").text)
            [refused] = browser.complaints()
            self.assertIn("422", refused)
            browser.open("/operations")
            self.assertEqual(browser.find(f"{row} input[name=value]").get_attribute("value"), "7/m burst 9")
            browser.submit(f"{row} button[value=shadow]")
            self.assertIn("watched only", browser.find(row).text)
            shown = json.loads(self.stack.ctl("limits", "show", "--json").stdout)
            self.assertIn("shadow", json.dumps(shown))
            browser.submit(f"{row} button[value=unset]")
            self.assertNotIn("watched only", browser.find(row).text)
            self.assertIn("as configured", browser.find("#changes ~ div").text)
            self.assertEqual(browser.complaints(), [])

    async def test_nobody_else_finds_that_page(self):
        [ann] = await self.members("ann")
        with self.website.browser() as browser:
            for path in ("/operations", "/operations/samples"):
                browser.open(path)
                self.assertIn("There is no such page", browser.text())
            await self.sign_in(browser, ann)
            browser.open("/operations")
            self.assertIn("There is no such page", browser.text())


SAMPLE = [
    ("tomas", "Took the night train north. Slept like a stone until the border. https://trains.example/north"),
    ("leila", "Bread rule number one: the dough decides when it is done, not the clock.\n\nRule number two: see rule number one."),
    ("jonas", "Does anybody in #nyc know a place that still repairs mechanical typewriters? Asking for my grandmother."),
    ("newsroom", "The tide is high until six; the harbour road is closed."),
    ("bob", "Nobody told me that boats have a mind of their own."),
    ("ana", "Three lapwings on the wet field behind the school! #birds #lapwing"),
    ("tomas", "@ana where exactly? I have been looking for them all week."),
]


class Pictures(Members):
    with_operations = True
    gateway_extra = Operating.gateway_extra

    async def charts(self, browser, rounds):
        """Of the last five minutes, with something on them."""
        browser.find("#charts button").click()
        for n in range(rounds):
            for k in range(1 + n * 7 % 5):
                self.stack.ctl("publish", "--as", "tomas", f"On the night train, mile {n}.{k}")
            await asyncio.sleep(2)
        browser.wait(lambda: browser.find_all("#charts path[d*='L']"), "no line is drawn", 30)

    async def test_the_pages_of_the_documentation(self):
        root = await self.newcomer("root")
        root.nick = "root"
        await root.joins()
        lines = [{"author": author, "text": text} for author, text in SAMPLE]
        self.stack.ctl("import", "-", input="".join(json.dumps(line) + "\n" for line in lines))
        for nick in sorted({author for author, _ in SAMPLE}):
            await root.says(f"follow {nick}", "You follow")
        await root.says('track night train, "red kite", tea -milk max 10/h', "Tracking")
        with self.website.browser() as browser:
            browser.open("/public")
            await self.shows(browser, SAMPLE[-1][1])
            browser.shot("public-desktop")
            await self.sign_in(browser, root)
            for path, name in (("/", "home"), ("/@ana", "profile"), ("/tracks", "tracks"),
                               ("/settings", "settings")):
                for size in ("desktop", "phone"):
                    for dark in (False, True):
                        browser.look(size, dark)
                        browser.open(path)
                        browser.shot(f"{name}-{size}{'-dark' if dark else ''}")
            browser.look("tall")
            browser.open("/operations")
            await self.charts(browser, 40)
            browser.shot("operations-tall")
        with self.website.browser(size="phone") as browser:
            browser.open("/sign-in")
            browser.shot("sign-in-phone")


if __name__ == "__main__":
    unittest.main()
