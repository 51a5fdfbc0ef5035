"""Looks at a page as people may meet it: axe at levels A and AA, 320 px wide, from right to left; pictures if wanted.

Pictures go into the folder that GOVERNANCE_SHOTS names: 375, 768 and 1280 px, light and dark, and 320 px from right to left.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (375, 768, 1280)
NARROWEST = 320
"""CSS pixels: a page of 1280 at 400% (WCAG 2.2, 1.4.10)."""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_WIDER = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
_CULPRIT = """() => {
  const page = document.scrollingElement.getBoundingClientRect();
  const out = [...document.body.querySelectorAll("*")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width && (box.left < page.left - 1 || box.right > page.right + 1);
  });
  return out.slice(0, 3).map((one) => `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 40)}`).join("; ");
}"""
_TURN = "direction => { document.documentElement.dir = direction }"


def found(page: Page) -> str:
    """What axe has to say of a page once its styles are there; empty if nothing."""
    page.wait_for_load_state("load")  # a click leads on before the next page's styles have come
    seen = Axe().run(page, options={"runOnly": {"type": "tag", "values": LEVELS}})
    return seen.generate_report() if seen.violations_count else ""


@dataclass
class Looks:
    """What was found, page by page; each is looked at once, under the name that the test gives it."""

    told: dict[str, str] = field(default_factory=dict)
    folder: Path | None = field(default_factory=lambda: Path(os.environ["GOVERNANCE_SHOTS"]) if _wanted() else None)

    def at(self, page: Page, name: str) -> None:
        """Look at a page; the page, its width and its scheme are afterwards what they were."""
        if name in self.told:
            return
        self.told[name] = found(page)
        before = page.viewport_size or {"width": 1280, "height": 800}
        if self.folder:
            self._photograph(page, self.folder, name)
        page.set_viewport_size({"width": NARROWEST, "height": 800})
        for direction in ("rtl", "ltr"):
            page.evaluate(_TURN, direction)
            wider = page.evaluate(_WIDER)
            self.told[name] += f"\n{direction}: {wider} px too wide ({page.evaluate(_CULPRIT)})" if wider > 0 else ""
            if self.folder and direction == "rtl":
                page.screenshot(path=self.folder / f"{name}-rtl-{NARROWEST}.png", full_page=True)
        page.set_viewport_size(before)

    def _photograph(self, page: Page, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                page.screenshot(path=folder / f"{name}-{scheme}-{width}.png", full_page=True)
        page.emulate_media(color_scheme="null")

    def wrong(self) -> dict[str, str]:
        """The pages with which something is wrong."""
        return {name: told for name, told in self.told.items() if told}


def _wanted() -> bool:
    return bool(os.environ.get("GOVERNANCE_SHOTS"))
