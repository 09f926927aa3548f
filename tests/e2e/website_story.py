"""Stories with a website beside the stack (website.py), one for all tests of a class."""

from stories import Story
from website import Website


class WebsiteStory(Story):
    operators = []
    with_operations = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = Website(cls.stack, cls.operators, cls.with_operations)
        try:
            cls.website.start()
        except BaseException:
            cls.stack.down(keep=True)
            raise

    @classmethod
    def tearDownClass(cls):
        cls.website.stop()
        super().tearDownClass()
