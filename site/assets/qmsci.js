/*
 * What every page of the site does: it loads data when asked for, keeps the reader's colours, opens the menu of narrow
 * screens, and lets tables be filtered, sorted and paged. Everything is there to read without it.
 *
 * For the scripts of single pages, `window.qmsci`:
 *   root            the way to the site's root, "../"
 *   load(name)      a Promise of the content of data/<name>.js
 *   make(tag, attributes, ...children)   an element
 *   fold(text)      a text without accents and capitals
 *   table(element)  makes a .q-table that a script has added work as the others do
 */
(() => {
  "use strict";

  // --- data: scripts that hand their content over by name, since a page from disc may not fetch anything -----------------

  const asked = new Map();
  let stamp = null;
  const root = () => document.getElementById("q-site").dataset.root;

  window.qmsciData = (name, content) => {
    if (asked.has(name)) asked.get(name).resolve(content);
    else asked.set(name, { promise: Promise.resolve(content) });
    if (name === "stamp") stamp = content;
  };

  function load(name) {
    // Names come from addresses too: none leads out of the folder.
    if (!/^[\w@-][\w.@-]*(\/[\w@-][\w.@-]*)*$/u.test(name)) return Promise.reject(new Error(`no data ${name}`));
    if (!asked.has(name)) {
      const one = {};
      asked.set(name, one);
      one.promise = new Promise((resolve, reject) => {
        const fail = () => {
          asked.delete(name);
          reject(new Error(`no data ${name}`));
        };
        one.resolve = resolve;
        const src = `${root()}data/${name.split("/").map(encodeURIComponent).join("/")}.js`;
        const script = make("script", { src, onload: () => script.remove(), onerror: fail });
        document.head.append(script);
      });
    }
    return asked.get(name).promise;
  }

  // --- small tools -------------------------------------------------------------------------------------------------------

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element[name] = value;
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value != null) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }

  /* As qmsci.render.site.search does it, so that what is looked for is found. */
  const LETTERS = { ß: "ss", ς: "σ", ø: "o", æ: "ae", œ: "oe", đ: "d", ł: "l", ı: "i", ð: "d", þ: "th" };
  const fold = (text) =>
    text.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "").replace(/[ßςøæœđłıðþ]/g, (letter) => LETTERS[letter]);

  /* Storage and history are refused to some pages from disc; a page works without them. */
  function tried(deed, otherwise = null) {
    try {
      return deed();
    } catch {
      return otherwise;
    }
  }

  // --- colours ---------------------------------------------------------------------------------------------------------

  const SCHEMES = ["system", "light", "dark"];

  function colour(scheme) {
    if (scheme === "system") delete document.documentElement.dataset.qScheme;
    else document.documentElement.dataset.qScheme = scheme;
  }

  function offerColours(button, scheme) {
    const say = () => (button.textContent = `Colours: ${scheme}`);
    button.hidden = false;
    button.onclick = () => {
      scheme = SCHEMES[(SCHEMES.indexOf(scheme) + 1) % SCHEMES.length];
      tried(() => localStorage.setItem("qmsci-colours", scheme));
      colour(scheme);
      say();
    };
    say();
  }

  // --- the day and the commit that the site was made from ----------------------------------------------------------------

  function sayStamp() {
    for (const place of document.querySelectorAll("[data-stamp]")) {
      const said = stamp[place.dataset.stamp];
      place.textContent = "short" in place.dataset ? said.slice(0, 10) : said;
      if ("short" in place.dataset) place.title = said;
    }
    document.querySelectorAll("[data-stamped]").forEach((place) => (place.hidden = false));
    document.querySelectorAll("[data-unstamped]").forEach((place) => place.remove());
  }

  // --- the menu of narrow screens ----------------------------------------------------------------------------------------

  function offerMenu(button, side) {
    const open = (yes) => {
      button.setAttribute("aria-expanded", yes);
      side.classList.toggle("q-open", yes);
    };
    button.hidden = false;
    button.onclick = () => open(button.getAttribute("aria-expanded") !== "true");
    side.addEventListener("click", (event) => event.target.closest("a") && open(false));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && button.getAttribute("aria-expanded") === "true") {
        open(false);
        button.focus();
      }
    });
  }

  // --- tables ------------------------------------------------------------------------------------------------------------

  const PAGE = 100; // rows that are shown at a time
  const FEW = 8; // a table with fewer rows needs no filter
  const UNSEEN = /<span class="q-unseen">.*?<\/span>/g;
  const PART = /<(a|code|span)\b.*?<\/\1>/gs;
  const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#34;": '"', "&#39;": "'", "&nbsp;": " " };
  const collator = new Intl.Collator("en", { numeric: true });
  const counted = (number) => number.toLocaleString("en");

  /* What a cell says, a shortened digest in full. */
  const plain = (html) =>
    html
      .replace(UNSEEN, "")
      .replace(/<code title="([^"]*)">[^<]*/g, "$1")
      .replace(/<(?:"[^"]*"|[^">])*>/g, "")
      .replace(/&(?:amp|lt|gt|quot|nbsp|#34|#39);/g, (entity) => ENTITIES[entity])
      .trim();

  /* What a cell can be chosen by: each of its links and marks, where there are several. */
  const choices = (html) => {
    const parts = html.replace(UNSEEN, "").match(PART) ?? [];
    return parts.length > 1 ? parts.map(plain) : [plain(html)];
  };

  /* A day, a number or an id stands on one line; what is long has the room to be read. */
  function sized(cell) {
    const { length } = cell.textContent;
    cell.classList.toggle("q-short", length <= 12);
    cell.classList.toggle("q-long", length > 56);
    const most = cell.tagName === "TH" ? 14 : 16; // heads of rows stand still while others are scrolled
    for (const link of cell.querySelectorAll("a")) link.classList.toggle("q-short", link.textContent.length <= most);
    if (length > 12) unbroken(cell);
    return cell;
  }

  const WHOLE = /(\d{4}-\d\d-\d\d|(?<![\w-])[A-Za-z]{1,5}-\d{3,4}(?:@\d+)?(?![\w-]))/;

  /* Days and ids in a text stay on one line. */
  function unbroken(element) {
    for (const node of [...element.childNodes]) {
      if (node.nodeType !== Node.TEXT_NODE) {
        if (!node.matches?.("code, .q-short")) unbroken(node);
        continue;
      }
      const parts = node.data.split(WHOLE);
      if (parts.length > 1)
        node.replaceWith(...parts.map((text, place) => (place % 2 ? make("span", { class: "q-short" }, text) : text)));
    }
  }

  class Row {
    constructor(cells, element = null) {
      this.cells = cells;
      this.made = element;
    }

    get element() {
      this.made ??= make("tr", {}, ...this.cells.map((html, place) => {
        const cell = make(place ? "td" : "th", place ? {} : { scope: "row" });
        cell.innerHTML = html; // escaped when the site was built, as what stands in the page is
        return sized(cell);
      }));
      return this.made;
    }

    get texts() {
      return (this.read ??= this.cells.map(plain));
    }

    get folded() {
      return (this.searched ??= fold(this.texts.join("\n")));
    }
  }

  /* How a column is compared: as numbers where all are whole, else as text in which numbers count; what is empty is last. */
  function inOrder(rows, column, downwards) {
    const said = rows.map((row) => row.texts[column].replace(/(\d),(?=\d{3}(?!\d))/g, "$1"));
    const isEmpty = (text) => text === "" || text === "–" || text === "-";
    const areNumbers = said.every((text) => isEmpty(text) || /^-?\d+$/.test(text));
    const compare = areNumbers ? (a, b) => a - b : collator.compare;
    const sign = downwards ? -1 : 1;
    return said
      .map((text, place) => ({ text, row: rows[place], empty: isEmpty(text) }))
      .sort((a, b) => a.empty - b.empty || (a.empty ? 0 : sign * compare(a.text, b.text)))
      .map((one) => one.row);
  }

  class Table {
    constructor(box) {
      this.box = box;
      this.name = box.dataset.table;
      this.scroll = box.querySelector(".q-scroll");
      this.body = box.querySelector("tbody");
      this.caption = box.querySelector("caption")?.textContent ?? this.name;
      this.cells = [...box.querySelector("thead tr").cells];
      this.heads = this.cells.map((cell) => cell.textContent);
      this.rows = [...this.body.rows].map((row) => {
        const said = [...row.cells].map((cell) => cell.innerHTML);
        [...row.cells].forEach(sized);
        return new Row(said, row);
      });
      this.found = this.rows;
      this.source = box.dataset.source;
      this.total = Number(box.dataset.total ?? this.rows.length);
      this.page = 0;
      this.sorted = null;
      this.selects = new Map();
      if (this.total > 1) this.offerSorting();
      if (this.total >= FEW) this.offerFilters();
      this.recall();
    }

    // What a reader can do with it.

    offerSorting() {
      this.cells.forEach((cell, column) => {
        const button = make("button", { type: "button", class: "q-sort", onclick: () => this.sort(column) });
        button.append(...cell.childNodes);
        cell.append(button);
        cell.setAttribute("aria-sort", "none");
      });
    }

    offerFilters() {
      this.text = make("input", { type: "search", autocomplete: "off", spellcheck: "false", oninput: () => this.use() });
      this.controls = make("div", { class: "q-controls", role: "group", "aria-label": `Filters of: ${this.caption}` });
      this.controls.append(make("label", {}, "Filter ", this.text));
      for (const column of (this.box.dataset.filters || "").split(",").filter(Boolean).map(Number)) {
        const select = make("select", { onchange: () => this.use(), onfocus: () => this.whole() });
        this.selects.set(column, select);
        this.controls.append(make("label", {}, `${this.heads[column]} `, select));
      }
      this.clear = make("button", { type: "button", class: "q-button", hidden: true, onclick: () => this.reset() }, "Clear");
      this.count = make("p", { class: "q-count", role: "status" });
      this.controls.append(this.clear, this.count);
      this.back = make("button", { type: "button", class: "q-button", onclick: () => this.turn(-1) }, "Previous rows");
      this.forth = make("button", { type: "button", class: "q-button", onclick: () => this.turn(1) }, "Next rows");
      this.pager = make("div", { class: "q-pager", role: "group", "aria-label": `Pages of: ${this.caption}`, hidden: true });
      this.pager.append(this.back, this.forth);
      this.scroll.before(this.controls);
      this.scroll.after(this.pager);
      this.fillSelects();
      this.say();
    }

    fillSelects() {
      for (const [column, select] of this.selects) {
        const chosen = select.value;
        const counts = new Map();
        for (const row of this.rows)
          for (const one of new Set(choices(row.cells[column]))) counts.set(one, (counts.get(one) ?? 0) + 1);
        const names = [...counts.keys()].filter(Boolean).sort(collator.compare);
        const said = (name) => (this.source ? name : `${name} (${counted(counts.get(name))})`);
        select.replaceChildren(
          make("option", { value: "" }, "all"),
          ...names.map((name) => make("option", { value: name }, said(name))),
        );
        select.value = counts.has(chosen) ? chosen : "";
      }
    }

    // What it shows.

    /* All its rows, where only the first stand in the page. */
    whole() {
      this.loading ??= this.source
        ? load(this.source).then((tables) => this.take(tables[this.name]), () => this.fail())
        : Promise.resolve();
      return this.loading;
    }

    take(rows) {
      const there = this.rows;
      this.rows = rows.map((cells, place) => new Row(cells, there[place]?.element));
      this.source = null;
      this.failed = false;
      this.box.querySelector("[data-shown]")?.remove();
      this.fillSelects();
      this.apply();
    }

    fail() {
      this.loading = null;
      this.failed = true;
      this.say();
    }

    async use() {
      await this.whole();
      this.page = 0;
      this.apply();
      this.remember();
    }

    async sort(column) {
      if (this.sorted?.column !== column) this.sorted = { column, downwards: false };
      else this.sorted = this.sorted.downwards ? null : { column, downwards: true };
      await this.use();
    }

    async turn(by) {
      if ((by < 0 ? this.back : this.forth).getAttribute("aria-disabled") === "true") return;
      await this.whole();
      this.page += by;
      this.apply();
      this.scroll.scrollTop = 0;
      if (this.box.getBoundingClientRect().top < 0) this.box.scrollIntoView({ block: "start" });
    }

    reset() {
      this.text.value = "";
      for (const select of this.selects.values()) select.value = "";
      this.text.focus();
      this.use();
    }

    get filtered() {
      return Boolean(this.text && (this.text.value.trim() || [...this.selects.values()].some((select) => select.value)));
    }

    apply() {
      const words = fold(this.text?.value ?? "").split(/\s+/).filter(Boolean);
      const chosen = [...this.selects].filter(([, select]) => select.value);
      const found = this.rows.filter(
        (row) =>
          chosen.every(([column, select]) => choices(row.cells[column]).includes(select.value)) &&
          words.every((word) => row.folded.includes(word)),
      );
      this.found = this.sorted ? inOrder(found, this.sorted.column, this.sorted.downwards) : found;
      this.cells.forEach((cell, column) => {
        const way = this.sorted?.downwards ? "descending" : "ascending";
        if (this.total > 1) cell.setAttribute("aria-sort", this.sorted?.column === column ? way : "none");
      });
      this.show();
    }

    show(everything = false) {
      const first = everything ? 0 : this.page * PAGE;
      const wanted = this.found.slice(first, everything ? undefined : first + PAGE).map((row) => row.element);
      const there = [...this.body.rows];
      const kept = wanted.findIndex((row, place) => row !== there[place]); // so that the focus stays where it is
      const from = kept < 0 ? wanted.length : kept;
      there.slice(from).forEach((row) => row.remove());
      this.body.append(...wanted.slice(from));
      this.say();
    }

    say() {
      if (!this.count) return;
      const isWaiting = this.source && !this.failed;
      const total = this.failed ? this.rows.length : this.total;
      const found = isWaiting ? total : this.found.length;
      const [from, to] = [this.page * PAGE + 1, isWaiting ? this.rows.length : Math.min(found, (this.page + 1) * PAGE)];
      this.count.textContent =
        (this.failed ? `Only ${total} of ${counted(this.total)} rows could be loaded. ` : "") +
        (found === total ? `${counted(total)} rows` : `${counted(found)} of ${counted(total)} rows`) +
        (to - from + 1 < found ? `, ${counted(from)} to ${counted(to)} shown` : "");
      this.clear.hidden = !this.filtered;
      this.pager.hidden = isWaiting ? false : found <= PAGE;
      this.back.setAttribute("aria-disabled", from === 1);
      this.forth.setAttribute("aria-disabled", to >= found);
    }

    // What its address says of it, so that a list can be sent to somebody: ?<table>=words&<table>.<head>=choice

    remember() {
      const address = new URL(location.href);
      const put = (key, value) => (value ? address.searchParams.set(key, value) : address.searchParams.delete(key));
      put(this.name, this.text?.value.trim());
      for (const [column, select] of this.selects) put(`${this.name}.${this.heads[column]}`, select.value);
      put(`${this.name}.sort`, this.sorted && (this.sorted.downwards ? "-" : "") + this.heads[this.sorted.column]);
      tried(() => history.replaceState(null, "", address));
    }

    async recall() {
      const said = new URLSearchParams(location.search);
      if (![...said.keys()].some((key) => key === this.name || key.startsWith(`${this.name}.`))) return;
      await this.whole();
      if (this.text) this.text.value = said.get(this.name) ?? "";
      for (const [column, select] of this.selects) {
        const value = said.get(`${this.name}.${this.heads[column]}`) ?? "";
        if ([...select.options].some((option) => option.value === value)) select.value = value;
      }
      const sort = said.get(`${this.name}.sort`) ?? "";
      const column = this.heads.indexOf(sort.replace(/^-/, ""));
      if (column >= 0) this.sorted = { column, downwards: sort.startsWith("-") };
      this.apply();
    }
  }

  const tables = new Map();

  function table(box) {
    if (!tables.has(box) && box.querySelector("thead tr")) {
      tables.set(box, new Table(box));
      box.querySelectorAll(".q-scroll").forEach(fit);
    }
    return tables.get(box);
  }

  // --- what may be wider than there is room for: it says so, and only then it scrolls ------------------------------------

  const LEAST = 0.6; // of its size, a drawing is shown before it scrolls: its words can still be read
  const sizes = new ResizeObserver((entries) => {
    for (const box of new Set(entries.map(({ target }) => target.closest(".q-scroll")))) measure(box);
  });

  function measure(box) {
    const inner = box.firstElementChild;
    if (!box.offsetWidth || !inner) return;
    if (inner.matches(".q-chain")) {
      const { width, height } = inner.viewBox.baseVal;
      const share = Math.max(LEAST, Math.min(1, box.offsetWidth / width));
      inner.setAttribute("width", share * width);
      inner.setAttribute("height", share * height);
    }
    const isWide = inner.getBoundingClientRect().width > box.offsetWidth + 1;
    box.classList.toggle("q-wide", isWide);
    box.classList.toggle("q-fits", !isWide);
    if (isWide) box.tabIndex = 0;
    else box.removeAttribute("tabindex"); // nothing to scroll by keys
  }

  function fit(box) {
    sizes.observe(box);
    if (box.firstElementChild) sizes.observe(box.firstElementChild);
  }

  /* Long tables load the rest of their rows when they come into view, and all of them once the page is at rest. */
  function loadLater() {
    const long = [...tables.values()].filter((one) => one.source);
    if (!long.length) return;
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) tables.get(entry.target).whole();
    });
    long.forEach((one) => seen.observe(one.box));
    const rest = () => long.forEach((one) => one.whole());
    window.addEventListener("load", () => (window.requestIdleCallback ?? setTimeout)(rest), { once: true });
  }

  // --- printing: all that is folded, and all rows that are found ---------------------------------------------------------

  function beforePrint() {
    for (const folded of document.querySelectorAll("details:not([open])")) {
      folded.open = true;
      folded.dataset.qOpened = "";
    }
    tables.forEach((one) => one.show(true));
  }

  function afterPrint() {
    for (const folded of document.querySelectorAll("details[data-q-opened]")) {
      folded.open = false;
      delete folded.dataset.qOpened;
    }
    tables.forEach((one) => one.show());
  }

  // -----------------------------------------------------------------------------------------------------------------------

  const remembered = tried(() => localStorage.getItem("qmsci-colours"));
  const scheme = SCHEMES.includes(remembered) ? remembered : "system";

  document.documentElement.classList.replace("no-js", "js");
  colour(scheme);
  window.qmsci = { get root() { return root(); }, load, make, fold, table };
  window.addEventListener("beforeprint", beforePrint);
  window.addEventListener("afterprint", afterPrint);

  /* The page is read, and the scripts that are deferred have not run yet. */
  document.addEventListener("readystatechange", () => {
    if (stamp) sayStamp();
    offerColours(document.getElementById("q-scheme"), scheme);
    offerMenu(document.getElementById("q-menu"), document.getElementById("q-side"));
    document.querySelectorAll(".q-table").forEach(table);
    document.querySelectorAll(".q-scroll").forEach(fit);
    loadLater();
  }, { once: true });
})();
