// A card on the page: everything that one sees of a program, a tag, and what was said about them.

import { Passage } from "./text.js";

export const $ = (selector) => document.querySelector(selector);
const passages = { program: new Passage($("#program"), "program"), summary: new Passage($("#summary"), "summary") };
const MARKS = { true: "●", false: "－" };
const percent = (share) => Math.round(100 * share);

export const texts = Object.values(passages);
export const words = (span) => passages[span[0]].slice(span[1], span[2]).trim();
export const rangeOf = (span) => passages[span[0]].range(span[1], span[2]);

export function element(name, properties = {}, ...children) {
  const { lang, data, ...rest } = properties;
  const node = Object.assign(document.createElement(name), rest);
  if (lang) node.lang = lang;
  Object.assign(node.dataset, data);
  node.append(...children.filter((child) => child !== "" && child !== null && child !== undefined));
  return node;
}

const quoted = (text) => element("q", { lang: "ja" }, element("bdi", {}, text));
const small = (text) => element("small", {}, text);

// `say` has the words of the language: say(key, values), tag(index), kind(id), who(by).
export class View {
  constructor(say, tags, go) {
    this.say = say;
    this.tags = tags;
    this.go = go;
  }

  card(card) {
    const { program } = card;
    $("#origin").textContent = [program.prefecture, program.release].filter(Boolean).join(" ・ ");
    $("#body").textContent = program.body || program.program_id;
    for (const [field, passage] of Object.entries(passages)) {
      const marks = (card.marks || []).filter((mark) => mark[0] === field);
      passage.show(program[field], card.units[field], marks.map((mark) => this.#mark(mark, card)));
    }
    $("#facts").replaceChildren(...["department", "source"].filter((name) => program[name]).flatMap((name) => [
      element("dt", {}, this.say(name)), element("dd", { lang: "ja" }, program[name]),
    ]));
    $("#question").textContent = this.say("question", { tag: this.say.tag(card.tag) });
    $("#question").className = `c${card.tag % 8}`;
    this.#states(card);
    this.#why(card);
    this.#held(card);
    if ($("#voices")) $("#voices").replaceChildren(...this.#voices(card));
    this.#guide(this.tags[card.tag]);
  }

  #mark([, start, end, tag, status], card) {
    const treated = status === "model" ? this.say("marks.model") : this.say(`statuses.${status}`);
    const label = status === "provided" ? this.say.tag(tag) : `${this.say.tag(tag)}：${treated}`;
    return { start, end, tag, status, label, current: tag === card.tag };
  }

  #states(card) {
    const states = card.states || this.tags.map((_, index) => ({ card: card.card - card.tag + index, state: "" }));
    $("#states").replaceChildren(...states.map(({ card: number, state, gold }, index) => {
      const current = index === card.tag;
      const named = state ? this.say(`states.${state}`) : "";
      const button = element("button", { type: "button", className: `c${index % 8}`, data: { state } },
        element("i", { ariaHidden: "true" }, { 1: "●", "?": "?", 0: "－" }[state] ?? ""), element("span", {}, this.say.tag(index)),
        named ? element("span", { className: "unseen" }, `：${named}`) : "");
      if (gold) button.classList.add("settled");
      if (current) button.setAttribute("aria-current", "true");
      button.addEventListener("click", () => this.go(number));
      return button;
    }));
  }

  #why(card) {
    const reasons = (card.kinds || []).map((kind) => element("li", {}, this.say(`kinds.${kind}`)));
    if (card.suspicion >= 0.5) reasons.push(element("li", {}, this.say("suspicion", { n: percent(card.suspicion) })));
    if (card.kinds?.length && card.changes) reasons.push(element("li", { className: "cell" }, this.say("changes")));
    $("#why").replaceChildren(...reasons);
  }

  #held(card) {
    const { held } = card;
    $("#held").hidden = !held;
    if (!held) return;
    const at = held.at ? new Date(held.at).toLocaleString(this.say.language, { dateStyle: "medium", timeStyle: "short" }) : "";
    const key = at ? "held_at" : "held";
    const line = this.say(key, { who: this.say.who(held.by), state: this.state(held.present), at });
    $("#held").replaceChildren(element("b", {}, MARKS[held.present]), ` ${line}`, ...this.#notes(held));
  }

  state(present) {
    return this.say(present ? "present" : "absent");
  }

