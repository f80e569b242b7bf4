// The review page: which card, what a key does, what is saved, and what others do meanwhile.

import { $, View, element, texts, words as wordsOf } from "./card.js";
import { Proposals } from "./rules.js";
import { Picker } from "./text.js";

const EVERY = 2000; // milliseconds between two looks at what others decided
const data = await (await fetch("/api/start")).json();
const { blind } = data;
const state = { language: stored("language") || "ja", name: data.name || stored("name") || "", order: [], done: new Set(), at: -1, card: null, loaded: false, since: data.since };
const cache = new Map();
let draft = null;
let picker = null;
let settled = null; // the card that was decided last

function stored(key, value) {
  try {
    if (value !== undefined) localStorage.setItem(`review.${key}`, value);
    return localStorage.getItem(`review.${key}`);
  } catch { return null; } // a browser that keeps nothing
}

// Words ------------------------------------------------------------------------------------------

function say(key, values = {}) {
  const found = key.split(".").reduce((table, part) => table?.[part], data.words[state.language]);
  return String(found ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}
say.tag = (index) => data.tags[index].name[say.language];
say.who = (by) => by.replace(/^adjudication-/, "");
Object.defineProperty(say, "language", { get: () => state.language });

function speak(language) {
  state.language = language;
  document.documentElement.lang = language;
  document.title = say(blind ? "blind_title" : "title");
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = say(node.dataset.t);
  for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", say(node.dataset.tLabel));
  for (const node of document.querySelectorAll("[data-t-placeholder]")) node.placeholder = say(node.dataset.tPlaceholder);
  const other = language === "ja" ? "en" : "ja";
  $("#language").textContent = data.words[other].language;
  $("#language").lang = other;
  fillChoices();
  fillKeys();
  fillReasons();
  show();
}

let announced = 0;
function announce(text) {
  $("#status").textContent = "";
  requestAnimationFrame(() => { $("#status").textContent = text; });
  clearTimeout(announced);
  announced = setTimeout(() => { $("#status").textContent = ""; }, 8000);
}

// The queue --------------------------------------------------------------------------------------

const filters = ["kind", "tag", "prefecture", "release"].filter((name) => $(`#${name}`));

function fillChoices() {
  const choices = {
    kind: [...data.kinds.map((kind) => [kind, say(`kinds.${kind}`)]), ["all", say("every")]],
    tag: data.tags.map((tag, index) => [tag.id, say.tag(index)]),
    prefecture: data.prefectures.map((name) => [name, name]),
    release: data.releases.map((name) => [name, name]),
  };
  for (const name of filters) {
    const select = $(`#${name}`);
    const kept = select.value;
    select.replaceChildren(select.options[0], ...choices[name].map(([value, text]) => element("option", { value }, text)));
    select.value = kept;
  }
  $("#choice-release").hidden = data.releases.length < 2;
}

async function load(wanted = null) {
  const query = new URLSearchParams({ q: $("#query").value });
  for (const name of filters) query.set(name, $(`#${name}`).value);
  const found = await (await fetch(`/api/queue?${query}`)).json();
  state.loaded = true;
  state.order = found.cards;
  state.done = new Set(found.done);
  const at = wanted === null ? -1 : state.order.indexOf(wanted);
  await go(at >= 0 ? at : state.order.findIndex((number) => !state.done.has(number)));
}

function following(from) {
  const { order, done } = state;
  for (let step = 1; step <= order.length; step += 1) {
    const at = (from + step) % order.length;
    if (!done.has(order[at])) return at;
  }
  return -1;
}

async function fetched(number) {
  const answer = await fetch(`/api/card/${number}`);
  return answer.json();
}

async function go(at) {
  state.at = at;
  await open(at < 0 ? null : state.order[at]);
}

async function open(number) {
  leavePicking(false);
  state.card = number === null ? null : await (cache.get(number) || fetched(number));
  cache.clear();
  draft = state.card && newDraft(state.card);
  getSelection().removeAllRanges();
  $("#alert").textContent = "";
  show();
  scrollTo(0, 0);
  const next = state.order[following(state.at)];
  if (next !== undefined && next !== number) cache.set(next, fetched(next));
}

// A card that is not in the queue as it is filtered: another tag of the program, one taken back.
async function visit(number) {
  const at = state.order.indexOf(number);
  if (at >= 0) await go(at);
  else await open(number);
}

// What is shown ----------------------------------------------------------------------------------

const view = new View(say, data.tags, (number) => doNext(() => visit(number)));

function newDraft(card) {
  return {
    unsure: false, gap: false, reason: "", own: false, spans: [...(card.suggested || [])],
    drop(index) {
      const [gone] = this.spans.splice(index, 1);
      this.own = true;
      announce(say("unpicked", { words: wordsOf(gone) }));
      showDraft();
    },
  };
}

function show() {
  const { order, done, card, at } = state;
  $("#bar").max = Math.max(order.length, 1);
  $("#bar").value = done.size;
  $("#count").textContent = say("progress", { all: order.length, done: done.size });
  $("#position").textContent = at >= 0 ? say("position", { all: order.length, n: at + 1 }) : "";
  $("#who").textContent = state.name;
  $("#main").hidden = !card;
  $("#message").hidden = Boolean(card);
  $("#message").replaceChildren(...(!state.loaded ? [say("loading")] : order.length
    ? [element("strong", {}, say("finished")), element("br"), say("finished_hint")] : [say("nothing")]));
  if (!card) return;
  view.card(card);
  showDraft();
}

function showDraft() {
  view.draft(draft, blind);
}

// Deciding ---------------------------------------------------------------------------------------

async function post(path, body) {
  return fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ name: state.name, ...body }) });
}

