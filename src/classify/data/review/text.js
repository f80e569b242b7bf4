// A text of the program: its marks, and the way between a selection and characters of the text.
// The server counts characters (code points), the browser UTF-16 units.

export class Passage {
  constructor(node, field) {
    this.node = node;
    this.field = field;
    this.#read("", []);
  }

  // The n-th character begins at unit `this.begins[n]`; `words` are where the text's words begin.
  #read(text, words) {
    this.text = text;
    this.words = words;
    this.begins = [];
    for (let unit = 0; unit < text.length; unit += text.codePointAt(unit) > 0xffff ? 2 : 1) this.begins.push(unit);
    this.begins.push(text.length);
  }

  #point(unit) {
    let [low, high] = [0, this.begins.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.begins[middle] < unit) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  // `marks` are {start, end, tag, status, current, label}.
  show(text, words, marks) {
    this.#read(text, words);
    const inUnits = marks.map((mark) => ({ ...mark, start: this.begins[mark.start], end: this.begins[mark.end] }))
      .sort((a, b) => a.start - b.start);
    const cuts = [...new Set([0, text.length, ...inUnits.flatMap((mark) => [mark.start, mark.end])])].sort((a, b) => a - b);
    const pieces = [];
    let open = [];
    let next = 0;
    for (const [i, start] of cuts.slice(0, -1).entries()) {
      open = open.filter((mark) => mark.end > start);
      while (next < inUnits.length && inUnits[next].start <= start) open.push(inUnits[next++]);
      pieces.push(this.#piece(start, cuts[i + 1], open));
    }
    this.node.replaceChildren(...pieces);
  }

  #piece(start, end, here) {
    const words = this.text.slice(start, end);
    if (!here.length) return document.createTextNode(words);
    const lead = here.find((mark) => mark.current) || here[0];
    const node = document.createElement("mark");
    node.className = `c${lead.tag % 8} ${lead.status}${lead.current ? " current" : ""}`;
    node.textContent = words;
    const labels = here.filter((mark) => mark.end === end).sort((a, b) => b.current - a.current).map((mark) => mark.label);
    if (labels.length) node.dataset.label = [...new Set(labels)].join(" / ");
    return node;
  }

  slice(start, end) {
    return this.text.slice(this.begins[start], this.begins[end]);
  }

  range(start, end) {
    const range = document.createRange();
    const [from, to] = [this.begins[start], this.begins[end]];
    const walk = document.createTreeWalker(this.node, NodeFilter.SHOW_TEXT);
    let passed = 0;
    let begun = false;
    while (walk.nextNode()) {
      const { length } = walk.currentNode;
      if (!begun && from <= passed + length) {
        range.setStart(walk.currentNode, from - passed);
        begun = true;
      }
      if (begun && to <= passed + length) {
        range.setEnd(walk.currentNode, to - passed);
        break;
      }
      passed += length;
    }
    return range;
  }

  // The characters that a selection covers here, white space at its ends aside; null for none.
  selected(selection) {
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!range.intersectsNode(this.node)) return null;
    const whole = document.createRange();
    whole.selectNodeContents(this.node);
    const offset = (container, at) => {
      if (!this.node.contains(container)) return null;
      const before = whole.cloneRange();
      before.setEnd(container, at);
      return before.toString().length;
    };
    let start = offset(range.startContainer, range.startOffset) ?? 0;
    let end = offset(range.endContainer, range.endOffset) ?? this.text.length;
    while (start < end && /\s/.test(this.text[start])) start += 1;
    while (start < end && /\s/.test(this.text[end - 1])) end -= 1;
    return start < end ? [this.field, this.#point(start), this.#point(end)] : null;
  }
}

// Choosing words without a mouse: a cursor of one word, which Shift extends.
export class Picker {
  constructor(passages, start) {
    this.places = passages.flatMap((passage) =>
      passage.words.slice(0, -1)
        .map((begin, i) => ({ passage, begin, end: passage.words[i + 1] }))
        .filter((place) => passage.slice(place.begin, place.end).trim()));
    const at = start ? this.places.findIndex((place) => place.passage.field === start[0] && place.end > start[1]) : 0;
    this.head = this.anchor = Math.max(at, 0);
    this.#show();
  }

  get empty() {
    return !this.places.length;
  }

  move(key, extend) {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.#line(1), ArrowUp: this.#line(-1) }[key];
    let head = Math.min(Math.max(this.head + step, 0), this.places.length - 1);
    const within = this.places[this.anchor].passage;
    if (extend) while (this.places[head].passage !== within) head += head > this.anchor ? -1 : 1;
    this.head = head;
    if (!extend) this.anchor = head;
    this.#show();
  }

  get span() {
    const [first, last] = [Math.min(this.head, this.anchor), Math.max(this.head, this.anchor)];
    const { passage, begin } = this.places[first];
    return [passage.field, begin, this.places[last].end];
  }

  get words() {
    const [, begin, end] = this.span;
    return this.places[this.anchor].passage.slice(begin, end).trim();
  }

  // How many words it is to the same place of the next line, as it stands on the screen.
  #line(direction) {
    const box = (place) => place.passage.range(place.begin, place.end).getBoundingClientRect();
    const from = box(this.places[this.head]);
    let best = 0;
    let line = null;
    for (let i = this.head + direction; i >= 0 && i < this.places.length; i += direction) {
      const to = box(this.places[i]);
      if (Math.abs(to.top - from.top) < from.height / 2) continue;
      if (line !== null && Math.abs(to.top - line) > from.height / 2) break;
      line ??= to.top;
      if (!best || Math.abs(to.left - from.left) < Math.abs(box(this.places[this.head + best]).left - from.left)) best = i - this.head;
    }
    return best;
  }

  #show() {
    if (this.empty) return;
    const [, begin, end] = this.span;
    const range = this.places[this.anchor].passage.range(begin, end);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    range.startContainer.parentElement.scrollIntoView({ block: "nearest" });
  }
}
