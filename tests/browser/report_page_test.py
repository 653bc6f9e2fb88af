#!/usr/bin/env python3
"""Opens the HTML report in headless Chromium and looks for what a reader would stumble over: an
error in the console, a request that leaves the page, an empty picture, a page wider than the screen.
Pages with one such fault each prove that the checks can fail.

    tests/browser/report_page_test.py REPORT.html
"""
import pathlib
import sys
import tempfile
import unittest

from devtools import Browser, BrowserMissing

DESKTOP = (1200, 900)
PHONE = (390, 844)
MEASURE = """(() => ({
  width: document.documentElement.scrollWidth,
  pictures: [...document.querySelectorAll('svg')].map(svg => {
    const box = svg.getBoundingClientRect();
    return {label: svg.querySelector('title')?.textContent ?? 'legend',
            width: box.width, height: box.height};
  }),
  tableHeaders: [...document.querySelectorAll('table')].every(
      table => table.querySelectorAll('th[scope]').length > 0),
  named: [...document.querySelectorAll('svg[role=img]')].every(
      svg => svg.querySelector('title') && svg.querySelector('desc')),
}))()"""


def describe(event, page):
    """What went wrong, if this event says so; else None."""
    params = event["params"]
    if event["method"] == "Runtime.exceptionThrown":
        return "exception: " + params["exceptionDetails"]["text"]
    if event["method"] == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning",
                                                                            "assert"):
        return "console: " + " ".join(str(a.get("value", "")) for a in params["args"])
    if event["method"] == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
        return "log: " + params["entry"]["text"]
    if event["method"] == "Network.requestWillBeSent" and params["request"]["url"] != page:
        return "request: " + params["request"]["url"][:200]
    return None


def check(browser, path, screen):
    """Loads a page at one screen size; returns every problem found."""
    page = pathlib.Path(path).resolve().as_uri()
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    browser.events.clear()
    for domain in ("Page", "Runtime", "Log", "Network"):
        browser.call(domain + ".enable", session)
    browser.call("Emulation.setDeviceMetricsOverride", session, width=screen[0], height=screen[1],
                 deviceScaleFactor=1, mobile=screen == PHONE)
    browser.call("Page.navigate", session, url=page)
    browser.wait_for("Page.loadEventFired", session)
    result = browser.call("Runtime.evaluate", session, expression=MEASURE, returnByValue=True)
    found = result["result"]["value"]
    browser.call("Target.closeTarget", targetId=target)

    problems = [describe(event, page) for event in browser.events
                if event.get("sessionId") == session]
    problems = [problem for problem in problems if problem]
    # Against the screen, because a phone's window.innerWidth grows with what overflows it.
    if found["width"] > screen[0]:
        problems.append(f"overflow: {found['width']} px wide on {screen[0]} px")
    problems += [f"empty picture: {picture['label']}" for picture in found["pictures"]
                 if picture["width"] < 1 or picture["height"] < 1]
    if not found["pictures"]:
        problems.append("no picture at all")
    if not found["tableHeaders"]:
        problems.append("a table without headers")
    if not found["named"]:
        problems.append("a picture without title and description")
    return problems


class ReportPage(unittest.TestCase):
    report = None
    browser = None

    def check_fault(self, body, expected, screen=DESKTOP):
        picture = "<svg width='9' height='9'><title>t</title><desc>d</desc></svg>"
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "page.html"
            path.write_text("<!DOCTYPE html><meta name=viewport content='width=device-width'>"
                            f"<title>x</title>{picture}{body}")
            problems = check(self.browser, path, screen)
        self.assertTrue(any(expected in problem for problem in problems),
                        f"expected '{expected}' in {problems}")

    def test_the_report_is_clean_on_a_desktop(self):
        self.assertEqual(check(self.browser, self.report, DESKTOP), [])

    def test_the_report_is_clean_on_a_phone(self):
        self.assertEqual(check(self.browser, self.report, PHONE), [])

    def test_a_script_error_is_found(self):
        self.check_fault("<script>undefinedFunction()</script>", "exception: ")

    def test_a_console_error_is_found(self):
        self.check_fault("<script>console.error('bad news')</script>", "console: bad news")

    def test_a_request_is_found(self):
        self.check_fault("<img src='http://127.0.0.1:9/x.png'>", "request: http://127.0.0.1:9/")

    def test_a_file_beside_the_page_is_a_request_too(self):
        self.check_fault("<img src='missing.png'>", "request: file:///")

    def test_overflow_is_found(self):
        self.check_fault("<div style='width:500px'>wide</div>", "overflow: ", PHONE)

    def test_an_empty_picture_is_found(self):
        self.check_fault("<svg width='0' height='0'></svg>", "empty picture: ")

    def test_a_table_without_headers_is_found(self):
        self.check_fault("<table><tr><td>1</td></tr></table>", "a table without headers")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: report_page_test.py REPORT.html")
    ReportPage.report = sys.argv.pop()
    try:
        ReportPage.browser = Browser()
    except BrowserMissing as missing:
        sys.exit(f"report_page_test: {missing}")
    try:
        outcome = unittest.main(verbosity=2, exit=False)
    finally:
        ReportPage.browser.close()
    sys.exit(not outcome.result.wasSuccessful())
