// A settled card's proposals for the taxonomy: what each fixes and breaks, and adding one.

import { $, element } from "./card.js";

export class Proposals {
  // `say` has the words of the language, `post` posts, `tags` tells a tag's number, `told` is told.
  constructor(say, post, tags, told) {
    Object.assign(this, { say, post, tags, told, card: null });
    const box = $("#rule-box");
    // The browser tells late that a box was closed: it may be open again by then.
    box?.addEventListener("close", () => { if (!box.open) this.card = null; });
    box?.addEventListener("keydown", (event) => {
      const button = /^[1-9]$/.test(event.key) && $("#rules").querySelectorAll("button")[event.key - 1];
      if (button) {
        button.focus();
        event.preventDefault();
      }
    });
  }

  async open(settled, title) {
    const card = { ...settled }; // this opening of the box, and no earlier one of the same card
    this.card = card;
    $("#rule-card").textContent = title;
    $("#rules").replaceChildren();
    this.#note(this.say("propose_wait"));
    $("#rule-box").showModal();
    const found = await this.#ask("/api/propose", { card: card.card, key: card.key });
    if (!found || this.card !== card) return; // closed, or another card's by now
    this.#note(this.say(found.proposals.length ? "propose_keys" : "propose_empty"));
    const items = found.proposals.map((one, index) => this.#proposal(one, index));
    $("#rules").replaceChildren(...items);
    for (const [number, { phrase }] of found.proposals.entries()) {
      const effect = this.card === card && await this.#ask("/api/effect", { card: card.card, key: card.key, number, phrase });
      if (!effect) return;
      items[number].lastChild.append(...["rules", "whole"].map((kind) => this.#effect(kind, effect[kind])));
      items[number].querySelector("button").disabled = false; // what it breaks has been shown
    }
  }

  #note(text) {
    $("#rule-note").textContent = text;
  }

  async #ask(path, body) {
    const { card } = this;
    const answer = await this.post(path, body).catch(() => null);
    if (this.card !== card) return null;
    if (answer?.ok) return answer.json();
    const { problem } = answer ? await answer.json().catch(() => ({ problem: answer.status })) : {};
    this.#note(problem ? this.say("problem", { problem }) : this.say("offline"));
    return null;
  }

  #proposal(one, index) {
    const { say } = this;
    const sentence = one.sentence.split("\n").join(" / ");
    const button = element("button", { type: "button", disabled: true }, element("kbd", { ariaHidden: "true" }, String(index + 1)), say("propose_accept"));
    button.setAttribute("aria-label", `${say("propose_accept")} ${index + 1}: ${one.phrase}`);
    button.addEventListener("click", () => this.#accept(one, index));
    return element("li", { data: { phrase: one.phrase } }, button, element("div", {},
      element("p", {}, element("b", {}, say("propose_phrase", one)), ` → ${say(`statuses.${one.status}`)}`),
      element("p", {}, say("propose_sentence", { rule: one.rule, side: one.present ? "yes" : "no", sentence }))));
  }

  #effect(kind, { fixed, broken, told }) {
    const line = element("summary", {}, `${this.say(`propose_${kind}`)}：${this.say("propose_effect", { fixed, broken })}`);
    if (broken) line.classList.add("broken");
    const list = told.map(({ program, tag, present, right }) => element("li", {}, this.say(right ? "propose_fixes" : "propose_breaks",
      { program, tag: this.say.tag(this.tags.findIndex(({ id }) => id === tag)), state: this.say(present ? "present" : "absent") })));
    return element("details", { open: broken > 0 }, line, element("ul", {}, ...list));
  }

  async #accept(one, number) {
    if (this.waiting) return; // pressed twice
    this.waiting = true;
    const { card, key } = this.card;
    this.#note(this.say("propose_wait"));
    const added = await this.#ask("/api/accept", { card, key, number, phrase: one.phrase });
    this.waiting = false;
    if (!added) return;
    $("#rule-box").close();
    this.told(this.say("proposed", added));
  }
}
