// A row opens to all fields of its event, below it; without scripts its number is a link to the same.
import { showTimes } from "./zone.js";
import { addCalls } from "./calls.js";

async function open(link) {
  const row = link.closest("tr");
  const next = row.nextElementSibling;
  if (next && "gridDetail" in next.dataset) {
    next.remove();
    link.setAttribute("aria-expanded", "false");
    return;
  }
  const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return location.assign(link.href);
  if (link.getAttribute("aria-expanded") === "true") return; // asked for twice
  const detail = document.createElement("tr");
  detail.dataset.gridDetail = "";
  detail.className = "grid-detail";
  const cell = detail.insertCell();
  cell.colSpan = row.cells.length;
  cell.innerHTML = await answer.text();
  row.after(detail);
  link.setAttribute("aria-expanded", "true");
  cell.querySelector(".logs-record")?.style.setProperty("--logs-width", `${row.closest(".table-box").clientWidth}px`);
  addCalls(cell);
  showTimes(cell);
}

export function startRows() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-logs-open][href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });
}
