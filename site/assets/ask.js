/*
 * Ask: whether a person was qualified on a document, or might perform an activity, on a day. The question is in the
 * address: ask.html?person=p-0042&document=SOP-014&on=2026-05-01, or &activity=aseptic-filling; an activity without a
 * person asks it of everybody who ever held a role for it. What is answered was worked out when the site was built, as
 * `qmsci qualified` and `qmsci authorised` answer it; here it is only looked up.
 *
 *   qmsci.answer(question, person, piece)   the answer, from what is known of a person and of what is asked about
 */
(() => {
  "use strict";

  const { load, make, fold } = window.qmsci;
  const EVER = "0001-01-01"; // where a course has no first day

  // --- the answer ------------------------------------------------------------------------------------------------------

  /* The place of the last of some entries of which something is true; -1 where it is true of none. */
  function lastPlace(entries, isTrue) {
    let place = entries.length - 1;
    while (place >= 0 && !isTrue(entries[place])) place -= 1;
    return place;
  }

  /* Which of some entries, each with its first day before all else, holds on a day. */
  const placeOn = (entries, day) => lastPlace(entries, ([first]) => first <= day);

  /*
   * The answer to { person, document or activity, on }. `yes` is null where nobody can say; `of` is the revision, or the role;
   * `since` is the day from which the answer has been the same, `until` the day on which it becomes the other one; null: ever.
   */
  function answer(question, person, piece) {
    const { on } = question;
    const isDocument = Boolean(question.document);
    const name = question.document || question.activity;
    const [strange, known] = piece.about[name];
    const obstacle = isDocument ? unread(person, name) : undefinedOn(name, known, on) || unread(person);
    if (obstacle) return { yes: null, reason: obstacle, of: null, evidence: [], since: null, until: null };
    const own = isDocument ? person.documents : person.activities;
    if (Object.hasOwn(own, name)) return looked(own[name], person, on, !isDocument);
    if (isDocument) return looked(strange, piece, on);
    const present = looked(person.presence, person, on);
    return { ...(present.yes ? looked(strange, piece, on) : present), since: null, until: null };
  }

  /* Why nobody can say: files that cannot be read. */
  function unread(person, document) {
    const all = document === undefined ? Object.values(person.unread) : [person.unread[""], person.unread[document]];
    const paths = [...new Set(all.flat().filter(Boolean))].sort();
    return paths.length && `${paths.join(", ")} cannot be read, and may decide the answer: qmsci check --all`;
  }

  /* Why nobody can say: what main did not define on that day, or did before the clone begins. */
  function undefinedOn(activity, known, on) {
    const place = placeOn(known, on);
    if (place < 0) return `what main said on ${on} is not in the clone that this site was built from`;
    return !known[place][1] && `there was no activity ${activity} in roles/activities.yaml on ${on}`;
  }

  /* What a course says of a day, by the verdicts and the proofs in a book. */
  function looked(steps, book, on, saysLate = false) {
    const place = placeOn(steps, on);
    const says = (step) => Boolean(book.verdicts[step[1]][0]);
    const [, verdict, of] = steps[place];
    const [yes, reason, namesDay, numbers] = book.verdicts[verdict];
    const evidence = numbers.map((number) => proof(book, number));
    const late = saysLate ? evidence.filter((one) => one.late).map((one) => `${one.path}, ${one.late}`) : [];
    const since = lastPlace(steps.slice(0, place), (step) => says(step) !== Boolean(yes)) + 1;
    const until = steps.find((step, after) => after > place && says(step) !== Boolean(yes));
    return {
      yes: Boolean(yes),
      reason: [namesDay ? reason + on : reason, ...new Set(late)].join("; "),
      of,
      evidence,
      since: steps[since][0] === EVER ? null : steps[since][0],
      until: until ? until[0] : null,
    };
  }

  function proof(book, number) {
    const [path, line, brought, says, late, signed] = book.proofs[number];
    const isKnown = typeof brought === "number";
    const [commit, recorded] = isKnown ? book.commits[brought] : [null, null];
    const told = { says: says + late, late: late.replace(/^, /, ""), signed };
    return { path, line, commit, recorded, ...told, unknown: isKnown ? null : brought };
  }

  window.qmsci.answer = answer;

  const widget = document.querySelector('[data-widget="ask"]');
  if (!widget) return;

  // --- choosing from thousands: a field with a list of what fits what is typed -------------------------------------------

  const SHOWN = 12; // entries of a list at a time
  const counted = (number) => number.toLocaleString("en");

  class Choice {
    constructor(name, list, label, hint, chosen) {
      this.name = name;
      this.source = `ask-${list}`;
      this.chosen = chosen;
      this.entries = null;
      this.options = [];
      this.active = -1;
      this.input = make("input", {
        id: `ask-${name}`, class: "q-field", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
        placeholder: hint, "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `ask-${name}-list`,
      });
      this.list = make("ul", { id: `ask-${name}-list`, role: "listbox", "aria-label": label });
      this.more = make("p", { class: "q-count", role: "status" });
      this.popup = make("div", { class: "q-choice-list", hidden: true }, this.list, this.more);
      this.box = make(
        "div", { class: "q-choice" }, make("label", { for: `ask-${name}` }, label),
        make("div", { class: "q-choice-field" }, this.input, this.popup),
      );
      this.input.addEventListener("focus", () => this.ready.catch(() => {}));
      this.input.addEventListener("input", () => this.open());
      this.input.addEventListener("keydown", (event) => this.key(event));
      this.input.addEventListener("blur", () => this.close());
      this.input.addEventListener("change", () => this.chosen());
      this.popup.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
      this.list.addEventListener("click", (event) => this.pick(this.options.indexOf(event.target.closest("li"))));
    }

    /* A Promise that is kept once the list is here; it is loaded when it is first needed. */
    get ready() {
      this.loading ??= load(this.source).then((rows) => {
        this.entries = rows.map(([id, title], place) => ({ id, title, place, key: fold(id), words: fold(`${id} ${title}`) }));
      });
      return this.loading;
    }

    get text() {
      return this.input.value.trim();
    }

    /* The revision of a document that is named, as SOP-014@2; null where none is. */
    get revision() {
      return (this.name === "document" && /^[^\s@]+@(\S+)/.exec(this.text)?.[1]) || null;
    }

    /* What is looked for: a document without its revision. */
    get sought() {
      return this.name === "document" ? this.text.replace(/^([^\s@]+)@\S*/, "$1") : this.text;
    }

    /* The entry that is meant: by its id, whatever follows it; or by its whole name, where one alone has it. */
    get entry() {
      if (!this.entries) return null;
      const [id] = this.sought.split(/\s/);
      const exact = this.entries.find((entry) => entry.id === id);
      if (exact || !id) return exact ?? null;
      const said = fold(this.sought);
      const alike = this.entries.filter((entry) => entry.key === fold(id) || fold(entry.title) === said);
      return alike.length === 1 ? alike[0] : null;
    }

    show(entry) {
      this.input.value = `${entry.id} ${entry.title}`.trim();
    }

    fitting() {
      const said = fold(this.sought);
      const words = said.split(/\s+/).filter(Boolean);
      const rank = (entry) => (entry.key.startsWith(said) ? 0 : entry.key.includes(said) ? 1 : 2);
      const found = this.entries.filter((entry) => words.every((word) => entry.words.includes(word)));
      return found.map((entry) => [rank(entry), entry]).sort(([a, one], [b, other]) => a - b || one.place - other.place);
    }

    open() {
      if (!this.entries) {
        this.ready.then(() => document.activeElement === this.input && this.open(), () => {});
        return;
      }
      const found = this.fitting();
      this.options = found.slice(0, SHOWN).map(([, entry], place) =>
        make(
          "li", { id: `ask-${this.name}-${place}`, role: "option", "aria-selected": "false", "data-place": entry.place },
          make("strong", {}, entry.id), ` ${entry.title}`,
        ),
      );
      this.list.replaceChildren(...this.options);
      this.list.hidden = !found.length;
      this.more.textContent = found.length > SHOWN ? `${SHOWN} of ${counted(found.length)} are shown; type more to find others.` : "";
      if (!found.length) this.more.textContent = "Nothing fits.";
      this.active = -1;
      this.expand(true);
    }

    close() {
      this.active = -1;
      this.expand(false);
    }

    expand(yes) {
      this.popup.hidden = !yes;
      this.input.setAttribute("aria-expanded", yes && this.options.length > 0);
      this.mark();
    }

    mark() {
      this.options.forEach((option, place) => option.setAttribute("aria-selected", place === this.active));
      const active = this.options[this.active];
      if (active) this.input.setAttribute("aria-activedescendant", active.id);
      else this.input.removeAttribute("aria-activedescendant");
      active?.scrollIntoView({ block: "nearest" });
    }

    key(event) {
      const isOpen = !this.popup.hidden;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!isOpen) this.open();
        const by = event.key === "ArrowDown" ? 1 : -1;
        const count = this.options.length;
        if (count) this.active = this.active < 0 && by < 0 ? count - 1 : (this.active + by + count) % count;
        this.mark();
      } else if (event.key === "Enter" && isOpen && this.active >= 0) {
        event.preventDefault();
        this.pick(this.active);
      } else if (event.key === "Escape" && isOpen) {
        event.preventDefault();
        this.close();
      }
    }

    pick(place) {
      if (place < 0) return;
      this.show(this.entries[Number(this.options[place].dataset.place)]);
      this.close();
      this.chosen();
    }
  }

  // --- the question ----------------------------------------------------------------------------------------------------

  const today = widget.dataset.on;
  const pieceSize = Number(widget.dataset.piece);
  const given = new URLSearchParams(location.search);
  let asked = 0;

  const person = new Choice("person", "people", "Person", "Id or name", ask);
  const about = {
    document: new Choice("document", "documents", "Document", "Id or title", ask),
    activity: new Choice("activity", "activities", "Activity", "Id or title", ask),
  };
  const day = make("input", {
    id: "ask-on", class: "q-field", type: "date", required: true, min: EVER, max: "9999-12-31", onchange: () => ask(),
  });
  const kinds = Object.fromEntries(
    Object.keys(about).map((kind) => [kind, make("input", { type: "radio", name: "kind", value: kind, onchange: () => turn(kind, true) })]),
  );
  const said = make("div", { class: "q-answer", role: "status" });
  const shown = make("div", { class: "q-answer-proof" });
  const form = make(
    "form", { class: "q-ask", onsubmit: (event) => { event.preventDefault(); ask(); } },
    person.box,
    make(
      "fieldset", { class: "q-ask-kinds" }, make("legend", {}, "Asked about"),
      make("label", {}, kinds.document, " a document"), make("label", {}, kinds.activity, " an activity"),
    ),
    about.document.box,
    about.activity.box,
    make("div", { class: "q-choice" }, make("label", { for: "ask-on" }, "On the day"), day),
    make("button", { class: "q-button" }, "Answer"),
  );

  function turn(kind, asking = false) {
    for (const one of Object.keys(about)) {
      kinds[one].checked = one === kind;
      about[one].box.hidden = one !== kind;
    }
    if (asking) ask();
  }

  const chosenKind = () => (kinds.document.checked ? "document" : "activity");

  async function ask() {
    const turnOfMine = ++asked;
    const isMine = () => turnOfMine === asked;
    const kind = chosenKind();
    const what = about[kind];
    const ofAll = kind === "activity" && !person.text;
    if ((!person.text && !ofAll) || !what.text || !day.validity.valid) {
      say("Choose a person, a document or an activity, and a day.", false);
      return;
    }
    await attempt(isMine, async () => {
      await Promise.all([person.ready, what.ready]);
      const wrong = unknown(what, kind, ofAll);
      if (wrong) {
        if (isMine()) say(wrong, true);
        return;
      }
      const question = { ...(ofAll ? {} : { person: person.entry.id }), [kind]: what.entry.id, on: day.value };
      const piece = load(`${what.source}-${Math.floor(what.entry.place / pieceSize)}`);
      if (ofAll) await askOfAll(question, what.entry, await piece, isMine);
      else await askOfOne(question, what, await piece, isMine);
    });
  }

  /* Do what loads data; where that is not there, and nobody has asked anything else since, say so. */
  async function attempt(isMine, deed) {
    try {
      await deed();
    } catch {
      if (isMine()) say("What is needed for the answer could not be loaded. Are all files of the site there?", true);
    }
  }

  async function askOfOne(question, what, piece, isMine) {
    const { revision, entry } = what;
    const known = await load(`ask/${question.person}`);
    if (!isMine()) return;
    const named = revision && `${entry.id}@${revision}`;
    remember(named ? { ...question, document: named } : question);
    show(question, person.entry, entry, answer(question, known, piece), piece, named);
  }

  /* Why a question cannot be asked here: it names what the commit of the site does not have. */
  function unknown(what, kind, ofAll) {
    if (!ofAll && !person.entry) return `There is no person “${person.text}” in roles/people/.`;
    if (what.entry) return null;
    if (kind === "document") return `There is no document “${what.text}” in controlled-docs/.`;
    return `There is no activity “${what.text}” in roles/activities.yaml, nor was there ever.`;
  }

  /* The address holds the question, so that the answer can be sent to somebody; some pages from disc may not change it. */
  function remember(question) {
    try {
      history.replaceState(null, "", `?${new URLSearchParams(question)}`);
    } catch {
      return;
    }
  }

  // --- showing it ------------------------------------------------------------------------------------------------------

  const link = (text, to) => make("a", { href: window.qmsci.root + to }, text);
  const time = (iso) => make("time", { datetime: iso }, iso);
  const before = (iso) => new Date(Date.parse(`${iso}T00:00:00Z`) - 86400000).toISOString().slice(0, 10);

  function say(sentence, isWrong) {
    said.replaceChildren(make("p", { class: isWrong ? "q-text q-warn" : "q-text q-quiet" }, sentence));
    shown.replaceChildren();
  }

  function show(question, who, what, found, piece, named) {
    const word = found.yes === null ? ["Not answered", "q-warn"] : found.yes ? ["Yes", "q-good"] : ["No", "q-bad"];
    said.replaceChildren(
      make("p", { class: `q-answer-word ${word[1]}` }, word[0]),
      make("p", {}, ...sentence(question, who, what, found)),
      ...(named ? [make("p", { class: "q-quiet" }, ...otherRevision(question, found, piece, named))] : []),
    );
    const facts = [
      ...(question.document ? revisionFacts(question, found, piece) : roleFacts(found)),
      ...(found.yes === null ? [] : [["This answer", changes(found)]]),
      ["In a clone", [make("code", {}, command(question))]],
    ];
    shown.replaceChildren(listed(facts), ...(found.yes === null ? [] : proofs(found)));
  }

  const listed = (facts) =>
    make("dl", { class: "q-facts" }, ...facts.map(([name, parts]) => make("div", {}, make("dt", {}, name), make("dd", {}, ...parts))));

  const verb = (on, not, now, then) =>
    on > today ? `will${not} be, by what is known now,` : on < today ? `${then}${not}` : `${now}${not}`;

  function sentence(question, who, what, found) {
    const whom = [link(who.title, `people/${who.id}.html`), ` (${who.id}) `];
    const not = found.yes ? "" : " not";
    const title = what.title ? ` ${what.title}` : "";
    const thing = question.document
      ? [" qualified on ", link(found.of ?? what.id, `documents/${what.id}.html`), title]
      : [" authorised for ", link(what.id, `activities/${what.id}.html`), title];
    if (found.yes === null) return [`Nobody can say here: ${found.reason}.`];
    return [...whom, verb(question.on, not, "is", "was"), ...thing, " on ", time(question.on), `: ${found.reason}.`];
  }

  /* Somebody named a revision: the answer is about the one in force, which may be another one. */
  function otherRevision({ person: who, document: text, on }, found, piece, named) {
    const [steps, revisions] = piece.about[text];
    if (!Object.hasOwn(revisions, named)) return [`There is no revision ${named}. The answer is about the one in force on the day.`];
    const [, , inForce] = steps[placeOn(steps, on)];
    const which = `, that ${verb(on, "", "is", "was")} ${inForce ?? "none"}`;
    return [
      `You named ${named}. Ask is about the revision in force on the day; on `, time(on), `${which}. About ${named}: `,
      make("code", {}, `qmsci qualified ${who} ${named} --on ${on}`),
    ];
  }

  function revisionFacts(question, found, piece) {
    if (!found.of) return [];
    const [steps, revisions] = piece.about[question.document];
    const place = placeOn(steps, question.on);
    const first = lastPlace(steps.slice(0, place), (step) => step[2] !== found.of) + 1;
    const next = steps.find((step, after) => after > place && step[2] !== found.of);
    const from = steps[first][0] === EVER ? ["from ever"] : ["from ", time(steps[first][0])];
    const until = next ? [" until ", time(before(next[0]))] : [", with no end known"];
    const digest = revisions[found.of];
    return [
      ["Revision", [found.of, ", in force ", ...from, ...until]],
      ["Digest of its text", [digest ? make("code", {}, digest) : `no approval or assignment of ${found.of} names it`]],
    ];
  }

  const roleFacts = (found) => (found.of ? [["Role", [link(found.of, `roles/${found.of}.html`)]]] : []);

  function changes(found) {
    const word = found.yes ? "Yes" : "No";
    const other = found.yes ? "No" : "Yes";
    const since = found.since ? [`${word} since `, time(found.since), `, ${other} before that`] : [`${word} on all days before`];
    const until = found.until ? ["; ", `${other} from `, time(found.until), " on"] : ["; no change after it is known"];
    return [...since, ...until, "."];
  }

  const command = ({ person: who, document: text, activity, on }) =>
    text ? `qmsci qualified ${who} ${text} --on ${on}` : `qmsci authorised ${who ? `${who} ` : ""}${activity} --on ${on}`;

  function proofs(found) {
    const nothing = found.yes ? "It rests on no record of its own." : "Nothing is on record that says otherwise.";
    const items = found.evidence.map((one) =>
      make(
        "li", {},
        make("p", {}, one.says),
        ...(one.signed ? [make("p", {}, ...signatures(one.signed))] : []),
        make("p", { class: "q-quiet" }, ...place(one), ", ", ...recorded(one)),
      ),
    );
    return [
      make("h2", {}, "Evidence"),
      items.length ? make("ol", { class: "q-evidence" }, ...items) : make("p", { class: "q-text q-quiet" }, nothing),
    ];
  }

  /* Printed name, meaning, and time of each signature, as the record says them (21 CFR 11.50). */
  function signatures(signed) {
    if (!signed.length) return ["not signed"];
    const said = signed.map(([by, name, meaning, at]) => [
      name || "no name", " (", link(by, `people/${by}.html`), `), ${meaning || "no meaning"}, `, at ? time(at) : "no time",
    ]);
    return ["Signed by ", ...said.flatMap((parts, place) => (place ? ["; ", ...parts] : parts))];
  }

  function place(one) {
    const where = make("code", {}, `${one.path}:${one.line}`);
    const event = /^quality-events\/([^/]+)\.yaml$/.exec(one.path)?.[1];
    const whose = /^training-records\/(?:completions|waivers)\/([^/]+)\//.exec(one.path)?.[1];
    if (event) return [where, " (", link(event, `events/${event}.html`), ")"];
    return whose ? [where, " (", link(`training history of ${whose}`, `people/${whose}.html#history`), ")"] : [where];
  }

  function recorded(one) {
    if (!one.commit) return [one.unknown];
    return ["recorded ", time(one.recorded), " in ", make("code", { title: one.commit }, `${one.commit.slice(0, 10)}…`)];
  }

  // --- everybody who might do some work ----------------------------------------------------------------------------------

  const AT_ONCE = 60; // people whose data is loaded at a time; more of them only where somebody says so

  async function askOfAll(question, what, piece, isMine) {
    const [, known, roles] = piece.about[what.id];
    const holders = await load("ask-holders");
    if (!isMine()) return;
    remember(question);
    const obstacle = undefinedOn(what.id, known, question.on);
    const places = new Set(roles.flatMap((role) => holders[role]));
    const people = obstacle ? [] : person.entries.filter((one) => places.has(one.place));
    const answerAll = async () => {
      const answers = await answersOf(question, people, piece, isMine);
      if (isMine()) showAll(question, what, answers, obstacle);
    };
    if (people.length > AT_ONCE) offer(question, what, people.length, isMine, answerAll);
    else await answerAll();
  }

  /* The answers about some people, whose data is loaded a few at a time; where nobody waits for them, not all of them. */
  async function answersOf(question, people, piece, isMine) {
    const found = [];
    while (found.length < people.length && isMine()) {
      const few = people.slice(found.length, found.length + AT_ONCE);
      const known = await Promise.all(few.map((one) => load(`ask/${one.id}`)));
      found.push(...few.map((who, place) => ({ who, found: answer({ ...question, person: who.id }, known[place], piece) })));
      if (isMine() && people.length > AT_ONCE) say(`${counted(found.length)} of ${counted(people.length)} people are loaded.`, false);
    }
    return found;
  }

  function offer(question, what, count, isMine, answerAll) {
    const people = `${counted(count)} people`;
    say(`${people} hold, held or will hold a role that performs ${what.id}. The answer needs the data of each of them.`, false);
    const button = make("button", { type: "button", class: "q-button" }, `Load ${people}`);
    button.onclick = async () => {
      said.tabIndex = -1;
      said.focus(); // the button goes
      shown.replaceChildren();
      await attempt(isMine, answerAll);
    };
    shown.replaceChildren(button);
  }

  /* How early in the list: who might do it, of whom nobody can say, who has a role for it and might not, all others. */
  const rank = ({ found }) => (found.yes ? 0 : found.yes === null ? 1 : found.of ? 2 : 3);

  function showAll(question, what, answers, obstacle) {
    const able = answers.filter(({ found }) => found.yes).length;
    const some = able === 1 ? "1 person" : `${counted(able)} people`;
    const word = obstacle ? ["Not answered", "q-warn"] : able ? [some, "q-good"] : ["Nobody", "q-bad"];
    said.replaceChildren(
      make("p", { class: `q-answer-word ${word[1]}` }, word[0]),
      make("p", {}, ...(obstacle ? [`Nobody can say here: ${obstacle}.`] : summary(question, what, able, answers.length))),
    );
    const facts = [["In a clone", [make("code", {}, command(question)), ", which lists those who hold such a role on the day"]]];
    shown.replaceChildren(listed(facts), ...(answers.length ? [tableOf(question, what, answers)] : []));
    shown.querySelectorAll(".q-table").forEach(window.qmsci.table);
  }

  function summary(question, what, able, count) {
    const title = what.title ? ` ${what.title}` : "";
    const of = `${able ? counted(able) : "None"} of ${count === 1 ? "1 person" : `${counted(count)} people`}`;
    const [now, then] = able === 1 ? ["is", "was"] : ["are", "were"];
    const work = [link(what.id, `activities/${what.id}.html`), title];
    if (!count) return ["Nobody holds, held or will hold a role that performs ", ...work, "."];
    const whose = `${of} who hold, held or will hold a role for it ${verb(question.on, "", now, then)}`;
    return [`${whose} authorised for `, ...work, " on ", time(question.on), "."];
  }

  function tableOf(question, what, answers) {
    const caption = `Who might perform ${what.id} on ${question.on}, and why not the others`;
    const heads = ["Person", "Authorised", "Role", "Why", "Evidence"].map((head) => make("th", { scope: "col" }, head));
    const rows = [...answers].sort((one, other) => rank(one) - rank(other)).map((one) => row(question, one));
    const table = make(
      "table", {}, make("caption", {}, caption), make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows),
    );
    return make(
      "div", { class: "q-table", "data-table": "who", "data-filters": "1,2" },
      make("div", { class: "q-scroll", tabindex: "0", role: "region", "aria-label": caption }, table),
    );
  }

  function row(question, { who, found }) {
    const [word, tone] = found.yes === null ? ["not answered", "q-warn"] : found.yes ? ["yes", "q-good"] : ["no", "q-bad"];
    const alone = `ask.html?${new URLSearchParams({ person: who.id, ...question })}`;
    const asked = make("a", { href: window.qmsci.root + alone }, "Show", make("span", { class: "q-unseen" }, ` that of ${who.id}`));
    const cells = [
      [make("span", { class: `q-mark ${tone}` }, word)],
      found.of ? [link(found.of, `roles/${found.of}.html`)] : ["–"],
      [found.reason],
      [asked],
    ];
    const name = make("th", { scope: "row" }, link(who.title, `people/${who.id}.html`), ` (${who.id})`);
    return make("tr", {}, name, ...cells.map((parts) => make("td", {}, ...parts)));
  }

  // --- at the beginning ------------------------------------------------------------------------------------------------

  widget.replaceChildren(form, said, shown);
  turn(given.has("activity") && !given.has("document") ? "activity" : "document");
  day.value = given.get("on") ?? today;
  person.input.value = given.get("person") ?? "";
  for (const [kind, choice] of Object.entries(about)) choice.input.value = given.get(kind) ?? "";
  if (given.has("on") && !day.value) {
    say(`“${given.get("on")}” is no day of the form 2026-05-01.`, true);
  } else {
    ask().then(() => [person, ...Object.values(about)].forEach((choice) => choice.entry && !choice.revision && choice.show(choice.entry)));
  }
})();