  #voices(card) {
    const { decision, model } = card;
    const rows = [];
    const verdict = { present: true, ruled_out: false }[decision.rule];
    const said = card.rules.map((rule) => element("p", {},
      quoted(rule.words), " ", element("span", { className: `treated ${rule.status}` }, this.say(`statuses.${rule.status}`)),
      rule.cue_words ? [" ", this.say("cue", { words: rule.cue_words })].join("") : "",
      rule.times > 1 ? small(` ${this.say("times", { n: rule.times })}`) : "",
      element("code", {}, rule.cue ? `${rule.rule} / ${rule.cue}` : rule.rule)));
    rows.push(...this.#voice(this.say("rule"), verdict, said.length ? said : [element("p", {}, this.say("rule_silent"))]));
    if (model) {
      const likely = element("p", {}, this.say("probability", { n: percent(model.probability) }), " ", quoted(model.place));
      const lists = [["model_for", model.for], ["model_against", model.against]].filter(([, list]) => list.length).map(([key, list]) =>
        element("p", {}, small(this.say(key)), " ", element("span", { lang: "ja" }, list.join(this.say("comma")))));
      rows.push(...this.#voice(this.say("model"), model.probability >= 0.5, [likely, ...lists]));
    } else rows.push(...this.#voice(this.say("model"), undefined, [element("p", {}, this.say("model_none"))]));
    const reason = element("p", {}, this.say(`reasons.${decision.reason}`), small(` ${this.say("probability", { n: percent(decision.probability) })}`));
    rows.push(...this.#voice(this.say("tagger"), decision.present, [reason], decision.review));
    for (const label of card.said) rows.push(...this.#voice(this.say.who(label.by), label.present, this.#notes(label), false, label.settles));
    if (card.gold) rows.push(...this.#voice(this.say("gold"), card.gold.present, [element("p", {}, this.say(`origins.${card.gold.origin}`))]));
    if (card.before) {
      const { present, ...before } = card.before;
      const notes = [element("p", { lang: "ja" }, `${before.release} ${before.program}`), before.reason ? element("p", { lang: "ja" }, before.reason) : ""];
      rows.push(...this.#voice(this.say("before"), present, notes));
    }
    return rows;
  }

  #voice(who, present, details, asked = false, settles = false) {
    const state = present === undefined ? "" : asked ? "?" : present ? "1" : "0";
    const mark = { 1: "●", "?": "?", 0: "－", "": "" }[state];
    const named = state === "" ? "" : asked ? this.say("states.?") : this.state(present);
    return [
      element("dt", {}, element("bdi", {}, who), settles ? small(` ${this.say("settled")}`) : ""),
      element("dd", { data: { state } }, state ? element("strong", {}, element("i", { ariaHidden: "true" }, mark), named) : "", ...details),
    ];
  }

  #notes(label) {
    const flags = [label.unsure && this.say("unsure_said"), label.gap && this.say("gap_said")].filter(Boolean);
    return [
      flags.length ? element("p", { className: "flag" }, flags.join(this.say("comma"))) : "",
      ...label.quotes.map((quote) => element("p", {}, quoted(quote))),
      ...label.near_miss.map((quote) => element("p", {}, small(`${this.say("near_miss")} `), quoted(quote))),
      label.reason ? element("p", { lang: "ja" }, label.reason) : "",
    ];
  }

  #guide(tag) {
    const list = (key) => tag[key].length ? [element("h4", { className: key }, this.say(key)),
      element("ul", { lang: "ja" }, ...tag[key].map((item) => element("li", {}, item)))] : [];
    $("#definition").textContent = tag.definition[this.say.language];
    $("#guide").replaceChildren(...list("counts"), ...list("does_not_count"));
  }

  draft(draft, blind) {
    const chips = draft.spans.map((span, index) => {
      const named = words(span);
      const button = element("button", { type: "button", title: this.say("remove", { words: named }) },
        element("bdi", { lang: "ja" }, named), element("span", { ariaHidden: "true" }, " ×"));
      button.setAttribute("aria-label", this.say("remove", { words: named }));
      button.addEventListener("click", () => draft.drop(index));
      return element("li", {}, button);
    });
    $("#spans").replaceChildren(...(chips.length ? chips : [element("li", { className: "none" }, this.say("evidence_none"))]));
    $("#hint").textContent = draft.spans.length && !draft.own && !blind ? this.say("evidence_suggested") : this.say("evidence_hint");
    $("#chosen-reason").hidden = !draft.reason;
    $("#chosen-reason").replaceChildren(small(`${this.say("reason")} `), element("bdi", { lang: "ja" }, draft.reason));
    for (const name of ["unsure", "gap"]) $(`#${name}`).setAttribute("aria-pressed", draft[name]);
    $("#reason").setAttribute("aria-pressed", Boolean(draft.reason));
    if (CSS.highlights) CSS.highlights.set("evidence", new Highlight(...draft.spans.map(rangeOf)));
  }
}
