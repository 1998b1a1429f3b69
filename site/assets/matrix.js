/*
 * The training matrix: the table of a q-matrix, drawn from its data a page of rows and columns at a time. Readers filter
 * it, walk through it by keys, and find their filters in its address. What its cells say is what `matrix.py` says of them.
 */
(() => {
  "use strict";

  const { load, make, fold } = window.qmsci;
  const counted = (number) => number.toLocaleString("en");
  const DAY = 86400000;

  // --- what the data says ------------------------------------------------------------------------------------------------

  const TOKEN = /^([0-9a-z]+)([A-Z])(\(|>*)(?:\.(.*))?$/;

  /* The cells of a row: each with its column, and what it says of each revision. */
  function read(line) {
    const cells = [];
    let column = 0;
    for (const token of line ? line.split(" ") : []) {
      const [, gap, letter, flag, numbers] = TOKEN.exec(token);
      column += parseInt(gap, 36);
      if (cells.at(-1)?.column !== column) cells.push({ column, items: [] });
      cells.at(-1).items.push({ letter, place: flag[0] === ">" ? flag.length : 0, asked: flag !== "(", numbers });
    }
    return cells;
  }

  const numbersOf = (item) => (item.numbers ?? "").split(".").map((one) => (one ? parseInt(one, 36) : null));

  /* Where the legend counts an item: among the coming ones, those that are not required today, or the others. */
  const countedAs = (item) => (item.place ? 2 : item.asked ? 0 : 1);

  /* How wide a column is that shows a sign of each of some revisions. */
  const widthOf = (revisions) => ["", "", "q-two"][revisions.filter(Boolean).length] ?? "q-more-than-two";

  class Matrix {
    constructor(kind, data) {
      Object.assign(this, data, { kind });
      this.signs = new Map(data.signs.map(([letter, word, shown, tone]) => [letter, { word, shown, tone }]));
      this.open = new Set(data.signs.filter(([, , , tone]) => tone === "warn" || tone === "bad").map(([letter]) => letter));
      this.documents = data.documents.map(([id, title, type, revisions]) => ({
        id, title, type, revisions, found: fold(`${id} ${title}`), width: widthOf(revisions),
      }));
      this.rows = data.rows.map(([id, title, roles, departments], place) => ({
        id, title, roles, departments, cells: read(data.cells[place]), found: fold(`${title} ${id}`),
      }));
      this.counts = kind === "people" ? [0, 1, 2] : [0, 2]; // the columns of the legend, as `countedAs` has them
      this.dates = new Map();
    }

    shown(item) {
      const sign = this.signs.get(item.letter);
      if (this.kind === "roles") return (item.place ? "→" : "") + this.share(item);
      if (item.place) return `→${sign.shown}`;
      return item.asked ? sign.shown : `(${sign.shown})`;
    }

    tone(item) {
      return item.asked || item.place ? this.signs.get(item.letter).tone : "quiet";
    }

    share(item) {
      const [qualified, all] = numbersOf(item);
      return all ? `${qualified} of ${all}` : this.signs.get(item.letter).shown;
    }

    said(item, column) {
      const revision = `${item.place ? "coming " : ""}revision ${column.revisions[item.place]}: `;
      const { word } = this.signs.get(item.letter);
      if (this.kind === "roles") return revision + (numbersOf(item)[1] ? `${this.share(item)} at work are qualified` : word);
      const days = numbersOf(item);
      const dates = ["trained on", "due", "valid through"]
        .map((name, place) => [name, days[place] ?? null])
        .filter(([, one]) => one !== null)
        .map(([name, one]) => `${name} ${this.date(one)}`);
      return revision + [word, ...(item.asked || item.place ? [] : ["not required today"]), ...dates].join(", ");
    }

    /* The day that is so many days after that of the site. */
    date(days) {
      if (!this.dates.has(days)) this.dates.set(days, new Date(Date.parse(this.day) + days * DAY).toISOString().slice(0, 10));
      return this.dates.get(days);
    }

    /* Why a role requires the document of a cell. */
    why(cell) {
      return this.kind === "roles" ? numbersOf(cell.items[0]).slice(2).map((place) => this.reasons[place]) : [];
    }

    whyShown(cell) {
      return [...new Set(this.why(cell).map((reason) => reason[0].toUpperCase()))].join(" ");
    }

    sentence(cell) {
      const column = this.documents[cell.column];
      return [...cell.items.map((item) => this.said(item, column)), ...this.why(cell)].join("; ");
    }

    target(row, cell) {
      if (this.kind === "roles") return `roles/${row.id}.html`;
      return `ask.html?person=${row.id}&document=${this.documents[cell.column].id}&on=${this.day}`; // ids need no escaping
    }
  }

  // --- what is chosen ----------------------------------------------------------------------------------------------------

  /* The rows and columns that some filters leave, and what the legend counts in them. */
  function chosen(matrix, filters) {
    const includes = (words) => (one) => words.every((word) => one.found.includes(word));
    const words = (text) => fold(text ?? "").split(/\s+/).filter(Boolean);
    const isFound = includes(words(filters.text));
    const hasWords = includes(words(filters.document));
    const wanted = matrix.documents.map((one) => (!filters.type || one.type === filters.type) && hasWords(one));
    const narrowed = wanted.includes(false);
    const asks = filters.state || filters.revision;
    const isHit = (item) =>
      (!filters.state || item.letter === filters.state) &&
      (!filters.revision || (filters.revision === "coming") === item.place > 0);
    const hits = (cell) => Boolean(asks) && cell.items.some(isHit);
    const isOpen = (cell) => cell.items.some((item) => matrix.open.has(item.letter));

    const rows = [];
    for (const row of matrix.rows) {
      if (!isFound(row)) continue;
      if (filters.role && !row.roles.includes(Number(filters.role))) continue;
      if (filters.department && !row.departments.includes(Number(filters.department))) continue;
      const cells = narrowed ? row.cells.filter((cell) => wanted[cell.column]) : row.cells;
      if (narrowed && !cells.length) continue;
      if (filters.open && !cells.some(isOpen)) continue;
      if (asks && !cells.some(hits)) continue;
      rows.push({ row, cells });
    }
    return { rows, hits, asks };
  }

  /* The columns that some rows have anything in; with a state or a revision asked for, a hit. */
  function columnsOf({ hits, asks }, rows) {
    const found = new Set();
    for (const { cells } of rows) for (const cell of cells) if (!asks || hits(cell)) found.add(cell.column);
    return [...found].sort((a, b) => a - b);
  }

  /* How many cells of some rows are filled, and of each sign how many there are in each column of the legend. */
  function tally({ rows }) {
    const counts = {};
    let cells = 0;
    for (const row of rows) {
      cells += row.cells.length;
      for (const { items } of row.cells)
        for (const item of items) {
          const found = (counts[item.letter] ??= [0, 0, 0]);
          found[countedAs(item)]++;
        }
    }
    return { counts, cells };
  }

  // --- the widget --------------------------------------------------------------------------------------------------------

  /* The filters by their names in the address. */
  const NAMES = ["text", "document", "role", "department", "state", "revision", "type", "open"];

  class View {
    constructor(box, matrix) {
      this.box = box;
      this.matrix = matrix;
      this.root = window.qmsci.root;
      this.many = { rows: Number(box.dataset.rows), columns: Number(box.dataset.columns) };
      this.at = { rows: 0, columns: 0 };
      this.scroll = box.querySelector(".q-matrix-scroll");
      this.legend = [...box.querySelectorAll(".q-legend tbody tr")];
      box.querySelector(":scope > .q-text")?.remove();
      this.offer();
      this.recall();
      this.use();
    }

    // Controls.

    offer() {
      const { matrix } = this;
      const isPeople = matrix.kind === "people";
      this.fields = {};
      const named = (names) => names.map((name, place) => [String(place), name]);
      const roles = matrix.roles.map(([id, title], place) => [String(place), title ? `${title} (${id})` : id]);
      const states = [...matrix.signs].map(([letter, sign]) => [letter, `${sign.shown}: ${sign.word}`]);
      const types = [...new Set(matrix.documents.map((one) => one.type))].sort().map((type) => [type, type]);
      this.count = make("p", { class: "q-count", role: "status" });
      this.clear = make("button", { type: "button", class: "q-button", onclick: () => this.reset() }, "Clear");
      this.controls = make(
        "div", { class: "q-controls", role: "group", "aria-label": `Filters of: ${this.box.dataset.caption}` },
        this.input("text", isPeople ? "People" : "Roles"),
        this.input("document", "Documents"),
        this.select("role", "Role", roles),
        matrix.departments.length ? this.select("department", "Department", named(matrix.departments)) : "",
        this.select("state", "State", states),
        this.select("revision", "Revision", [["current", "in force"], ["coming", "coming"]]),
        this.select("type", "Document type", types),
        this.tick("open", "Only rows with something open"),
        this.clear, this.count,
      );
      this.pagers = ["rows", "columns"].map((way) => this.pager(way));
      this.said = make("p", { class: "q-matrix-said" });
      this.scroll.before(this.controls, make("div", { class: "q-pagers" }, ...this.pagers.map(({ element }) => element)));
      this.scroll.after(this.said);
      this.scroll.addEventListener("keydown", (event) => this.walk(event));
      this.scroll.addEventListener("focusin", (event) => this.arrive(event.target));
      this.scroll.addEventListener("mouseover", (event) => this.tell(event.target.closest("td, th")));
    }

    input(name, label) {
      const field = make("input", { type: "search", autocomplete: "off", spellcheck: "false", oninput: () => this.change() });
      this.fields[name] = field;
      return make("label", {}, `${label} `, field);
    }

    select(name, label, options) {
      const all = make("option", { value: "" }, "all");
      const field = make("select", { onchange: () => this.change() }, all);
      field.append(...options.map(([value, text]) => make("option", { value }, text)));
      this.fields[name] = field;
      return make("label", {}, `${label} `, field);
    }

    tick(name, label) {
      const field = make("input", { type: "checkbox", onchange: () => this.change() });
      this.fields[name] = field;
      return make("label", { class: "q-tick" }, field, ` ${label}`);
    }

    pager(way) {
      const turn = (by) => () => this.turn(way, by);
      const back = make("button", { type: "button", class: "q-button", onclick: turn(-1) }, `Previous ${way}`);
      const forth = make("button", { type: "button", class: "q-button", onclick: turn(1) }, `Next ${way}`);
      const where = make("span");
      const label = `Pages of ${way}: ${this.box.dataset.caption}`;
      const element = make("div", { class: "q-pager", role: "group", "aria-label": label }, back, where, forth);
      return { way, element, back, forth, where };
    }

    get filters() {
      const value = (field) => (field.type === "checkbox" ? field.checked : field.value.trim());
      return Object.fromEntries(Object.entries(this.fields).map(([name, field]) => [name, value(field)]));
    }

    change() {
      this.at = { rows: 0, columns: 0 };
      this.use();
      this.remember();
    }

    reset() {
      for (const field of Object.values(this.fields)) {
        field.value = field.type === "checkbox" ? "on" : "";
        field.checked = false;
      }
      this.fields.text.focus();
      this.change();
    }

    // The address: filters can be sent to somebody. Pages from disc may be refused it.

    remember() {
      const address = new URL(location.href);
      const said = { ...this.filters, open: this.filters.open && "1", rows: this.at.rows, columns: this.at.columns };
      said.role &&= this.matrix.roles[said.role][0];
      said.department &&= this.matrix.departments[said.department];
      for (const [name, value] of Object.entries(said)) {
        if (value) address.searchParams.set(name, value);
        else address.searchParams.delete(name);
      }
      try {
        history.replaceState(null, "", address);
      } catch {
        // the page works without
      }
    }

    recall() {
      const said = new URLSearchParams(location.search);
      const place = (names, name) => (names.includes(name) ? String(names.indexOf(name)) : "");
      for (const name of NAMES) {
        const field = this.fields[name];
        let value = said.get(name) ?? "";
        if (name === "role") value = place(this.matrix.roles.map(([id]) => id), value);
        if (name === "department") value = place(this.matrix.departments, value);
        if (field?.type === "checkbox") field.checked = value === "1";
        else if (field && (field.type === "search" || [...field.options].some((one) => one.value === value))) field.value = value;
      }
      for (const way of ["rows", "columns"]) this.at[way] = Math.max(0, Math.trunc(Number(said.get(way)) || 0));
    }

    // What is shown.

    /* Choose anew, and draw; `at` says which pages. */
    use() {
      this.found = chosen(this.matrix, this.filters);
      const { counts, cells } = tally(this.found);
      this.filled = cells;
      this.legend.forEach((row, place) => {
        const letter = [...this.matrix.signs.keys()][place];
        const letters = letter ? [letter] : [...this.matrix.signs.keys()];
        this.matrix.counts.forEach((way, position) => {
          const sum = letters.reduce((all, one) => all + (counts[one]?.[way] ?? 0), 0);
          row.cells[position + 2].textContent = counted(sum);
        });
      });
      this.clear.hidden = !Object.values(this.filters).some(Boolean);
      this.draw();
    }

    draw() {
      const { rows } = this.found;
      this.at.rows = Math.min(this.at.rows, Math.max(0, Math.ceil(rows.length / this.many.rows) - 1));
      const first = this.at.rows * this.many.rows;
      this.shownRows = rows.slice(first, first + this.many.rows);
      this.columns = columnsOf(this.found, this.shownRows);
      this.at.columns = Math.min(this.at.columns, Math.max(0, Math.ceil(this.columns.length / this.many.columns) - 1));
      const from = this.at.columns * this.many.columns;
      this.shownColumns = this.columns.slice(from, from + this.many.columns);
      this.scroll.replaceChildren(this.table(first, from));
      this.scroll.removeAttribute("tabindex");
      this.tell(null);
      this.say(first, from);
    }

    table(first, from) {
      const { matrix } = this;
      const corner = make("th", { scope: "col", tabindex: "-1", "aria-colindex": 1 }, this.box.dataset.corner);
      const heads = this.shownColumns.map((column, place) => {
        const { id, title, width } = matrix.documents[column];
        const link = make("a", { href: `${this.root}documents/${id}.html`, title, tabindex: "-1" }, id);
        return make("th", { scope: "col", class: width || null, "aria-colindex": from + place + 2 }, link);
      });
      const body = make("tbody");
      const places = new Map(this.shownColumns.map((column, place) => [column, place]));
      this.shownRows.forEach((found, place) => body.append(this.row(found, first + place, places, from)));
      const table = make(
        "table",
        {
          class: `q-grid q-grid-${matrix.kind}`,
          role: "grid",
          "aria-readonly": "true",
          "aria-rowcount": this.found.rows.length + 1,
          "aria-colcount": this.columns.length + 1,
        },
        make("caption", {}, this.box.dataset.caption),
        make("thead", {}, make("tr", { "aria-rowindex": 1 }, corner, ...heads)),
        body,
      );
      this.stop = null;
      this.grid = [...table.rows];
      this.settle(this.grid[1]?.cells[1] ?? this.grid[1]?.cells[0] ?? corner);
      return table;
    }

    row({ row, cells }, index, places, from) {
      const { matrix } = this;
      const line = document.createElement("tr");
      line.ariaRowIndex = index + 2;
      const link = make("a", { href: `${this.root}${matrix.kind}/${row.id}.html`, tabindex: "-1" }, row.title);
      const more = make("span", { class: "q-more" }, row.id);
      line.append(make("th", { scope: "row", "aria-colindex": 1 }, link, " ", more));
      const filled = new Array(this.shownColumns.length);
      for (const cell of cells) if (places.has(cell.column)) filled[places.get(cell.column)] = cell;
      for (let place = 0; place < filled.length; place++) {
        const element = document.createElement("td");
        element.ariaColIndex = from + place + 2;
        if (filled[place]) this.fill(element, row, filled[place]);
        else element.tabIndex = -1;
        line.append(element);
      }
      return line;
    }

    /* A cell has the tone of its sign; where it has several, each has its own. */
    fill(element, row, cell) {
      const { matrix } = this;
      const link = document.createElement("a");
      const why = matrix.whyShown(cell);
      const signs = cell.items.map((item) => [matrix.shown(item), matrix.tone(item)]).concat(why ? [[why, ""]] : []);
      const shown = signs.map(([text]) => text).join(" ");
      const tone = signs.length === 1 ? `q-${signs[0][1]}` : "";
      if (tone) link.textContent = shown;
      else link.append(...signs.flatMap(([text, one], place) => [place ? " " : "", this.sign(text, one)]));
      link.href = this.root + matrix.target(row, cell);
      link.tabIndex = -1;
      link.ariaLabel = `${shown}: ${matrix.sentence(cell)}`;
      element.className = this.found.hits(cell) ? `${tone} q-hit` : tone;
      element.append(link);
    }

    sign(text, tone) {
      const element = document.createElement("span");
      element.className = tone ? `q-sign q-${tone}` : "q-sign";
      element.textContent = text;
      return element;
    }

    say(first, from) {
      const { rows } = this.found;
      const isPeople = this.matrix.kind === "people";
      const noun = isPeople ? "people" : "roles";
      const of = (some, all) => (some === all ? counted(all) : `${counted(some)} of ${counted(all)}`);
      const cells = `${counted(this.filled)} ${this.filled === 1 ? "cell" : "cells"} filled`;
      this.count.textContent = rows.length
        ? `${of(rows.length, this.matrix.rows.length)} ${noun}, ${cells}; the table has the documents required of ` +
          `${isPeople ? "the people" : "the roles"} shown: ${of(this.columns.length, this.matrix.documents.length)}.`
        : `No ${noun} match. The table is empty.`;
      const ends = {
        rows: [first, this.shownRows.length, rows.length],
        columns: [from, this.shownColumns.length, this.columns.length],
      };
      for (const { way, element, back, forth, where } of this.pagers) {
        const [start, many, all] = ends[way];
        element.hidden = many === all;
        where.textContent = `${way} ${counted(start + 1)} to ${counted(start + many)} of ${counted(all)}`;
        back.setAttribute("aria-disabled", start === 0);
        forth.setAttribute("aria-disabled", start + many >= all);
      }
    }

    /* The cell in full, for those who see a letter only. */
    tell(element) {
      const row = element && this.shownRows[this.grid.indexOf(element.parentElement) - 1];
      const column = element && this.shownColumns[element.cellIndex - 1];
      const { id, title } = this.matrix.documents[column] ?? {};
      const cell = row?.cells.find((one) => one.column === column);
      const empty = this.matrix.kind === "people" ? "not required" : "not required by the role";
      if (row && id) this.said.textContent = `${row.row.title}, ${id} ${title}: ${cell ? this.matrix.sentence(cell) : empty}`;
      else if (id) this.said.textContent = `${id} ${title}`;
      else this.said.textContent = "Point at a cell, or walk to it by the arrow keys, and it is said in full here.";
    }

    // Pages, and keys: one cell is a tab stop, and the arrow keys move it.

    turn(way, by) {
      const pages = Math.ceil((way === "rows" ? this.found.rows : this.columns).length / this.many[way]);
      const wanted = this.at[way] + by;
      if (wanted < 0 || wanted >= pages) return false;
      this.at[way] = wanted;
      if (way === "rows") this.at.columns = 0;
      this.draw();
      this.remember();
      this.scroll.scrollTo(0, 0);
      return true;
    }

    settle(cell) {
      if (this.stop) this.stop.tabIndex = -1;
      this.stop = cell.querySelector("a") ?? cell;
      this.stop.tabIndex = 0;
    }

    arrive(element) {
      const cell = element.closest("td, th");
      if (!cell) return;
      this.settle(cell);
      this.tell(cell);
    }

    walk(event) {
      const cell = event.target.closest("td, th");
      if (!cell || event.altKey || event.metaKey || event.shiftKey) return;
      const at = { row: this.grid.indexOf(cell.parentElement), column: cell.cellIndex };
      const last = { row: this.grid.length - 1, column: this.grid[0].cells.length - 1 };
      const leap = Math.max(1, Math.floor(this.scroll.clientHeight / this.grid.at(-1).offsetHeight) - 2);
      const all = event.ctrlKey;
      const moves = {
        ArrowDown: () => this.step(at, 1, last),
        ArrowUp: () => this.step(at, -1, last),
        ArrowRight: () => this.stride(at, 1, last),
        ArrowLeft: () => this.stride(at, -1, last),
        Home: () => [all ? 0 : at.row, 0],
        End: () => [all ? last.row : at.row, last.column],
        PageDown: () => this.step(at, leap, last),
        PageUp: () => this.step(at, -leap, last),
      };
      const move = moves[event.key];
      if (!move || (all && !["Home", "End"].includes(event.key))) return;
      event.preventDefault();
      const [row, column] = move();
      const target = this.grid[row].cells[Math.min(column, this.grid[row].cells.length - 1)];
      this.settle(target);
      this.stop.focus();
    }

    /* Up or down; from the last row to the first of the next page, and back. */
    step(at, by, last) {
      const row = Math.max(0, Math.min(at.row + by, last.row));
      if (row !== at.row || by === 0) return [row, at.column];
      if (!this.turn("rows", Math.sign(by))) return [at.row, at.column];
      return [by > 0 ? 1 : this.grid.length - 1, at.column];
    }

    /* Left or right, likewise. */
    stride(at, by, last) {
      const column = at.column + by;
      if (column >= 0 && column <= last.column) return [at.row, column];
      if (!this.turn("columns", by)) return [at.row, at.column];
      return [at.row, by > 0 ? 1 : this.grid[0].cells.length - 1];
    }
  }

  // -----------------------------------------------------------------------------------------------------------------------

  const FAILED = "The data of the matrix could not be loaded. The files below have all of it.";

  for (const box of document.querySelectorAll(".q-matrix")) {
    load(`matrix/${box.dataset.kind}`).then(
      (data) => new View(box, new Matrix(box.dataset.kind, data)),
      () => box.append(make("p", { class: "q-text", role: "status" }, FAILED)),
    );
  }
})();