async function refused(answer) {
  const { problem } = await answer.json().catch(() => ({ problem: answer.status }));
  $("#alert").textContent = say("problem", { problem });
}

async function decide(present) {
  if (!state.card) return;
  const { card, key, seen, tag, program } = state.card;
  const { unsure, gap, reason, spans } = draft;
  const answer = await post("/api/decide", { card, key, seen, present, unsure, gap, reason, spans }).catch(() => null);
  if (!answer) $("#alert").textContent = say("offline");
  else if (answer.status === 409) overtaken(await answer.json());
  else if (!answer.ok) await refused(answer);
  else {
    if (state.order.includes(card)) state.done.add(card);
    for (const [number, kept] of cache) if ((await kept).program.program_id === program.program_id) cache.delete(number);
    settled = { card, key, tag, program, present };
    await go(following(state.at));
    announce(say("decided", { body: program.body, tag: say.tag(tag), state: view.state(present) }));
  }
}

function overtaken(card) {
  const { held } = card;
  const before = state.card.held;
  state.card = card;
  if (card.done && state.order.includes(card.card)) state.done.add(card.card);
  show();
  $("#alert").textContent = held
    ? say("overtaken", { who: say.who(held.by), state: view.state(held.present) })
    : say("overtaken_undone", { who: before ? say.who(before.by) : "" });
}

async function undo() {
  const answer = await post("/api/undo", {}).catch(() => null);
  if (!answer) $("#alert").textContent = say("offline");
  else if (!answer.ok) await refused(answer);
  else {
    const { card: number } = await answer.json();
    if (number === null) return announce(say("undo_none"));
    state.done.delete(number);
    settled = null;
    cache.clear();
    await visit(number);
    announce(say("undone", { body: state.card.program.body, tag: say.tag(state.card.tag) }));
  }
  return undefined;
}

async function skip() {
  if (state.at < 0) return;
  const [number] = state.order.splice(state.at, 1);
  state.order.push(number);
  cache.clear();
  await go(following(state.at - 1));
  announce(say("skipped"));
}

async function step(by) {
  if (!state.order.length) return;
  const from = state.at < 0 && by < 0 ? state.order.length : state.at;
  const at = from + by;
  if (at >= 0 && at < state.order.length) await go(at);
}

function toggle(name) {
  if (!draft) return;
  draft[name] = !draft[name];
  showDraft();
  announce(say(draft[name] ? "toggled_on" : "toggled_off", { what: say(name) }));
}

