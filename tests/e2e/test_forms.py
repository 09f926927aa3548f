"""Dialogues through forms on a real XMPP server, with slixmpp's own plug-ins: commands (XEP-0050) and
registration in band (XEP-0077)."""

import asyncio
import hashlib
import unittest

import slixmpp.exceptions
from stories import TIMEOUT, Story

COMMANDS = "http://jabber.org/protocol/commands"


class Forms(Story):
    gateway_extra = ""

    async def command(self, person, node, action="execute", session=None, to=None, **fields):
        """One step of a command: (status, session, note, form)."""
        stream = person._stream
        stream.register_plugin("xep_0050")
        iq = stream.make_iq_set(ito=to or person.bot)
        iq["command"]["node"] = node
        iq["command"]["action"] = action
        if session:
            iq["command"]["sessionid"] = session
            form = stream["xep_0004"].make_form(ftype="submit")
            for name, value in fields.items():
                form.add_field(var=name, value=value)
            iq["command"].append(form)
        answer = (await iq.send(timeout=TIMEOUT))["command"]
        notes = [text for _, text in answer["notes"]]
        return answer["status"], answer["sessionid"], "\n".join(notes), answer["form"]

    async def done(self, person, node, **fields):
        """All of a command; its note."""
        status, session, note, _ = await self.command(person, node)
        if status == "executing":
            status, _, note, _ = await self.command(person, node, "complete", session, **fields)
        self.assertEqual(status, "completed")
        return note

    async def refused(self, step):
        """(condition, type, text) of the error that this is answered with."""
        with self.assertRaises(slixmpp.exceptions.IqError) as caught:
            await step
        error = caught.exception.iq["error"]
        return error["condition"], error["type"], error["text"]


