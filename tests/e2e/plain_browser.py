"""A browser without scripts, for stories that need no more of the website.

    browser = PlainBrowser(website.url)
    response, page = browser.send("GET", "/sign-in")
    browser.send("POST", "/sign-in", {"csrf": hidden(page, "csrf"), "code": code})
"""

import http.client
import re
import urllib.parse


class PlainBrowser:
    """Keeps cookies, sends forms, runs nothing. Comes from that address of this machine."""

    def __init__(self, url, address="127.0.0.1"):
        self.host = urllib.parse.urlsplit(url).netloc
        self.address = address
        self.cookies = {}

    def send(self, method, path, form=None):
        connection = http.client.HTTPConnection(
            self.host, timeout=60, source_address=(self.address, 0)
        )
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Sec-Fetch-Site"] = "same-origin"
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        for line in response.headers.get_all("Set-Cookie", []):
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return response, text


def hidden(page, name):
    return re.search(f'name="{name}" value="([^"]*)"', page)[1]
