// All files together: how far, how fast, how long still; in the page, in its title, and for those who listen.
import { bytes, counted, remaining } from "./words.js";

const WINDOW = 4000; // milliseconds over which the rate is measured
const plainTitle = document.title;
let samples = [];
let toldQuarter = 0;

/** Show the queue's totals in its head. */
export function showTotal(head, queue) {
  const all = queue.entries.filter((entry) => entry.state !== "refused" && entry.state !== "stopped");
  const size = all.reduce((sum, entry) => sum + entry.file.size, 0);
  const sent = all.reduce((sum, entry) => sum + entry.sent, 0);
  const done = queue.of("stored", "skipped").length;
  head.querySelector("[data-total-bar]").hidden = !queue.busy;
  head.querySelector("[data-total-bar]").max = size || 1;
  head.querySelector("[data-total-bar]").value = sent;
  head.querySelector("[data-total-words]").textContent = queue.busy ? sendingWords(done, all.length, sent, size) : restWords(queue, size);
  showTitle(queue.busy ? Math.floor((100 * sent) / (size || 1)) : null);
}

function sendingWords(done, count, sent, size) {
  const rate = rateNow(sent);
  const parts = [`${done} of ${counted(count, "file")}`, `${bytes(sent)} of ${bytes(size)}`];
  if (rate > 0) parts.push(`${bytes(rate)}/s`, remaining((size - sent) / rate));
  return parts.filter(Boolean).join(" · ");
}

function rateNow(sent) {
  const now = performance.now();
  if (samples.length && sent < samples.at(-1).sent) samples = [];
  samples.push({ now, sent });
  samples = samples.filter((sample) => now - sample.now <= WINDOW);
  const first = samples[0];
  return now - first.now < 300 ? 0 : Math.round((1000 * (sent - first.sent)) / (now - first.now));
}

function restWords(queue, size) {
  const waiting = queue.of("waiting");
  if (waiting.length === queue.entries.length) return `${counted(waiting.length, "file")}, ${bytes(size)}`;
  return endWords(queue);
}

/** What became of the files, in one line. */
export function endWords(queue) {
  const count = (...states) => queue.of(...states).length;
  const parts = [
    [count("stored"), (n) => `${counted(n, "file")} stored`], [count("skipped"), (n) => `${n} left as they were`],
    [count("failed", "refused"), (n) => `${n} not stored`], [count("stopped"), (n) => `${n} stopped`], [count("waiting"), (n) => `${n} ready to send`],
  ];
  return parts.filter(([n]) => n).map(([n, words]) => words(n)).join(", ");
}

function showTitle(percent) {
  if (percent !== null) document.title = `${percent} % · ${plainTitle}`;
  else if (document.title !== plainTitle && /^\d+ % /.test(document.title)) document.title = plainTitle;
}

/** Say each quarter once, and the end: a listener wants to know, not to be talked to. */
export function tellProgress(live, queue) {
  const all = queue.entries.filter((entry) => entry.state !== "refused" && entry.state !== "stopped");
  const size = all.reduce((sum, entry) => sum + entry.file.size, 0) || 1;
  const quarter = Math.floor((4 * all.reduce((sum, entry) => sum + entry.sent, 0)) / size);
  if (quarter > toldQuarter && quarter < 4) live.textContent = `${quarter * 25} % sent`;
  toldQuarter = quarter;
}

/** Say how it ended, in the page and in the title of a tab that nobody looks at. */
export function tellEnd(live, queue) {
  samples = [];
  toldQuarter = 0;
  live.textContent = endWords(queue);
  window.trellis.announce(endWords(queue));
}
