// Explore items: the button says Query or Scan, conditions come and go, pages are appended, a cell's value becomes one.
import { startGrids } from "../js/grid/grid.js";
import { clean, startBuilder } from "./builder.js";
import { startPages } from "./pages.js";

function addCalls(part) {
  const found = part.querySelector("[data-ddb-calls]");
  if (found) window.trellis.drawer.add(JSON.parse(found.textContent).calls);
}

function start() {
  const part = document.getElementById("explore");
  startBuilder(part.querySelector("[data-ddb-builder]"));
  startGrids(part);
  startPages(part, addCalls);
  part.querySelector("[data-ddb-save]").addEventListener("submit", saveWhatIsTyped);
}

/** What is saved is what the conditions say now, also where they have not been run. */
function saveWhatIsTyped(event) {
  const builder = document.querySelector("[data-ddb-builder]");
  event.target.elements.query.value = new URLSearchParams(clean(builder).filter(([name]) => name !== "view"));
}

document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.matches("[data-ddb-builder]")) return;
  const { formData } = event.detail;
  for (const name of [...formData.keys()]) formData.delete(name);
  for (const [name, value] of clean(event.target)) formData.append(name, value);
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "explore" && !event.detail.elt?.closest?.("#explore")) return;
  const part = document.getElementById("explore");
  addCalls(part);
  start();
  const facts = part.querySelector("[data-ddb-facts]");
  window.trellis.announce(facts ? facts.textContent.replace(/\s+/g, " ").trim() : "Nothing was read");
});

start();
