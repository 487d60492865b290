// Times in UTC or in the zone of this computer, for every time[data-zone] of the page; the choice is kept.
import { load, save } from "../js/settings.js";

const KEY = "logs.zone";

export const zone = () => (load(KEY) === "local" ? "local" : "utc");

/** Milliseconds as AWS writes times, in the chosen zone. */
export function stamp(at, digits = 23) {
  const date = new Date(at);
  if (zone() === "utc") return date.toISOString().replace("T", " ").slice(0, digits);
  const local = new Date(at - date.getTimezoneOffset() * 60000);
  return local.toISOString().replace("T", " ").slice(0, digits);
}

/** What a person typed as the server reads it: a time without a zone is meant in the chosen one. */
export function absolute(text) {
  const plain = /^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?$/.test(text.trim());
  if (!plain || zone() === "utc") return text;
  const at = new Date(text.trim().replace(" ", "T") + (text.trim().length === 10 ? "T00:00" : ""));
  return Number.isNaN(at.getTime()) ? text : at.toISOString();
}

export function showTimes(part = document) {
  const now = zone();
  for (const time of part.querySelectorAll("time[data-zone]")) {
    time.dataset.length ??= String(time.textContent.trim().length);
    time.textContent = stamp(Date.parse(time.dateTime), Number(time.dataset.length));
    time.title = `${time.dateTime} (${now === "utc" ? "shown in UTC" : "shown in local time"})`;
  }
  for (const button of part.querySelectorAll("[data-logs-zone]")) button.setAttribute("aria-pressed", String(button.dataset.logsZone === now));
  for (const words of part.querySelectorAll("[data-logs-zone-words]")) words.textContent = now === "utc" ? "in UTC" : "in local time";
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-logs-zone]");
  if (!button) return;
  save(KEY, button.dataset.logsZone);
  showTimes();
  document.dispatchEvent(new CustomEvent("logs:zone"));
});
document.addEventListener("htmx:afterSettle", (event) => showTimes(event.target.parentElement ?? document));
showTimes();