async function nextKind() {
  const select = $("#kind");
  if (!select) return;
  select.selectedIndex = (select.selectedIndex + 1) % (select.options.length - 1);
  await load();
  announce(say("showing", { kind: select.selectedOptions[0].textContent, n: state.order.length }));
}

async function look() {
  const answer = document.hidden ? null : await fetch(`/api/changes?since=${state.since}`).catch(() => null);
  if (!answer?.ok) return;
  const { since, cards } = await answer.json();
  state.since = since;
  for (const [number, done, seen] of cards) {
    cache.delete(number);
    if (done && state.order.includes(number)) state.done.add(number);
    if (!done) state.done.delete(number);
    if (number === state.card?.card && seen !== state.card.seen) await refresh(number);
  }
  if (cards.length) {
    $("#bar").value = state.done.size;
    $("#count").textContent = say("progress", { all: state.order.length, done: state.done.size });
  }
}

async function refresh(number) {
  state.card = await fetched(number);
  show();
  const { held } = state.card;
  if (held) $("#alert").textContent = say("other", { who: say.who(held.by), state: view.state(held.present) });
}

// Evidence ---------------------------------------------------------------------------------------

function take(span) {
  if (!draft.own) draft.spans = [];
  draft.own = true;
  if (!draft.spans.some((kept) => String(kept) === String(span))) draft.spans.push(span);
  showDraft();
  announce(say("picked", { words: wordsOf(span) }));
}

function evidence() {
  if (!draft) return;
  const chosen = texts.map((passage) => passage.selected(getSelection())).filter(Boolean);
  if (picker) {
    const { span } = picker;
    leavePicking();
    take(span);
  } else if (chosen.length) {
    getSelection().removeAllRanges();
    chosen.forEach(take);
  } else {
    picker = new Picker(texts, draft.spans[0]);
    if (picker.empty) picker = null;
    else {
      document.body.classList.add("picking");
      announce(say("picking"));
    }
  }
}

function leavePicking(clear = true) {
  if (!picker) return;
  picker = null;
  document.body.classList.remove("picking");
  if (clear) getSelection().removeAllRanges();
}

function pick(event) {
  if (event.key.startsWith("Arrow")) {
    picker.move(event.key, event.shiftKey);
    announce(picker.words);
  } else if (event.key === "Enter" || event.key.toLowerCase() === "e") evidence();
  else if (event.key === "Escape") leavePicking();
  else return;
  event.preventDefault();
}

// Rules ------------------------------------------------------------------------------------------

const proposals = new Proposals(say, post, data.tags, announce);

// Of the card that is shown where it is settled, else of the one that was decided last.
function propose() {
  const { card } = state;
  const of = card?.held && card.done ? { ...card, present: card.held.present } : settled;
  if (!of) return announce(say("propose_none"));
  proposals.open(of, `${of.program.body} ${say.tag(of.tag)}：${view.state(of.present)}`);
  return undefined;
}

// Reasons, names, help ---------------------------------------------------------------------------

function fillReasons() {
  $("#reasons").replaceChildren(...data.words.why.map((reason, index) => {
    const button = element("button", { type: "button" }, element("kbd", {}, String(index + 1)), reason[state.language]);
    button.addEventListener("click", () => giveReason(reason.ja));
    return element("li", {}, button);
  }));
}

function giveReason(text) {
  draft.reason = text.trim();
  $("#reason-box").close();
  showDraft();
  announce(draft.reason ? say("reason_set", { words: draft.reason }) : say("no_reason"));
}

function askReason() {
  if (!draft) return;
  $("#free").value = draft.reason;
  $("#reason-box").showModal();
  $("#reasons button").focus();
}

$("#reason-box").addEventListener("keydown", (event) => {
  if (event.target === $("#free")) return;
  if (/^[1-9]$/.test(event.key)) data.words.why[event.key - 1] && giveReason(data.words.why[event.key - 1].ja);
  else if (event.key === "0") $("#free").focus();
  else return;
  event.preventDefault();
});
$("#reason-form").addEventListener("submit", () => giveReason($("#free").value));
// What is typed takes the place of the reason that stands there.
$("#free").addEventListener("focus", (event) => event.target.select());
async function isName(name) {
  const answer = await post("/api/name", { name });
  return answer.ok ? (await answer.json()).name : "";
}

