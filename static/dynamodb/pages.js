// Further pages of items, appended to those that are shown, until the end, a limit, or Stop.
import { took } from "../js/calls.js";

const MOST_ROWS = 5000; // in one page of a browser; beyond that, narrow the query or export
const WAITS = [1, 2, 4, 8, 8]; // seconds before a throttled page is asked for again

export function startPages(part, addCalls) {
  const state = { part, addCalls, going: false, total: totals(part) };
  part.querySelector("[data-ddb-next]")?.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    run(state, false);
  });
  part.querySelector("[data-ddb-all]")?.addEventListener("click", () => run(state, true));
  part.querySelector("[data-ddb-stop]")?.addEventListener("click", () => (state.going = false));
}

function totals(part) {
  const facts = part.querySelector("[data-ddb-facts]");
  if (!facts) return null;
  const { count, scanned, units, taken } = facts.dataset;
  return { count: Number(count), scanned: Number(scanned), units: Number(units), taken: Number(taken) };
}

/** One page more, or, where a filter leaves none of a page, as many as it takes to find something. */
async function run(state, toTheEnd) {
  if (state.going) return;
  begin(state);
  const before = state.total.count;
  try {
    while (state.going && next(state) && (toTheEnd || state.total.count === before)) {
      if (rowCount(state) >= MOST_ROWS) {
        window.trellis.tell(`${MOST_ROWS.toLocaleString("en")} items are loaded, which is the most: narrow the query, or export it.`, "warning");
        break;
      }
      await more(state);
    }
  } catch (error) {
    window.trellis.tell(error.message, "failed");
  }
  end(state);
}

const next = (state) => state.part.querySelector("[data-ddb-next]");
const rowCount = (state) => state.part.querySelector("[data-ddb-grid]")?.tBodies[0].rows.length ?? 0;

function begin(state) {
  state.going = true;
  state.part.querySelector("[data-ddb-stop]").hidden = false;
  state.part.querySelector("[data-ddb-all]").hidden = true;
  next(state).setAttribute("aria-busy", "true");
}

function end(state) {
  state.going = false;
  state.part.querySelector("[data-ddb-stop]").hidden = true;
  const link = next(state);
  state.part.querySelector("[data-ddb-all]").hidden = !link;
  link?.removeAttribute("aria-busy");
  window.trellis.announce(`${state.total.count} items shown`);
}

async function more(state) {
  const text = await fetched(state);
  if (text === null) return;
  const found = new DOMParser().parseFromString(text, "text/html").getElementById("results");
  state.addCalls(found);
  append(state.part, found);
  add(state, totals(found));
  const link = next(state);
  const coming = found.querySelector("[data-ddb-next]");
  if (coming) link.href = coming.getAttribute("href");
  else link.remove();
  state.part.querySelector("[data-ddb-shown]").textContent = coming ? "There is more to read." : "All of it is shown.";
}

/** The next page's text; one that AWS throttles is asked for again, and that is said. */
async function fetched(state) {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await fetch(next(state).href, { headers: { "HX-Request": "true", Accept: "text/html" } });
    if (answer.ok) return answer.text();
    const wait = answer.status === 503 ? WAITS[attempt] : undefined;
    if (wait === undefined) throw new Error(reason(await answer.text()));
    window.trellis.tell(`AWS asks to slow down: asking again in ${wait} s.`, "warning");
    await new Promise((done) => setTimeout(done, wait * 1000));
    if (!state.going) return null;
  }
}

function reason(text) {
  const said = new DOMParser().parseFromString(text, "text/html").querySelectorAll(".problem h2, .problem-body > p, .notice");
  return [...said].map((one) => one.textContent.trim()).join(". ") || "The next page did not come.";
}

function append(part, found) {
  const [table, extra] = [part.querySelector("[data-ddb-grid]"), found.querySelector("[data-ddb-grid]")];
  if (table && extra) return appendRows(table, extra);
  const [code, text] = [part.querySelector("[data-ddb-json]"), found.querySelector("[data-ddb-json]")];
  if (code && text) code.textContent = `${code.textContent.replace(/\s*\]\s*$/, "")},\n${text.textContent.replace(/^\s*\[\s*/, "")}`;
  else if (extra ?? text) part.querySelector(".state, .notice, [data-ddb-none]")?.replaceWith((extra ?? text).closest(".table-box, .code-box"));
  return undefined;
}

/** Appends lines whose columns may be others: new ones come at the right, those that a line has not stay empty. */
function appendRows(table, extra) {
  const names = headsOf(table);
  for (const head of extra.tHead.rows[0].cells) {
    if (head.dataset.name !== undefined && !names.has(head.dataset.name)) addColumn(table, names, head);
  }
  const places = headsOf(extra);
  const body = table.tBodies[0];
  for (const row of [...extra.tBodies[0].rows]) {
    const made = document.createElement("tr");
    const number = row.cells[0].cloneNode(true);
    number.textContent = body.rows.length + 1;
    made.append(number, ...[...names.keys()].map((name) => (places.has(name) ? row.cells[places.get(name)].cloneNode(true) : absent())));
    body.append(made);
  }
}

function headsOf(table) {
  const heads = [...table.tHead.rows[0].cells].filter((head) => head.dataset.name !== undefined);
  return new Map(heads.map((head) => [head.dataset.name, head.cellIndex]));
}

function addColumn(table, names, head) {
  const made = table.ownerDocument.importNode(head, true);
  table.tHead.rows[0].append(made);
  names.set(head.dataset.name, made.cellIndex);
  for (const row of table.tBodies[0].rows) row.append(absent());
}

function absent() {
  const cell = document.createElement("td");
  cell.className = "ddb-absent";
  cell.dataset.null = "";
  return cell;
}

/** The sums of all pages, in the places of the first one's. */
function add(state, { count, scanned, units, taken }) {
  const { total } = state;
  Object.assign(total, { count: total.count + count, scanned: total.scanned + scanned, units: total.units + units, taken: total.taken + taken });
  const number = (value) => value.toLocaleString("en").replaceAll(",", "\u202f");
  const facts = state.part.querySelector("[data-ddb-facts]");
  const words = {
    count: `${number(total.count)} returned`,
    scanned: `${number(total.scanned)} read`,
    units: `${number(total.units)} read units`,
    price: `$${(total.units * Number(facts.dataset.price)).toPrecision(2)} on AWS`,
    taken: took(total.taken),
  };
  for (const place of facts.querySelectorAll("[data-ddb-fact]")) place.textContent = words[place.dataset.ddbFact];
}
