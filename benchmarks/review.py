"""How long a reviewer waits from the key that decides to the next card, with a long queue.

Run `python benchmarks/review.py [programs]` from the checkout; it needs the chromium package. The
written programs and sentences in `labeled/contrast`, over and over, stand for four large releases;
decisions go to a copy of `labeled/`.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from itertools import cycle, islice
from pathlib import Path
from statistics import quantiles
from threading import Event, Thread
from time import perf_counter, sleep

from playwright.sync_api import Page, sync_playwright

from classify import model
from classify.desk import Desk
from classify.labels import load_contrast
from classify.records import Program
from classify.review import Door, serve
from classify.tagger import Tagger
from classify.taxonomy import load

LABELED = Path(__file__).parents[1] / "labeled"
RELEASES = 4
DECISIONS = 60

# From the key to the second frame behind the card's change: then it is painted.
_WATCH = """() => {
  window.taken = [];
  let pressed = 0, last = "";
  addEventListener("keydown", () => { pressed = performance.now(); }, true);
  new MutationObserver(() => {
    const card = document.querySelector("main").innerText.slice(0, 300);
    if (!pressed || card === last) return;
    const since = pressed;
    [last, pressed] = [card, 0];
    requestAnimationFrame(() => requestAnimationFrame(() => taken.push(performance.now() - since)));
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


def releases(count: int) -> list[Program]:
    """So many programs, in a few releases."""
    texts = islice(cycle(load_contrast(LABELED)), count)
    return [
        Program(
            f"r{n % RELEASES}-{n}", f"r{n % RELEASES}", n, "13", "東京都", f"区{n % 50}",
            text.program, text.text, "", "", "",
        )
        for n, text in enumerate(texts)
    ]  # fmt: skip


def decide(page: Page, address: str) -> list[float]:
    """Decide on one card after the other at the keyboard; milliseconds each."""
    page.goto(address)
    page.wait_for_function("document.querySelector('main').innerText.length > 200")
    sleep(2)
    page.evaluate(_WATCH)
    for _ in range(DECISIONS):
        page.keyboard.press("y")
        sleep(0.3)
    taken: list[float] = page.evaluate("taken")
    return taken


def main(count: int) -> None:
    """Open a desk of `count` programs, decide, and print the times."""
    taxonomy = load()
    tagger = Tagger.of(taxonomy, model.load(model.default_path(), taxonomy))
    taggings = list(tagger.tag(releases(count)))
    with tempfile.TemporaryDirectory() as copy, sync_playwright() as browsers:
        folder = Path(copy) / "labeled"
        shutil.copytree(LABELED, folder)
        begun = perf_counter()
        desk = Desk(folder, tagger, taggings)
        desk.prepare()
        opened = perf_counter() - begun
        told: list[Door] = []
        ready = Event()

        def listening(door: Door) -> None:
            told.append(door)
            ready.set()

        Thread(
            target=serve, args=(desk, Door("127.0.0.1", 0, ""), "bench", listening), daemon=True
        ).start()
        ready.wait()
        browser = browsers.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        taken = decide(browser.new_page(), told[0].address)
        browser.close()
    waiting = sum(bool(card.kinds) for card in desk.cards)
    parts = quantiles(taken, n=20)
    print(f"{len(taggings)} programs, {waiting} cards in the queue, opened in {opened:.1f} s")
    print(
        f"{len(taken)} decisions: median {parts[9]:.0f} ms, 95th percentile {parts[18]:.0f} ms, "
        f"longest {max(taken):.0f} ms"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 33_000)