function called(name) {
  state.name = name;
  stored("name", name);
  $("#who").textContent = name;
  $("#who").hidden = !name;
}

function askName() {
  $("#name").value = state.name;
  $("#name-box").showModal();
}

$("#name-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = await isName($("#name").value).catch(() => null);
  $("#name-alert").textContent = name ? "" : say(name === null ? "offline_read" : "name_bad");
  if (!name) return;
  called(name);
  $("#name-box").close();
});
$("#name-box").addEventListener("cancel", (event) => state.name || event.preventDefault());

function fillKeys() {
  const rows = [
    ["next", "J → / K ←"], ["decide", "Y 1 / N 0"], ["unsure", "U"], ["reason", "R"], ["gap", "G"], ["evidence", "E"], ["drop", "Backspace"],
    ["undo", "Z"], ["skip", "S"], ["propose", "P"], ["search", "/"], ["kind", "F"], ["language", "L"], ["help", "?"],
  ].filter(([key]) => !(blind && ["kind", "propose"].includes(key)));
  $("#keys").replaceChildren(...rows.map(([key, keys]) => element("tr", {},
    element("th", { scope: "row" }, ...keys.split(" ").map((part) => (part === "/" && keys !== "/" ? " / " : element("kbd", {}, part)))),
    element("td", {}, say(`keys.${key}`)))));
}

// Keys -------------------------------------------------------------------------------------------

// One thing after the other: a key that comes while a decision is saved waits for it.
let work = Promise.resolve();
function doNext(what) {
  work = work.then(what).catch((fault) => { $("#alert").textContent = fault instanceof TypeError ? say("offline_read") : say("problem", { problem: fault.message }); });
  return work;
}

function switchLanguage() {
  speak(state.language === "ja" ? "en" : "ja");
  stored("language", state.language);
}

const keys = {
  j: () => step(1), ArrowRight: () => step(1), k: () => step(-1), ArrowLeft: () => step(-1),
  y: () => decide(true), 1: () => decide(true), n: () => decide(false), 0: () => decide(false),
  u: () => toggle("unsure"), g: () => toggle("gap"), r: askReason, e: evidence, z: undo, s: skip, f: nextKind, l: switchLanguage, p: () => blind || propose(),
  "/": () => $("#query").focus(), "?": () => $("#help-box").showModal(),
  Backspace: () => draft?.spans.length && draft.drop(draft.spans.length - 1),
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.target.matches("input, select, textarea")) {
    if (event.key === "Escape" || (event.key === "Enter" && event.target === $("#query"))) {
      event.target.blur();
      event.preventDefault();
    }
    return;
  }
  if (picker && (event.key.startsWith("Arrow") || ["Enter", "e", "E", "Escape"].includes(event.key))) {
    pick(event);
    return;
  }
  const action = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action || (event.repeat && !event.key.startsWith("Arrow") && !"jk".includes(event.key))) return;
  event.preventDefault();
  doNext(action);
});

const clicks = {
  present: () => decide(true), absent: () => decide(false), unsure: () => toggle("unsure"), gap: () => toggle("gap"),
  who: askName, reason: askReason, evidence, undo, skip, propose, help: () => $("#help-box").showModal(), language: switchLanguage,
};
for (const [id, action] of Object.entries(clicks)) {
  if (!$(`#${id}`)) continue; // not in a blind pass
  $(`#${id}`).addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
  $(`#${id}`).addEventListener("click", () => doNext(action));
}
for (const name of filters) $(`#${name}`).addEventListener("change", () => doNext(load));
let typing = 0;
$("#query").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => doNext(load), 200);
});
$(".filters").addEventListener("submit", (event) => event.preventDefault());

speak(state.language);
$("#who").disabled = Boolean(data.name);
if (!data.name) called(state.name && await isName(state.name).catch(() => state.name));
if (!state.name) askName();
await doNext(load);
setInterval(() => doNext(look), EVERY);
