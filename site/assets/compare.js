/*
 * What changed from one text of a document to another. The texts, all that main had of the document, come from
 * data/texts/<document>.js (qmsci.render.site.document); which ones are compared is in the address of the page:
 * ?document=SOP-014&from=2&to=3. A revision of which main had several texts is named for the one that counts, and any
 * other of them by its digest.
 */
(() => {
  "use strict";

  // --- passages ----------------------------------------------------------------------------------------------------------

  const FENCE = /^\s*(`{3,}|~{3,})/;
  const WHOLE = /^\s*\||^ {0,3}#{1,6}(?:\s|$)/; // a row of a table, a heading: nothing belongs to it but its line
  const BEGINS = /^\s*(?:[-*+]|\d{1,9}[.)])\s/; // an item of a list

  /*
   * The passages of a text, which together are the text: headings, paragraphs, items of lists, rows of tables, lines of
   * code. Empty lines belong to what is before them.
   */
  function passages(text) {
    const found = [];
    let [fence, goesOn] = [null, false];
    for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
      const mark = FENCE.exec(line)?.[1];
      const isBlank = !fence && !line.trim();
      const follows = goesOn && !mark && !WHOLE.test(line) && !BEGINS.test(line);
      if (found.length && (isBlank || follows)) found.at(-1).text += line;
      else found.push({ text: line, isCode: Boolean(fence) });
      goesOn = !isBlank && !fence && !mark && !WHOLE.test(line);
      if (!fence) fence = mark ?? null;
      else if (mark?.startsWith(fence)) fence = null;
    }
    return found;
  }

  /* A text without regard to where its lines break; in code that has a meaning. */
  const said = (passage) => (passage.isCode ? `\n${passage.text}` : passage.text.trim().replace(/\s+/g, " "));

  // --- what two lists have in common (Myers, 1986) -----------------------------------------------------------------------

  const FARTHEST = 1500; // insertions and deletions; what lies farther apart is not related

  /* The pairs of places, in order, at which two lists have the same; as many as there can be. */
  function common(some, others) {
    let first = 0;
    let [last, end] = [some.length, others.length];
    while (first < last && first < end && some[first] === others[first]) first++;
    while (last > first && end > first && some[last - 1] === others[end - 1]) [last, end] = [last - 1, end - 1];
    const pairs = Array.from({ length: first }, (_, place) => [place, place]);
    for (const [a, b] of between(some.slice(first, last), others.slice(first, end))) pairs.push([a + first, b + first]);
    for (let place = last; place < some.length; place++) pairs.push([place, place - last + end]);
    return pairs;
  }

  /* Whether the farthest way to a diagonal, after some steps, comes down from the one above it. */
  const isDown = (reached, centre, diagonal, steps) =>
    diagonal === -steps ||
    (diagonal !== steps && reached[centre + diagonal - 1] < reached[centre + diagonal + 1]);

  function between(some, others) {
    const most = Math.min(some.length + others.length, FARTHEST);
    const reached = new Int32Array(2 * most + 3); // how far each diagonal was followed, in `some`
    const centre = most + 1;
    const trace = [];
    for (let steps = 0; some.length && others.length && steps <= most; steps++) {
      trace.push(reached.slice(centre - steps - 1, centre + steps + 2));
      for (let diagonal = -steps; diagonal <= steps; diagonal += 2) {
        const down = isDown(reached, centre, diagonal, steps);
        let x = down ? reached[centre + diagonal + 1] : reached[centre + diagonal - 1] + 1;
        while (x < some.length && x - diagonal < others.length && some[x] === others[x - diagonal]) x++;
        reached[centre + diagonal] = x;
        if (x >= some.length && x - diagonal >= others.length) return wayBack(trace, some.length, others.length);
      }
    }
    return [];
  }

  function wayBack(trace, x, y) {
    const pairs = [];
    for (let steps = trace.length - 1; steps > 0; steps--) {
      const [reached, centre, diagonal] = [trace[steps], steps + 1, x - y];
      const before = isDown(reached, centre, diagonal, steps) ? diagonal + 1 : diagonal - 1;
      const [fromX, fromY] = [reached[centre + before], reached[centre + before] - before];
      while (x > fromX && y > fromY) pairs.push([--x, --y]);
      [x, y] = [fromX, fromY];
    }
    while (x > 0 && y > 0) pairs.push([--x, --y]);
    return pairs.reverse();
  }

  // --- the difference ----------------------------------------------------------------------------------------------------

  /*
   * What leads from one text to another: passages in their order, each `same` (but for empty lines after it), `spaced`
   * (only its spaces and line breaks changed), `changed` (with its `words`), `removed` or `added`. All `old` of them are
   * the one text, all `now` the other.
   */
  function difference(old, now) {
    const [some, others] = [passages(old), passages(now)];
    const found = [];
    let [x, y] = [0, 0];
    const step = (a, b) => {
      found.push(...paired(some.slice(x, a), others.slice(y, b)));
      [x, y] = [a, b];
    };
    for (const [a, b] of common(some.map(said), others.map(said))) {
      step(a, b);
      const [old, { text: now, isCode }] = [some[a].text, others[b]];
      found.push({ kind: old.trimEnd() === now.trimEnd() ? "same" : "spaced", old, now, isCode });
      [x, y] = [a + 1, b + 1];
    }
    step(some.length, others.length);
    return found;
  }

  const TOKEN = /\s+|[\p{L}\p{N}]+(?:['’.,-][\p{L}\p{N}]+)*|[^\s\p{L}\p{N}]/gu;
  const tokens = (text) => text.match(TOKEN) ?? [];
  const ALIKE = 0.5; // the share of words that two passages have in common, from which one is the other, changed
  const MOST_PAIRS = 10000;

  /* Passages that were removed and others that were added; those that are alike are one, changed. */
  function paired(some, others) {
    const removed = some.map(({ text, isCode }) => ({ kind: "removed", old: text, now: "", isCode }));
    const added = others.map(({ text, isCode }) => ({ kind: "added", old: "", now: text, isCode }));
    if (some.length * others.length > MOST_PAIRS) return [...removed, ...added];
    const found = [];
    let [x, y] = [0, 0];
    for (const [a, b] of matched(some.map(counts), others.map(counts))) {
      found.push(...removed.slice(x, a), ...added.slice(y, b));
      const [old, now] = [some[a].text, others[b].text];
      const isCode = some[a].isCode && others[b].isCode;
      found.push({ kind: "changed", old, now, isCode, words: wordsBetween(old, now, isCode) });
      [x, y] = [a + 1, b + 1];
    }
    return [...found, ...removed.slice(x), ...added.slice(y)];
  }

  function counts({ text }) {
    const found = new Map();
    for (const word of text.match(/[\p{L}\p{N}]+/gu) ?? []) found.set(word, (found.get(word) ?? 0) + 1);
    return found;
  }

  const size = (bag) => [...bag.values()].reduce((sum, number) => sum + number, 0);

  function alike(one, other) {
    let both = 0;
    for (const [word, number] of one) both += Math.min(number, other.get(word) ?? 0);
    return both && (2 * both) / (size(one) + size(other));
  }

  /* The places of those that belong together, in order, so that they are alike as much as can be in sum. */
  function matched(some, others) {
    const best = Array.from({ length: some.length + 1 }, () => new Float64Array(others.length + 1));
    const likeness = some.map((one) => others.map((other) => alike(one, other)));
    const sum = (a, b) => (likeness[a][b] >= ALIKE ? likeness[a][b] + best[a + 1][b + 1] : 0);
    for (let a = some.length - 1; a >= 0; a--)
      for (let b = others.length - 1; b >= 0; b--) best[a][b] = Math.max(best[a + 1][b], best[a][b + 1], sum(a, b));
    const pairs = [];
    let [a, b] = [0, 0];
    while (a < some.length && b < others.length) {
      if (sum(a, b) && best[a][b] === sum(a, b)) pairs.push([a++, b++]);
      else if (best[a][b] === best[a + 1][b]) a++;
      else b++;
    }
    return pairs;
  }

  /* What changed in a passage: words that are `same`, `removed` or `added`; but in code, where lines break is no change. */
  function wordsBetween(old, now, isCode) {
    const [some, others] = [tokens(old), tokens(now)];
    const key = (token) => (/^\s/.test(token) && !isCode ? " " : token);
    const found = [];
    let [x, y] = [0, 0];
    const step = (a, b) => {
      if (a > x) found.push({ kind: "removed", old: some.slice(x, a).join(""), now: "" });
      if (b > y) found.push({ kind: "added", old: "", now: others.slice(y, b).join("") });
      [x, y] = [a + 1, b + 1];
    };
    for (const [a, b] of common(some.map(key), others.map(key))) {
      step(a, b);
      found.push({ kind: "same", old: some[a], now: others[b] });
    }
    step(some.length, others.length);
    return smoothed(found);
  }

  /* The same in fewer parts; the spaces between two words that changed are a part of what changed. */
  function smoothed(parts) {
    const isChange = (part) => Boolean(part) && part.kind !== "same";
    const changes = parts.map(
      (part, at) => isChange(part) || (!part.now.trim() && isChange(parts[at - 1]) && isChange(parts[at + 1])),
    );
    const groups = [];
    parts.forEach((part, at) => {
      if (!at || changes[at] !== changes[at - 1]) groups.push({ kind: changes[at] ? "changed" : "same", old: "", now: "" });
      groups.at(-1).old += part.old;
      groups.at(-1).now += part.now;
    });
    return groups.flatMap((group) => {
      if (group.kind === "same") return [group];
      const both = [{ kind: "removed", old: group.old, now: "" }, { kind: "added", old: "", now: group.now }];
      return both.filter((part) => part.old || part.now);
    });
  }

  /* How much changed, in words. */
  function summed(parts) {
    const number = (kind) => parts.filter((part) => part.kind === kind).length;
    const counted = ["changed", "added", "removed", "spaced"].map((kind) => [kind, number(kind)]).filter(([, found]) => found);
    if (!counted.length) {
      const isEqual = parts.every((part) => part.old === part.now);
      return isEqual ? "Both texts are the same." : "Both texts are the same, but for empty lines.";
    }
    const said = counted.map(([kind, found], place) => {
      const noun = place ? "" : found === 1 ? " passage" : " passages";
      return `${found}${noun} ${kind === "spaced" ? "with other spaces or line breaks only" : kind}`;
    });
    return `${said.join(", ")}.`;
  }

  window.qmsciCompare = { passages, common, difference, summed };

  // --- on the page -------------------------------------------------------------------------------------------------------

  const box = document.querySelector('[data-widget="compare"]');
  if (!box) return;
  const { load, make } = window.qmsci;
  const STATES = { "in-force": "in force", approved: "approved, not yet effective" };
  const ID = /^[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+$/; // of a document: nothing else becomes a part of the address of a script
  const CONTEXT = 1; // passages that are shown before and after what changed
  const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

  /* A text with what nobody would see in it spelled out. */
  const visible = (text) =>
    text.replace(HIDDEN, (sign) => {
      const code = sign.codePointAt(0);
      if (sign === "\n" || sign === "\t") return sign;
      const digits = code.toString(16);
      if (code < 128) return `\\x${digits.padStart(2, "0")}`;
      return code > 0xffff ? `\\U${digits.padStart(8, "0")}` : `\\u${digits.padStart(4, "0")}`;
    });

  const field = (name, control) => make("label", {}, `${name} `, control);
  const names = make("datalist", { id: "q-compare-names" });
  const named = make("input", { list: names.id, class: "q-field", autocomplete: "off", spellcheck: "false", required: true });
  const [from, to] = ["From", "To"].map((name) => make("select", { class: "q-field", onchange: show, "data-side": name }));
  const form = make("form", { class: "q-controls", onsubmit: (event) => (event.preventDefault(), open()) });
  const swap = make("button", { type: "button", class: "q-button", onclick: turn }, "Swap");
  const status = make("p", { class: "q-count", role: "status" });
  const result = make("div", { class: "q-compared" });
  let about = null; // the document that is open, with its choices

  named.onchange = () => open();
  form.append(field("Document", named), names, field("From", from), field("To", to), swap);

  /* A document's texts to choose from, newest first; a revision without a text here is one of them. */
  function choices(data) {
    return data.revisions.flatMap((revision) => {
      const texts = data.texts.filter((text) => text.revision === revision.revision);
      const ordered = [...texts.filter((text) => text.meant), ...texts.filter((text) => !text.meant)];
      return (ordered.length ? ordered : [null]).map((text) => ({ ...revision, text }));
    });
  }

  const key = (choice) => (choice.text && !choice.text.meant ? choice.text.digest : choice.revision);

  function label(choice) {
    const state = `${choice.revision}, ${STATES[choice.state] ?? choice.state}`;
    if (!choice.text) return `${state}, its text is not here`;
    return choice.text.meant ? state : `${state}, another text ${choice.text.digest.slice(0, 19)}`;
  }

  async function open(wanted = {}) {
    const name = named.value.trim();
    about = null;
    result.replaceChildren();
    [from, to].forEach((select) => select.replaceChildren());
    if (!name) return void (status.textContent = "Choose a document.");
    status.textContent = `The texts of ${visible(name)} are being loaded.`;
    const data = ID.test(name) ? await load(`texts/${name}`).catch(() => null) : null;
    if (!data) return void (status.textContent = `There are no texts of a document ${visible(name)}.`);
    if (name !== named.value.trim()) return;
    about = { ...data, choices: choices(data) };
    for (const select of [from, to])
      select.replaceChildren(...about.choices.map((choice) => make("option", { value: key(choice) }, visible(label(choice)))));
    const current = Math.max(0, about.choices.findIndex((choice) => choice.state === "in-force"));
    choose(to, wanted.to, current);
    const { revision } = about.choices[to.selectedIndex];
    const older = about.choices.findIndex((choice, place) => place > to.selectedIndex && choice.revision !== revision);
    choose(from, wanted.from, older < 0 ? to.selectedIndex : older);
    show();
  }

  function choose(select, wanted, otherwise) {
    const place = about.choices.findIndex((choice) => key(choice) === wanted);
    select.selectedIndex = place < 0 ? otherwise : place;
  }

  function turn() {
    [from.selectedIndex, to.selectedIndex] = [to.selectedIndex, from.selectedIndex];
    show();
  }

  function show() {
    if (!about) return;
    const [old, now] = [from, to].map((select) => about.choices[select.selectedIndex]);
    remember(old, now);
    const missing = [old, now].filter((choice) => !choice.text);
    result.replaceChildren(sides(old, now));
    if (missing.length) {
      const lost = [...new Set(missing.map((choice) => `${about.document}@${choice.revision}`))];
      status.textContent = `The text of ${lost.join(" and of ")} is not in the history that this site was built from.`;
      return;
    }
    const parts = difference(old.text.body, now.text.body);
    status.textContent = summed(parts);
    const isSame = parts.every((part) => part.kind === "same");
    const how = "The difference is between the texts as written, in Markdown.";
    result.append(make("p", { class: "q-text q-quiet" }, how));
    result.append(make("section", { class: "q-passages", "aria-label": "The text" }, ...(isSame ? parts.map(passage) : folded(parts))));
  }

  function remember(old, now) {
    const address = new URL(location.href);
    for (const [name, value] of [["document", about.document], ["from", key(old)], ["to", key(now)]])
      address.searchParams.set(name, value);
    try {
      history.replaceState(null, "", address);
    } catch {
      // refused to some pages from disc
    }
  }

  /* What stands on either side, so that nobody takes one text for another. */
  function sides(old, now) {
    const rows = [
      ["Revision", ({ revision }) => `${about.document}@${revision}`],
      ["State", ({ state }) => STATES[state] ?? state],
      ["Effective", ({ effective }) => effective],
      ["Title", ({ text }) => text?.title ?? ""],
      ["Text", ({ text }) => text && make("code", {}, text.digest)],
      ["Came to main", ({ text }) => text?.recorded && [text.recorded, " in ", make("code", {}, text.commit.slice(0, 10))]],
    ];
    const cell = (content) => make("td", {}, ...[content ?? ""].flat().map((one) => (one.nodeType ? one : visible(one))));
    const head = [make("td"), ...["From", "To"].map((name) => make("th", { scope: "col" }, name))];
    const body = rows.map(([name, of]) => make("tr", {}, make("th", { scope: "row" }, name), cell(of(old)), cell(of(now))));
    const table = make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body));
    return make("div", { class: "q-scroll", tabindex: "0", role: "region", "aria-label": "The two texts" }, table);
  }

  /* The passages, of which those that did not change are folded where they are many. */
  function folded(parts) {
    const found = [];
    for (let at = 0; at < parts.length; ) {
      let end = at;
      while (end < parts.length && parts[end].kind === "same") end++;
      const [head, tail] = [at ? CONTEXT : 0, end < parts.length ? CONTEXT : 0];
      const hidden = parts.slice(at + head, Math.max(at + head, end - tail));
      if (hidden.length > 1) {
        found.push(...parts.slice(at, at + head).map(passage));
        const summary = make("summary", {}, `${hidden.length} passages that did not change`);
        found.push(make("details", { class: "q-folded" }, summary, ...hidden.map(passage)));
        at = end - tail;
      }
      for (; at < end; at++) found.push(passage(parts[at]));
      if (at < parts.length) found.push(passage(parts[at++]));
    }
    return found;
  }

  const LABELS = { changed: "Changed", removed: "Removed", added: "Added", spaced: "Other spaces or line breaks" };

  function passage(part) {
    const isHeading = /^ {0,3}#/.test(part.now || part.old);
    const found = make("div", { class: `q-passage q-passage-${part.kind}${isHeading ? " q-passage-heading" : ""}` });
    if (LABELS[part.kind]) found.append(make("span", { class: "q-passage-kind" }, LABELS[part.kind]));
    const words = part.words ?? [{ ...part, kind: part.kind === "spaced" ? "same" : part.kind }];
    const flows = !part.isCode && part.kind !== "spaced";
    found.append(make("div", { class: "q-passage-text" }, ...words.map((one, place) => marked(one, flows, place === words.length - 1))));
    return found;
  }

  /* Words with what happened to them, said to those who do not see it as well; where lines break matters in code only. */
  function marked({ kind, old, now }, flows, isLast) {
    const whole = isLast ? (now || old).trimEnd() : now || old;
    const text = visible(flows ? whole.replace(/[ \t]*\n\s*/g, " ") : whole);
    if (kind === "same") return text;
    const unseen = (said) => make("span", { class: "q-unseen" }, said);
    return make(kind === "added" ? "ins" : "del", {}, unseen(` ${kind}: `), text, unseen(` (end of ${kind}) `));
  }

  const asked = new URLSearchParams(location.search);
  box.replaceChildren(form, status, result);
  named.value = asked.get("document") ?? "";
  open({ from: asked.get("from"), to: asked.get("to") });
  load("compare").then((documents) => {
    names.append(...documents.map(([name, title]) => make("option", { value: name, label: visible(`${name} ${title}`) })));
  }, () => {});
})();
