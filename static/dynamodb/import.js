// Imports and deletions with progress: the file is sent by this script, which asks meanwhile how far the work is.
//
// A form with data-import="check" or "import" is sent as it is, its file last; the file stays chosen for the next step.
// How far it is, the state table says: any instance can answer.
import { startGrids } from "../js/grid/grid.js";
import { latest } from "../js/latest.js";

const step = document.querySelector("[data-import-step]");
const title = document.title;
let file; // what was chosen last

const number = { format: (value) => value.toLocaleString("en").replaceAll(",", "\u202f") };

function size(bytes) {
  const units = ["B", "KiB", "MiB", "GiB"];
  let at = 0;
  while (bytes >= 1024 && at < units.length - 1) [bytes, at] = [bytes / 1024, at + 1];
  return `${bytes.toFixed(at && bytes < 100 ? 1 : 0)} ${units[at]}`;
}

class Progress {
  constructor(label, workUrl, cancelUrl, token, place) {
    const copy = document.querySelector("template[data-import-progress]").content.cloneNode(true);
    this.box = copy.firstElementChild;
    place.after(this.box);
    this.place = place;
    place.hidden = true;
    Object.assign(this, { label, workUrl, cancelUrl, token, begun: performance.now(), total: 0, facts: {} });
    this.box.querySelector("[data-progress-label]").textContent = label;
    this.box.querySelector("[data-import-cancel]").addEventListener("click", () => this.cancel());
    this.askFacts = latest(async () => {
      const answer = await fetch(this.workUrl, { headers: { Accept: "application/json" } });
      return answer.ok ? (await answer.json()).facts : null;
    });
    this.timer = setInterval(() => this.ask(), 1000);
    this.show();
    this.box.querySelector("button").focus();
  }

  async ask() {
    this.show();
    const facts = await this.askFacts();
    if (facts === null || !this.box.isConnected) return; // it may have ended meanwhile
    this.facts = facts;
    this.show();
  }

  show() {
    const { records = 0, written = 0, refused = 0, bytes = 0, total = 0, retried = 0, kind = "" } = this.facts;
    const seconds = ((performance.now() - this.begun) / 1000).toFixed(0);
    const part = kind === "delete" ? total && written / total : total && bytes / total;
    const bar = this.box.querySelector("progress");
    if (part) bar.value = Math.min(100, part * 100);
    const words = [`${number.format(records)} read`];
    if (kind !== "check") words.push(`${number.format(written)} ${kind === "delete" ? "deleted" : "written"}`);
    if (refused) words.push(`${number.format(refused)} refused`);
    if (retried) words.push(`${number.format(retried)} sent again: DynamoDB asked to slow down`);
    if (bytes) words.push(size(bytes));
    this.box.querySelector("[data-progress-words]").textContent = [...words, `${seconds} s`].join(", ");
    document.title = part ? `${Math.floor(part * 100)} % · ${title}` : title;
  }

  async cancel() {
    const button = this.box.querySelector("[data-import-cancel]");
    button.disabled = true;
    const body = new URLSearchParams({ csrf_token: this.token });
    const answer = await fetch(this.cancelUrl, { method: "POST", body, headers: { Accept: "application/json" } });
    if (!answer.ok) {
      button.disabled = false;
      window.trellis.tell("It could not be cancelled. Try again.", "failed");
    }
  }

  end() {
    clearInterval(this.timer);
    this.box.remove();
    this.place.hidden = false;
    document.title = `Done · ${title}`;
  }
}

/** Sends a form; where its answer is JSON, the work's own page comes instead. */
async function send(form, action, label, place) {
  const body = new FormData(form);
  const progress = new Progress(label, form.dataset.work, form.dataset.cancel, body.get("csrf_token"), place);
  const writes = form.dataset.import === "import" && !action.endsWith("/check");
  const headers = writes || form.dataset.deleteItems !== undefined ? { Accept: "application/json" } : { "HX-Request": "true" };
  try {
    return await fetch(action, { method: "POST", body, headers });
  } catch (error) {
    window.trellis.tell(`The connection broke off: ${error.message}. What was written stays written.`, "failed");
    return null;
  } finally {
    progress.end();
  }
}

async function report(answer, url) {
  const { calls } = await answer.json();
  window.trellis.drawer.add(calls);
  const page = await fetch(url, { headers: { "HX-Request": "true" } });
  history.replaceState({}, "", url);
  return page.text();
}

async function problem(answer) {
  const told = answer.headers.get("content-type")?.includes("json") ? await answer.json() : {};
  window.trellis.tell(told.detail ?? told.title ?? `It was refused (${answer.status}).`, "failed");
}

function put(place, html) {
  place.innerHTML = html;
  htmx.process(place);
  startGrids(place);
  keepFile(place);
  place.querySelector("h2, [role=status]")?.setAttribute("tabindex", "-1");
  place.querySelector("h2, [role=status]")?.focus();
}

/** The file that was checked is the one that will be imported. */
function keepFile(place) {
  const input = place.querySelector("input[type=file]");
  if (!input || !file) return;
  const held = new DataTransfer();
  held.items.add(file);
  input.files = held.files;
  input.closest(".ddb-again")?.setAttribute("hidden", "");
}

async function submitted(event) {
  const form = event.target;
  if (!form.matches("[data-import], [data-delete-items]") || event.defaultPrevented) return;
  event.preventDefault();
  const action = event.submitter?.hasAttribute("formaction") ? event.submitter.formAction : form.action;
  file = form.querySelector("input[type=file]")?.files[0] ?? file;
  const place = step ?? form.parentElement;
  const deletes = form.dataset.deleteItems !== undefined;
  const checks = !deletes && action.endsWith("/check");
  const answer = await send(form, action, deletes ? "Deleting" : checks ? "Checking the file" : "Importing", place);
  if (!answer) return;
  if (!answer.ok) await problem(answer);
  else put(place, checks ? await answer.text() : await report(answer, form.dataset.work));
  window.trellis.announce(answer.ok ? "Done" : "Failed");
}

document.addEventListener("submit", submitted);