class Commanding(Forms):
    async def test_every_command_is_listed_and_says_what_it_is(self):
        ann = await self.newcomer("ann")
        for at in (ann.bot, self.stack.env["COMPONENT_DOMAIN"]):
            disco = ann._stream["xep_0030"]
            _, features = await ann.identities(at)
            self.assertIn(COMMANDS, features)
            items = (await disco.get_items(at, node=COMMANDS, timeout=TIMEOUT))["disco_items"]
            nodes = {node for _, node, _ in items["items"]}
            self.assertLessEqual({"post", "follow", "track", "untrack", "quit"}, nodes)
            info = (await disco.get_info(at, node="track", timeout=TIMEOUT))["disco_info"]
            [identity] = info["identities"]
            self.assertEqual(identity[:2], ("automation", "command-node"))

    async def test_a_newcomer_lives_here_by_forms_alone(self):
        ann = await self.newcomer("ann")
        [bob] = await self.members("bob")
        refused = await self.refused(self.command(ann, "stats"))
        self.assertEqual(refused[:2], ("registration-required", "auth"))
        self.assertIn("Welcome", await self.done(ann, "join", nick=ann.nick))
        self.assertIn(f"You are {ann.nick}", await self.done(ann, "stats"))
        self.assertIn("You follow", await self.done(ann, "follow", nick=bob.nick))
        self.assertIn("Posted", await self.done(bob, "post", text="follow me\nplease"))
        await ann.gets(f"{bob.nick}: follow me\nplease")
        await bob.says(f"follow {ann.nick}")
        self.assertIn("alone", await self.done(ann, "d", nick=bob.nick, text="hello"))
        await bob.gets(f"(direct) {ann.nick}: hello")

    async def test_a_library_that_knows_only_the_standard_drives_a_command_from_list_to_note(self):
        """slixmpp's own sessions of commands: found in the list, filled in by the fields' types."""
        ann, bob = await self.members("ann", "bob")
        await bob.says(f"follow {ann.nick}")
        ann._stream.register_plugin("xep_0050")
        commands = ann._stream["xep_0050"]
        items = (await commands.get_commands(ann.bot, timeout=TIMEOUT))["disco_items"]["items"]
        [node] = [node for _, node, _ in items if node == "d"]
        done = asyncio.get_running_loop().create_future()

        def fill_in(iq, session):
            form = ann._stream["xep_0004"].make_form(ftype="submit")
            values = {"text-single": bob.nick, "text-multi": ["two", "lines"]}
            for name, field in iq["command"]["form"].get_fields().items():
                if field["type"] in values:
                    form.add_field(var=name, ftype=field["type"], value=values[field["type"]])
            session["payload"] = form
            session["next"] = lambda iq, session: done.set_result(iq["command"])
            commands.complete_command(session)

        failed = lambda iq, session: done.set_exception(AssertionError(str(iq)))
        commands.start_command(ann.bot, node, {"next": fill_in, "error": failed})
        answer = await asyncio.wait_for(done, TIMEOUT)
        self.assertEqual(answer["status"], "completed")
        await bob.gets(f"(direct) {ann.nick}: two\nlines")

    async def test_tracks_are_ended_from_a_list(self):
        [ann] = await self.members("ann")
        self.assertEqual(await self.done(ann, "untrack"), "You track nothing.")
        self.assertIn("Tracking: harbour", await self.done(ann, "track", phrases="harbour, cup tea"))
        await ann.says("track nyc")
        _, session, _, form = await self.command(ann, "untrack")
        field = form.get_fields()["phrases"]
        self.assertEqual(field["type"], "list-multi")
        phrases = {option["value"] for option in field["options"]}
        self.assertEqual(phrases, {"harbour", "cup tea", "nyc"})
        status, _, note, _ = await self.command(
            ann, "untrack", "complete", session, phrases=["harbour", "cup tea"]
        )
        self.assertEqual(status, "completed")
        self.assertIn("No longer tracking: harbour", note)
        await ann.says("tracks", "You track: nyc")

    async def test_mistakes_are_errors_and_the_form_can_be_sent_again(self):
        [ann] = await self.members("ann")
        _, session, _, _ = await self.command(ann, "follow")
        step = self.command(ann, "follow", "complete", session, nick="no such nick")
        condition, kind, text = await self.refused(step)
        self.assertEqual((condition, kind), ("bad-request", "modify"))
        self.assertIn("Nick", text)
        step = self.command(ann, "follow", "complete", session, nick="nobody_at_all")
        self.assertEqual((await self.refused(step))[0], "item-not-found")
        status, _, _, _ = await self.command(ann, "follow", "cancel", session)
        self.assertEqual(status, "canceled")
        step = self.command(ann, "follow", "complete", session, nick=ann.nick)
        self.assertEqual((await self.refused(step))[0], "not-allowed")
        self.assertEqual((await self.refused(self.command(ann, "dance")))[0], "item-not-found")

    async def test_leaving_for_good_warns(self):
        [ann] = await self.members("ann")
        _, session, _, form = await self.command(ann, "quit")
        self.assertIn("ends your membership", form["instructions"])
        status, _, note, _ = await self.command(ann, "quit", "complete", session)
        self.assertEqual(status, "completed")
        self.assertIn("Goodbye", note)
        await ann.says("stats", "join NICK")


