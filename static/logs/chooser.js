// Which groups are queried: found by a part of their names, chosen by boxes; what scanning them costs at most.
import { latest } from "../js/latest.js";

const MOST = 50;
const chooser = document.querySelector("[data-logs-chooser]");
const choices = chooser.querySelector("[data-logs-choices]");
const find = chooser.querySelector("[data-logs-find]");
const cost = document.querySelector("[data-logs-cost]");
const form = document.querySelector("form[data-logs-query]");

export const chosen = () => [...choices.querySelectorAll("input:checked")].map((box) => box.value);

function size(bytes) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const at = Math.min(units.length - 1, bytes ? Math.floor(Math.log2(bytes) / 10) : 0);
  return `${(bytes / 1024 ** at).toFixed(at ? 1 : 0)} ${units[at]}`;
}

function money(dollars) {
  if (dollars === 0) return "nothing";
  return dollars < 0.00001 ? "less than $0.00001" : `at most $${dollars < 0.1 ? Number(dollars.toFixed(5)) : dollars.toFixed(2)}`;
}

function show() {
  const names = chosen();
  const words = names.length === 1 ? names[0] : names.length ? `${names.length} log groups` : "Choose log groups";
  chooser.querySelector("[data-logs-chosen]").textContent = words;
  chooser.querySelector("[data-logs-number]").textContent = names.length > MOST ? `${names.length}: AWS takes 50` : `${names.length} chosen`;
  const bytes = [...choices.querySelectorAll("input:checked")].reduce((sum, box) => sum + Number(box.dataset.stored), 0);
  const price = money((bytes / 1e9) * Number(cost.dataset.gb));
  cost.textContent = !names.length ? "" : cost.dataset.free ? `${size(bytes)} stored; free here, ${price} on AWS` : `${size(bytes)} stored: a run costs ${price}`;
}

const askGroups = latest(async () => {
  const url = new URL(find.dataset.logsFind, location.href);
  url.searchParams.set("search", find.value.trim());
  const answer = await fetch(url, { headers: { "HX-Request": "true" } });
  return answer.ok ? answer.text() : null;
});

let waiting;
async function search() {
  const html = await askGroups();
  if (html === null) return;
  const kept = [...choices.querySelectorAll("input:checked")].map((box) => box.closest("label"));
  choices.innerHTML = html;
  for (const label of kept.reverse()) {
    const box = label.querySelector("input");
    const same = [...choices.querySelectorAll("input")].find((one) => one.value === box.value);
    if (same) same.checked = true;
    else choices.prepend(label);
  }
}

function set(checked) {
  for (const box of choices.querySelectorAll("input")) box.checked = checked;
  choices.dispatchEvent(new Event("change", { bubbles: true }));
}

export function startChooser(changed) {
  chooser.addEventListener("toggle", () => chooser.open && find.focus());
  find.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 250);
  });
  find.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  chooser.querySelector("[data-logs-all]").addEventListener("click", () => set(true));
  chooser.querySelector("[data-logs-none]").addEventListener("click", () => set(false));
  choices.addEventListener("change", () => {
    show();
    changed(chosen());
  });
  show();
  if (chosen().length) changed(chosen());
  return form;
}
