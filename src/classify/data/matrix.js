"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const state = { lang: "ja", view: data.by, tag: "", prefecture: "", want: "", query: "" };
  const sheets = { body: $('[data-sheet="body"]'), prefecture: $('[data-sheet="prefecture"]') };
  const rows = { body: all("tbody tr", sheets.body), prefecture: all("tbody tr", sheets.prefecture) };
  const cells = (row) => [...row.cells].slice(row.cells.length - data.tags.length).map((cell) => cell.firstElementChild);
  const [PROGRAM, SUMMARY] = [0, 1];
  const REACH = 40;

  // Words ------------------------------------------------------------------------------------

  const words = (key) => key.split(".").reduce((table, part) => table[part], data.texts[state.lang]);
  const fill = (key, values) => words(key).replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const tagName = (index) => data.tags[index].name[state.lang];
  const prefectureName = (index) => (data.prefectures[index] || { ja: words("no_prefecture"), en: words("no_prefecture") })[state.lang];
  const who = (body) => `${prefectureName(body.prefecture)} ${body.body}`;

  const folded = (text) =>
    text.normalize("NFKC").toLowerCase().replace(/[\u30a1-\u30f6]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));

  function speak(lang) {
    state.lang = lang;
    document.documentElement.lang = lang;
    document.title = words("title");
    for (const node of all("[data-t]")) node.textContent = words(node.dataset.t);
    for (const node of all("[data-t-label]")) node.setAttribute("aria-label", words(node.dataset.tLabel));
    for (const node of all("[data-t-placeholder]")) node.placeholder = words(node.dataset.tPlaceholder);
    for (const node of all("[data-tag-name]")) node.textContent = tagName(node.dataset.tagName);
    for (const node of all("[data-tag-definition]")) node.textContent = data.tags[node.dataset.tagDefinition].definition[lang];
    for (const node of all("[data-pref]")) node.textContent = prefectureName(node.dataset.pref);
    for (const node of all("[data-pref-short]")) node.textContent = data.prefectures[node.dataset.prefShort][lang === "ja" ? "short" : "en"];
    for (const button of all("[data-lang]")) button.setAttribute("aria-pressed", button.dataset.lang === lang);
    labelBodies();
    labelPrefectures();
    closePanel();
    show();
  }

  function labelBodies() {
    const labels = data.tags.map((_, tag) =>
      Object.fromEntries(Object.entries(words("states")).map(([mark, name]) => [mark, fill("page.cell", { who: "\n", tag: tagName(tag), state: name })])));
    rows.body.forEach((row, index) => {
      const body = data.bodies[index];
      const name = who(body);
      cells(row).forEach((button, tag) => { button.ariaLabel = labels[tag][body.states[tag]].replace("\n", () => name); });
    });
  }

  function labelPrefectures() {
    rows.prefecture.forEach((row, index) => cells(row).forEach((button, tag) => {
      const { n, w: waiting } = button.dataset;
      button.ariaLabel = fill("page.number_cell", { who: prefectureName(index), tag: tagName(tag), n, waiting });
    }));
  }

  // Which rows are shown ---------------------------------------------------------------------

  for (const body of data.bodies) {
    const texts = body.programs.flatMap((program) => [program.program, program.department, program.summary]);
    body.text = folded([body.body, ...Object.values(data.prefectures[body.prefecture] || {}), ...texts].join("\n"));
  }

  function show() {
    const terms = folded(state.query).split(/\s+/).filter(Boolean);
    const fits = (body) =>
      (state.prefecture === "" || body.prefecture === Number(state.prefecture)) &&
      (state.tag === "" || state.want === "" || body.states[state.tag] === state.want) &&
      terms.every((term) => body.text.includes(term));
    const shown = data.bodies.map(fits);
    const filtered = shown.includes(false);
    const places = new Set(data.bodies.filter((_, index) => shown[index]).map((body) => body.prefecture));
    rows.body.forEach((row, index) => { row.hidden = !shown[index]; });
    rows.prefecture.forEach((row, index) => { row.hidden = filtered && !places.has(index); });
    count(shown);
    $("#result").textContent = fill("page.result", { all: data.bodies.length, shown: shown.filter(Boolean).length });
    $(".nothing").hidden = shown.includes(true) || !data.bodies.length;
    $("#clear").hidden = !filtered && state.tag === "";
    $("#state").disabled = state.tag === "";
    for (const [name, sheet] of Object.entries(sheets)) sheet.toggleAttribute("data-second", name !== state.view);
    for (const button of all("[data-view]")) button.setAttribute("aria-pressed", button.dataset.view === state.view);
    choose();
    drawMap();
    resetFocus();
  }

  function count(shown) {
    const offered = data.tags.map((_, tag) => data.bodies.filter((body, index) => shown[index] && body.states[tag] === "1").length);
    for (const head of all("th[data-tag]")) $("b", head).textContent = offered[head.dataset.tag];
  }

  function choose() {
    $("#prefecture").value = state.prefecture;
    $("#tag").value = state.tag;
    $("#state").value = state.want;
    $(`[name="tag"][value="${state.tag}"]`).checked = true;
    for (const head of all("th[data-tag]")) head.classList.toggle("chosen", head.dataset.tag === state.tag);
  }

  // The tile map -----------------------------------------------------------------------------

  const bodiesOf = (prefecture) => data.bodies.filter((body) => body.prefecture === prefecture);
  const offering = (bodies, mark = "1") => (state.tag === "" ? bodies : bodies.filter((body) => body.states[state.tag] === mark));

  function drawMap() {
    const listed = data.prefectures.map((_, index) => bodiesOf(index));
    const numbers = listed.map((bodies) => offering(bodies).length);
    const most = Math.max(1, ...numbers);
    for (const tile of all(".map .tile")) {
      const [index, number] = [Number(tile.dataset.p), numbers[tile.dataset.p]];
      const empty = !listed[index].length;
      const waits = !number && offering(listed[index], "?").length > 0;
      tile.dataset.level = empty ? "none" : waits ? "wait" : number ? Math.ceil((3 * number) / most) : "zero";
      $("b", tile).textContent = empty ? "–" : waits ? "?" : number;
      tile.setAttribute("aria-pressed", state.prefecture === String(index));
      tile.setAttribute("aria-label", `${prefectureName(index)} ${empty ? words("page.key_none") : waits ? words("page.key_wait") : number}`);
    }
    $("#map-title").textContent = state.tag === "" ? words("page.map_all") : fill("page.map_tag", { tag: tagName(state.tag) });
    tell(listed, numbers);
  }

  function tell(listed, numbers) {
    const gaps = data.prefectures.map((_, index) => index).filter((index) => listed[index].length && !numbers[index] && !offering(listed[index], "?").length);
    const waiting = state.tag === "" ? 0 : offering(data.bodies, "?").length;
    const tally = fill("page.tally", {
      bodies: offering(data.bodies).length,
      listed: listed.filter((bodies) => bodies.length).length,
      offering: numbers.filter(Boolean).length,
    });
    $("#tally").textContent = state.tag === "" ? words("page.map_hint") : [tally, waiting ? fill("page.waiting", { n: waiting }) : ""].filter(Boolean).join(words("stop"));
    const list = element("b", gaps.map(prefectureName).join(words("comma")));
    $("#gaps").replaceChildren(...(state.tag === "" ? [words("page.gaps_hint")] : gaps.length ? [`${words("page.gaps")} `, list] : [words("page.gaps_none")]));
  }

  // The evidence -----------------------------------------------------------------------------

  function element(name, content = "", attributes = {}) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...[content].flat());
    return node;
  }

  const facts = (pairs) => element("dl", pairs.filter(([, value]) => value !== "").flatMap(([key, value]) => [element("dt", words(key)), element("dd", value, { lang: "ja" })]));
  const badge = (mark, text) => element("span", `${{ 1: "● ", "?": "? ", 0: "" }[mark]}${text}`, { class: "badge", "data-s": mark });
  const stateOf = (decision) => (decision.review ? "?" : decision.present ? "1" : "0");

  // Offsets count characters, not the UTF-16 units of JavaScript strings.
  function marked(text, field, decisions) {
    const chars = [...text];
    const kinds = chars.map(() => "");
    for (const decision of decisions) {
      for (const [where, start, end] of decision.evidence) {
        if (where === field) kinds.fill(decision.present ? "for" : "against", start, end);
      }
    }
    const nodes = [];
    for (let start = 0, end; start < chars.length; start = end) {
      for (end = start + 1; end < chars.length && kinds[end] === kinds[start]; ) end += 1;
      const piece = chars.slice(start, end).join("");
      nodes.push(kinds[start] ? element("mark", piece, { class: kinds[start] }) : piece);
    }
    return nodes;
  }

  function passage(program, [field, start, end]) {
    const chars = [...(field === PROGRAM ? program.program : program.summary)];
    const inside = (at) => chars[at] !== undefined && chars[at] !== "\n";
    let [from, to] = [start, end];
    while (inside(from - 1) && start - from < REACH) from -= 1;
    while (inside(to) && to - end < REACH) to += 1;
    const text = (first, last) => chars.slice(first, last).join("");
    return element("p", [inside(from - 1) ? "…" : "", text(from, start), element("mark", text(start, end)), text(end, to), inside(to) ? "…" : ""], { lang: "ja" });
  }

  const offers = (decisions) =>
    element("p", decisions.flatMap((decision, tag) => (stateOf(decision) === "0" ? [] : [badge(stateOf(decision), tagName(tag))])));

  function programCard(program, tag) {
    const decisions = tag === null ? program.decisions : [program.decisions[tag]];
    const card = element("article", element("h3", marked(program.program, PROGRAM, decisions), { lang: "ja" }));
    card.append(
      ...(tag === null ? [offers(decisions)] : decisionParts(decisions[0])),
      element("div", marked(program.summary, SUMMARY, decisions), { class: "summary", lang: "ja" }),
      facts([["department", program.department], ["phone", program.phone], ["source", [program.release, program.source].filter(Boolean).join(" ")]]),
    );
    return card;
  }

  function decisionParts(decision) {
    const share = (value) => (value === null ? "" : value.toFixed(2));
    const rules = [...new Set(decision.evidence.map(([, , , rule]) => rule))].filter(Boolean);
    const parts = facts([
      ["state", words("states")[stateOf(decision)]],
      ["status", words("statuses")[decision.status]],
      ["reason", words("reasons")[decision.reason] || decision.reason],
      ["rule", [words("rules")[decision.rule], ...rules].join(" ")],
      ["model", share(decision.model)],
      ["probability", share(decision.probability)],
    ]);
    return decision.evidence.length ? [parts] : [parts, element("p", words("page.no_grounds"), { class: "about" })];
  }

  function bodyPanel(index, tag) {
    const body = data.bodies[index];
    const cards = body.programs.map((program) => programCard(program, tag));
    if (tag === null) return openPanel(who(body), [element("p", words("page.body_all"), { class: "about" }), ...cards]);
    const mark = body.states[tag];
    return openPanel(`${who(body)} ・ ${tagName(tag)}`, [badge(mark, words("states")[mark]), element("p", data.tags[tag].definition[state.lang], { class: "about" }), ...cards]);
  }

  function prefecturePanel(index, tag) {
    const items = data.bodies.flatMap((body, number) => {
      if (body.prefecture !== index || body.states[tag] === "0") return [];
      const quotes = body.programs.flatMap((program) => {
        const decision = program.decisions[tag];
        return decision.present || decision.review ? decision.evidence.slice(0, 1).map((evidence) => passage(program, evidence)) : [];
      });
      const name = element("button", body.body, { type: "button", "data-body": number, "data-of": tag, lang: "ja" });
      return [element("li", [badge(body.states[tag], words("states")[body.states[tag]]), name, ...quotes])];
    });
    const about = element("p", data.tags[tag].definition[state.lang], { class: "about" });
    openPanel(`${prefectureName(index)} ・ ${tagName(tag)}`, [about, items.length ? element("ul", items) : element("p", words("page.none_here"))]);
  }

  let opener = null;

  function openPanel(title, content) {
    $("#panel-title").textContent = title;
    $("#panel-body").replaceChildren(...content);
    $("#panel").hidden = false;
    // The table makes room for the panel, unless it is so long that this would take seconds.
    document.documentElement.classList.toggle("reading", data.bodies.length <= 2000);
    $("#panel").scrollTop = 0;
    $("#panel-title").focus();
  }

  function closePanel() {
    if ($("#panel").hidden) return;
    $("#panel").hidden = true;
    document.documentElement.classList.remove("reading");
    if (opener) {
      opener.removeAttribute("aria-expanded");
      opener.focus();
    }
    opener = null;
  }

  // One stop for the Tab key in each table; the arrow keys move inside --------------------------

  const stops = (row) => all("button", row);

  function resetFocus() {
    const rowsShown = rows[state.view].filter((row) => !row.hidden);
    const table = $("tbody", sheets[state.view]);
    for (const button of all('[tabindex="0"]', table)) button.tabIndex = -1;
    if (rowsShown.length) stops(rowsShown[0])[0].tabIndex = 0;
  }

  function move(event) {
    const button = event.target.closest("tbody button");
    if (!button) return;
    const row = button.closest("tr");
    const line = stops(row);
    const at = line.indexOf(button);
    const next = (from, step) => {
      do from = from && from[step]; while (from && from.hidden);
      return from ? stops(from)[at] : null;
    };
    const target = {
      ArrowLeft: () => line[at - 1],
      ArrowRight: () => line[at + 1],
      ArrowUp: () => next(row, "previousElementSibling"),
      ArrowDown: () => next(row, "nextElementSibling"),
      Home: () => line[0],
      End: () => line[line.length - 1],
    }[event.key];
    if (!target) return;
    event.preventDefault();
    const found = target();
    if (!found) return;
    button.tabIndex = -1;
    found.tabIndex = 0;
    found.focus();
  }

  // What a person does -----------------------------------------------------------------------

  function change(values) {
    Object.assign(state, values);
    if (state.tag === "") state.want = "";
    show();
  }

  function openCell(event) {
    const button = event.target.closest("tbody button");
    if (!button) return;
    const row = button.closest("tr");
    const [index, column] = [Number(row.dataset.i), stops(row).indexOf(button)];
    if (state.view === "prefecture" && column === 0) {
      change({ view: "body", prefecture: String(index) });
      return;
    }
    if (opener) opener.removeAttribute("aria-expanded");
    opener = button;
    button.setAttribute("aria-expanded", "true");
    if (state.view === "body") bodyPanel(index, column ? column - 1 : null);
    else prefecturePanel(index, column - 1);
  }

  for (const sheet of Object.values(sheets)) {
    sheet.addEventListener("click", openCell);
    sheet.addEventListener("keydown", move);
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button, th[data-tag]");
    if (!button) return;
    const { lang, view, tag, p, body, of } = button.dataset;
    if (lang) speak(lang);
    else if (view) change({ view });
    else if (tag) change({ tag: state.tag === tag ? "" : tag });
    else if (p) change({ prefecture: state.prefecture === p ? "" : p });
    else if (body) bodyPanel(Number(body), Number(of));
    else if (button.id === "close") closePanel();
    else if (button.id === "clear") {
      $("#query").value = "";
      change({ tag: "", prefecture: "", want: "", query: "" });
    }
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") closePanel(); });
  document.addEventListener("change", (event) => {
    const { id, name, value } = event.target;
    if (name === "tag" || id === "tag") change({ tag: value });
    else if (id === "prefecture") change({ prefecture: value });
    else if (id === "state") change({ want: value });
  });
  $(".tools").addEventListener("submit", (event) => event.preventDefault());
  let pause = 0;
  $("#query").addEventListener("input", (event) => {
    clearTimeout(pause);
    pause = setTimeout(() => change({ query: event.target.value }), 120);
  });

  document.documentElement.classList.add("script");
  speak("ja");
})();