class Registering(Forms):
    gateway_extra = '[registration]\ndomains = ["localhost", "Example.NET"]\n'

    async def register(self, person, **fields):
        stream = person._stream
        stream.register_plugin("xep_0077")
        iq = stream.make_iq_set(ito=self.stack.env["COMPONENT_DOMAIN"])
        for name, value in fields.items():
            iq["register"][name] = value
        return await iq.send(timeout=TIMEOUT)

    async def shown(self, person):
        person._stream.register_plugin("xep_0077")
        domain = self.stack.env["COMPONENT_DOMAIN"]
        info = await person._stream["xep_0077"].get_registration(domain, timeout=TIMEOUT)
        return info["register"]

    async def test_a_client_registers_and_leaves(self):
        ann = await self.newcomer("ann")
        form = await self.shown(ann)
        self.assertFalse(form["registered"])
        self.assertIn("nick", form["fields"])
        await self.register(ann, nick=ann.nick)
        welcome = await asyncio.wait_for(ann.answers.get(), TIMEOUT)
        self.assertIn(f"Welcome, {ann.nick}", welcome.body)
        form = await self.shown(ann)
        self.assertTrue(form["registered"])
        self.assertEqual(form["nick"], ann.nick)
        domain = self.stack.env["COMPONENT_DOMAIN"]
        await ann._stream["xep_0077"].cancel_registration(domain, timeout=TIMEOUT)
        await ann.says("stats", "join NICK")

    async def test_a_client_registers_once_more_under_another_nick(self):
        [ann, bob] = await self.members("ann", "bob")
        await bob.says(f"follow {ann.nick}", f"You follow {ann.nick} now")
        new = f"{ann.nick}x"
        await self.register(ann, nick=new)
        told = await asyncio.wait_for(ann.answers.get(), TIMEOUT)
        self.assertIn(f"You are {new} here from now on, not {ann.nick}", told.body)
        self.assertEqual((await self.shown(ann))["nick"], new)
        await bob.says(f"whois {ann.nick}", f"{ann.nick} is called {new} here now")
        await bob.says("follows", new)
        refused = await self.refused(self.register(ann, nick=f"{ann.nick}y"))
        self.assertEqual(refused[:2], ("resource-constraint", "wait"))
        self.assertIn("in 30 days", refused[2])

    async def test_a_name_that_cannot_be_had_is_refused(self):
        [bob] = await self.members("bob")
        ann = await self.newcomer("ann")
        self.assertEqual((await self.refused(self.register(ann, nick=bob.nick)))[0], "conflict")
        step = self.register(ann, nick="not a nick")
        self.assertEqual((await self.refused(step))[0], "not-acceptable")


class ClosedToNewcomers(Forms):
    gateway_extra = "[registration]\nopen = false\n"

    async def test_nobody_joins_whichever_way_they_try(self):
        ann = await self.newcomer("ann")
        await ann.says(f"join {ann.nick}", "Nobody new")
        ann._stream.register_plugin("xep_0077")
        domain = self.stack.env["COMPONENT_DOMAIN"]
        step = ann._stream["xep_0077"].get_registration(domain, timeout=TIMEOUT)
        self.assertEqual((await self.refused(step))[0], "not-allowed")
        step = self.done(ann, "join", nick=ann.nick)
        self.assertEqual((await self.refused(step))[0], "not-allowed")


class Contacts(Story):
    """Accounts as contacts: alice@the component's domain."""

    async def card(self, person, of):
        person._stream.register_plugin("xep_0054")
        answer = await person._stream["xep_0054"].get_vcard(of, timeout=TIMEOUT)
        return answer["vcard_temp"]

    async def test_a_contact_has_a_card_a_picture_and_presence(self):
        ann, bob = await self.members("ann", "bob")
        contact = f"{bob.nick}@{self.stack.env['COMPONENT_DOMAIN']}"
        hashes = {}

        def take(presence):
            photo = presence.xml.find("{vcard-temp:x:update}x/{vcard-temp:x:update}photo")
            if photo is not None:
                hashes[presence["from"].bare] = photo.text

        ann._stream.add_event_handler("presence_available", take)
        await ann.subscribe(contact)
        await ann.says("follows", bob.nick)
        await self.wait_for(lambda: contact in hashes, "the contact shows no picture")
        card = await self.card(ann, contact)
        self.assertEqual(card["FN"], bob.nick)
        picture = card["PHOTO"]["BINVAL"]
        self.assertTrue(picture.startswith(b"\x89PNG"))
        self.assertEqual(hashlib.sha1(picture).hexdigest(), hashes[contact])
        identities, features = await ann.identities(contact)
        self.assertEqual(identities, {("account", "registered")})
        self.assertIn("vcard-temp", features)
        await ann.says("stats", "Following: 1")

    async def test_there_is_no_card_of_nobody_or_of_who_blocks_one(self):
        ann, bob = await self.members("ann", "bob")
        domain = self.stack.env["COMPONENT_DOMAIN"]
        for name, condition in (("nobody_at_all", "item-not-found"), (bob.nick, "forbidden")):
            await bob.says(f"block {ann.nick}")
            with self.assertRaises(slixmpp.exceptions.IqError) as caught:
                await self.card(ann, f"{name}@{domain}")
            self.assertEqual(caught.exception.iq["error"]["condition"], condition)


if __name__ == "__main__":
    unittest.main()
