"""Grafana's Explore in a browser: what it shows, and how one clicks on it. All that is known of Grafana's page is here.

Read for it in github.com/grafana/grafana, at commits before and after 12.3.0 and not at its tag: packages/grafana-e2e-selectors
(pages.Explore.General.container, DataSource.Prometheus.exemplarMarker), TraceTimelineViewer/SpanBarRow.tsx,
SpanDetail/SpanDetailLinkButtons.tsx, logs/components/panel/, timeseries/plugins/ExemplarMarker.tsx, packages/grafana-flamegraph,
explore/state/main.ts (a link opens in the second of two panes). Links are found by the text that one reads on them.
"""
import json
from contextlib import suppress
from urllib.parse import parse_qs, quote, urlsplit

from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    StaleElementReferenceException,
    TimeoutException,
)
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

PANE = '//*[@data-testid="data-testid Explore"]'
IN_A_PANE = 'ancestor::*[@data-testid="data-testid Explore"]'
EXEMPLAR = './/*[@data-testid="data-testid Exemplar marker"]'
FLAME_GRAPH = './/canvas[@data-testid="flameGraph"]'
# Shown over the panes, beside the label `trace_id`.
TOOLTIP_TRACE = (
    f'//*[not({IN_A_PANE})][normalize-space(text())="trace_id"]'
    "/following::*[string-length(normalize-space(text()))=32]"
)
LINKS_MENU = "Links"  # where a span has more than three links


def span(name):
    return f'.//*[@role="switch"][.//small[normalize-space()="{name}"]]'


def line(text):
    """The innermost element that reads so: highlighting may have cut the text into pieces."""
    return f'.//*[normalize-space()="{text}"][not(*[normalize-space()="{text}"])]'


def field(name, value):
    """Of a log line's details; after its name, so that the query above the lines does not count."""
    return f'.//*[normalize-space(text())="{name}"]/following::*[normalize-space(text())="{value}"]'


def link(text):
    return f'//*[self::a or self::button or @role="menuitem"][normalize-space()="{text}"]'


def tooltip_link(text):
    return f"{link(text)}[not({IN_A_PANE})]"


class GrafanaPage:
    """Each call waits until `limit` seconds have passed, and then raises TimeoutException with what was not there."""

    def __init__(self, driver, address, limit):
        self.driver = driver
        self.address = address
        self.limit = limit

    def until(self, what, condition):
        def settled(_):
            # The page may have drawn itself anew, or something still lies over what is clicked.
            with suppress(
                StaleElementReferenceException, ElementClickInterceptedException, ElementNotInteractableException
            ):
                return condition()

        try:
            return WebDriverWait(self.driver, self.limit).until(settled)
        except TimeoutException:
            raise TimeoutException(what) from None

    def open_trace(self, trace_id):
        pane = {
            "datasource": "tempo",
            "queries": [{"refId": "A", "datasource": {"type": "tempo", "uid": "tempo"}, "queryType": "traceql", "query": trace_id}],
            "range": {"from": "now-1h", "to": "now"},
        }
        self.driver.get(f"{self.address}/explore?schemaVersion=1&orgId=1&panes={quote(json.dumps({'left': pane}))}")

    def panes(self):
        return self.driver.find_elements(By.XPATH, PANE)

    def visible(self, path, root=None):
        return [e for e in (root or self.driver).find_elements(By.XPATH, path) if e.is_displayed()]

    def sees(self, what, path, pane=-1, panes=None):
        """In the first pane (0) or the last (-1) of so many."""

        def found():
            shown = self.panes()
            return (panes is None or len(shown) == panes) and shown and self.visible(path, shown[pane])

        return self.until(what, found)

    def click(self, what, path, pane=None):
        """In a pane, or anywhere: menus and tooltips lie over the panes."""

        def clicked():
            root = self.driver if pane is None else self.panes()[pane]
            found = self.visible(path, root)
            if found:
                found[0].click()
            return bool(found)

        self.until(what, clicked)

    def follow_from_span(self, text):
        """A link of the span that is open, also where Grafana has put it into the menu of links."""
        wanted, menu = link(text), "." + link(LINKS_MENU)
        first = self.until(f"the link '{text}', or a menu of links", lambda: self.visible(wanted) or self.visible(menu, self.panes()[0]))
        if not self.visible(wanted):
            self.until("the menu of links opens", lambda: first[0].click() or True)
        self.click(f"the link '{text}'", wanted)

    def pin_exemplar(self, trace_id):
        """Of the dots in the last pane the one whose tooltip names the trace; its tooltip stays."""

        def found():
            for marker in self.visible(EXEMPLAR, self.panes()[-1]):
                away = ActionChains(self.driver)
                away.w3c_actions.pointer_action.move_to_location(1, 1)
                away.perform()
                self.until("the tooltip goes", lambda: not self.visible(TOOLTIP_TRACE))
                ActionChains(self.driver).move_to_element(marker).perform()
                shown = self.until("an exemplar's tooltip", lambda: self.visible(TOOLTIP_TRACE))
                if shown[0].text == trace_id:
                    marker.click()
                    return True
            return False

        self.until(f"an exemplar of trace {trace_id}", found)

    def asks(self):
        """What the last pane asks, from the address: its data source, and its queries as one text."""
        panes = json.loads(parse_qs(urlsplit(self.driver.current_url).query).get("panes", ["{}"])[0])
        if not panes:
            return "", ""
        pane = list(panes.values())[-1]
        return pane.get("datasource", ""), " ".join(texts(pane.get("queries", [])))

    def leads_to(self, source, *wanted):
        def there():
            asked, query = self.asks()
            return asked == source and "${" not in query and all(each in query for each in wanted)

        self.until(f"the last pane asks {source} for {' and '.join(wanted)}", there)


def texts(value):
    """Every text in a value of JSON."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    return [value] if isinstance(value, str) else []
