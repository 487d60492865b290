// One file of the queue as a row: what it is, where it goes, how far it is, what became of it.
import { LANES, hops } from "./lanes.js";
import { icon } from "../js/icons.js";
import { preview } from "./preview.js";
import { bytes, counted, took } from "./words.js";

const STATES = {
  looking: ["unknown", "clock", "Looking"],
  waiting: ["unknown", "clock", "Ready"], queued: ["unknown", "clock", "Waits"], sending: ["running", "running", "Sending"],
  stored: ["done", "done", "Stored"], failed: ["failed", "error", "Failed"], refused: ["failed", "error", "Not possible"],
  exists: ["warning", "warning", "Name taken"], skipped: ["unknown", "minus", "Left as it was"], stopped: ["unknown", "stop", "Stopped"],
};

/** Make the row of an entry from the page's template. */
export function makeRow(entry, template) {
  const row = template.content.firstElementChild.cloneNode(true);
  row.dataset.entry = entry.id;
  const name = row.querySelector("[data-name]");
  name.value = entry.path;
  name.setAttribute("aria-label", `Name of ${entry.path}`);
  row.querySelector("[data-lane]").setAttribute("aria-label", `Way of ${entry.path}`);
  showRow(row, entry);
  return row;
}

/** Bring a row up to date. */
export function showRow(row, entry) {
  row.dataset.state = entry.state;
  row.querySelector("[data-size]").textContent = bytes(entry.file.size);
  row.querySelector("[data-kind]").textContent = entry.seen?.label ?? "";
  row.querySelector("[data-lane]").value = entry.lane;
  row.querySelector("[data-lane-word]").textContent = LANES[entry.lane];
  showNote(row, entry);
  showState(row, entry);
  showButtons(row, entry);
  showFault(row, entry);
  if (entry.state === "stored") showStored(row, entry);
  if (entry.seen) preview(row.querySelector("[data-preview]"), entry, () => tellBroken(row, entry));
  showProgress(row, entry);
}

export function showProgress(row, entry) {
  const bar = row.querySelector("progress");
  bar.hidden = entry.state !== "sending";
  bar.max = entry.file.size;
  bar.value = entry.sent;
  const words = row.querySelector("[data-words]");
  if (entry.state === "sending") words.textContent = sendingWords(entry);
  else words.textContent = entry.state === "stored" && entry.milliseconds ? took(entry.milliseconds) : "";
}

function sendingWords({ sent, file, lane }) {
  if (sent < file.size) return `${Math.floor((100 * sent) / file.size)} %`;
  if (lane === "function") return "Lambda stores it";
  return lane === "straight" ? "S3 and Trellis check it" : "Trellis hands it to S3";
}

function tellBroken(row, entry) {
  entry.seen.note = [entry.seen.note, "damaged or cut off: this browser cannot draw it"].filter(Boolean).join("; ");
  showNote(row, entry);
}

function showNote(row, entry) {
  const note = row.querySelector("[data-note]");
  note.textContent = entry.seen?.note || entry.result?.note || "";
  note.hidden = !note.textContent;
}

function showState(row, { state }) {
  const [kind, symbol, word] = STATES[state];
  const badge = row.querySelector("[data-badge]");
  if (badge.dataset.shown === state) return;
  badge.dataset.shown = state;
  badge.className = `badge badge-${kind}`;
  badge.replaceChildren(icon(symbol, "small"), word);
}

function showButtons(row, { state, path, fault }) {
  const open = ["waiting", "queued", "sending", "exists"].includes(state);
  const shown = { cancel: open && state !== "waiting", retry: ["failed", "stopped"].includes(state), remove: !open || state === "waiting" };
  for (const [action, show] of Object.entries(shown)) {
    const button = row.querySelector(`[data-act="${action}"]`);
    button.hidden = !show;
    button.setAttribute("aria-label", `${button.title}: ${path}`);
  }
  const editable = ["waiting", "failed", "stopped", "refused"].includes(state);
  row.querySelector("[data-name]").readOnly = !editable;
  const choosable = editable && (state !== "refused" || fault?.code === "TooLarge");
  row.querySelector("[data-lane]").hidden = !choosable;
  row.querySelector("[data-lane-word]").hidden = choosable || state === "refused";
}

function showFault(row, { fault, state, lane }) {
  const shown = fault && ["failed", "refused"].includes(state);
  const place = row.querySelector("[data-fault]");
  place.hidden = !shown;
  if (!shown) return;
  place.querySelector("[data-fault-words]").textContent = [fault.happened, fault.remedy].filter(Boolean).join(" ");
  const facts = [fault.code, fault.requestId && `request ${fault.requestId}`].filter(Boolean).join(" · ");
  place.querySelector("[data-fault-code]").textContent = facts;
  place.querySelector("[data-no-cors]").hidden = fault.code !== "NoCors" || lane === "function";
}

function showStored(row, entry) {
  const link = row.querySelector("[data-link]");
  link.hidden = false;
  link.href = entry.result.url;
  link.textContent = entry.result.name === entry.path ? entry.path : storedName(entry);
  row.querySelector("[data-name]").hidden = true;
  row.querySelector("[data-hops]").replaceChildren(...hops({ ...entry, size: entry.file.size }).map(hopPart));
}

function storedName({ result, path }) {
  return result.key.endsWith(path) ? path : result.key.split("/").pop();
}

function hopPart(hop) {
  const part = document.createElement("span");
  part.className = "s3-hop";
  const way = document.createElement("span");
  way.append(hop.from, icon("arrow-right", "small"), hop.to);
  const facts = [hop.bytes ? bytes(hop.bytes) : "none of its bytes"];
  if (hop.note) facts.push(hop.note);
  if (hop.milliseconds !== undefined) facts.push(took(hop.milliseconds));
  if (hop.calls !== undefined) facts.push(counted(hop.calls, "call"));
  part.append(way, ` ${facts.join(", ")}`);
  return part;
}
