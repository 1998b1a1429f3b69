/*
 * Search: finds the pages that have every word of a query, the last one also by its beginning; ids and names count more than
 * titles, titles more than texts. The index lies in small pieces (qmsci.render.site.search), of which a query loads a few.
 */
(() => {
  "use strict";

  const { load, make, fold } = window.qmsci;
  const WEIGHTS = [8, 4, 1]; // of a word that is a key of the page, in its title, in its text
  const JOINED = 16; // of a whole id: SOP-014 before what only names it
  const MOST = 3; // pieces in which words are looked for by their beginning
  const SHOWN = 20;
  const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
  const SIGN = "\\u2e80-\\u2fdf\\u3005-\\u3007\\u3040-\\u30ff\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff";
  const TERM = new RegExp(`[${SIGN}]|(?:(?![${SIGN}])[\\p{L}\\p{N}])+`, "gu");

  const terms = (text) => fold(text).match(TERM) ?? [];

  // --- the index ---------------------------------------------------------------------------------------------------------

  /* The pages of a list: each is a step from the one before it, in digits of which those from 32 on are followed by more. */
  function* pages(list) {
    let [page, step] = [-1, 0];
    for (const sign of list) {
      const digit = DIGITS.indexOf(sign);
      step = step * 32 + (digit % 32);
      if (digit < 32) {
        yield (page += step);
        step = 0;
      }
    }
  }

  /* The last piece whose first term is not after a term. */
  function pieceOf(firsts, term) {
    let [low, high] = [0, firsts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (firsts[middle] <= term) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  /* The first and the last piece that have words beginning with a term. */
  const span = (firsts, term) => [pieceOf(firsts, term), pieceOf(firsts, `${term}\uffff`)];
  const isWide = (firsts, term) => span(firsts, term)[1] - span(firsts, term)[0] >= MOST;

  /* The pages that have a term, or one that begins with it, with their scores. */
  async function scored({ firsts }, term, begins, weights) {
    const isOpen = begins && !isWide(firsts, term);
    const [first, last] = span(firsts, term);
    const numbers = Array.from({ length: isOpen ? last - first + 1 : 1 }, (_, place) => first + place);
    const pieces = await Promise.all(firsts.length ? numbers.map((number) => load(`search/terms-${number}`)) : []);
    const scores = new Map();
    for (const piece of pieces)
      for (const [one, lists] of isOpen ? Object.entries(piece) : own(piece, term)) {
        if (!one.startsWith(term)) continue;
        const share = one === term ? 1 : 0.5;
        lists.split(" ").forEach((list, field) => {
          const worth = share * weights[field];
          if (worth) for (const page of pages(list)) scores.set(page, Math.max(scores.get(page) ?? 0, worth));
        });
      }
    return scores;
  }

  const own = (piece, term) => (Object.hasOwn(piece, term) ? [[term, piece[term]]] : []);

  /* The pages that have a word of the query: all its terms, or the word as a key without its dashes. */
  async function withWord(index, word, isLast) {
    const parts = terms(word);
    const found = await Promise.all(
      parts.map((part, place) => scored(index, part, isLast && place === parts.length - 1, WEIGHTS)),
    );
    const all = new Map();
    for (const [page, score] of found[0])
      if (found.every((scores) => scores.has(page)))
        all.set(page, found.slice(1).reduce((sum, scores) => sum + scores.get(page), score));
    if (parts.length > 1)
      for (const [page, score] of await scored(index, parts.join(""), isLast, [JOINED, 0, 0]))
        all.set(page, (all.get(page) ?? 0) + score);
    return all;
  }

  /* The numbers of the pages that are found, the best first. */
  async function look(query) {
    const index = await load("search/terms");
    const words = query.split(/\s+/).filter((word) => terms(word).length);
    const found = await Promise.all(words.map((word, place) => withWord(index, word, place === words.length - 1)));
    if (!found.length) return [];
    return [...found[0].keys()]
      .filter((page) => found.every((scores) => scores.has(page)))
      .map((page) => [page, found.reduce((sum, scores) => sum + scores.get(page), 0)])
      .sort(([a, scoreA], [b, scoreB]) => scoreB - scoreA || a - b)
      .map(([page]) => page);
  }

  async function described(page) {
    const { piece } = await load("search/terms");
    return (await load(`search/pages-${Math.floor(page / piece)}`))[page % piece];
  }

  Object.assign(window.qmsci, { look, terms });

  // --- the page ----------------------------------------------------------------------------------------------------------

  const place = document.querySelector('[data-widget="search"]');
  const field = document.getElementById("q-query");
  const status = make("p", { role: "status" });
  const results = make("ol", { class: "q-results" });
  const more = make("button", { type: "button", class: "q-button", hidden: true }, "More results");
  let asked = 0;

  async function show(found, from = 0) {
    const shown = await Promise.all(found.slice(from, from + SHOWN).map(described));
    const items = shown.map(([path, kind, title]) => {
      const link = make("a", { href: window.qmsci.root + path.split("/").map(encodeURIComponent).join("/") }, title);
      return make("li", {}, link, make("span", {}, `${kind} · ${path}`));
    });
    if (!from) results.replaceChildren();
    results.append(...items);
    if (from) items[0].querySelector("a").focus();
    more.hidden = from + SHOWN >= found.length;
    more.onclick = () => show(found, from + SHOWN);
  }

  async function said(query, number) {
    const { firsts } = await load("search/terms");
    const pages = number === 1 ? "1 page has" : `${number ? number.toLocaleString("en") : "No"} pages have`;
    const whole = isWide(firsts, terms(query).at(-1)) ? " Very many words begin as the last one does: only whole words were looked for." : "";
    return `${pages} all of these words: ${query}.${whole}`;
  }

  async function search() {
    const query = field.value.trim();
    const mine = ++asked;
    const address = new URL(location.href);
    if (query) address.searchParams.set("q", query);
    else address.searchParams.delete("q");
    try {
      history.replaceState(null, "", address);
    } catch {
      // A page from disc may not be allowed to; then its address stays as it was.
    }
    try {
      const found = await look(query);
      if (mine !== asked) return;
      await show(found);
      status.textContent = terms(query).length ? await said(query, found.length) : "Write an id, a name or words at the top of the page.";
    } catch {
      status.textContent = "The index of the search could not be loaded.";
    }
  }

  let waiting;
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 200);
  });
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    search();
  });
  place.replaceChildren(status, results, more);
  search();
})();
