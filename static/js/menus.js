// The bar's menus are <details>: one open at a time, closed by Escape or by a click elsewhere; lists can be filtered.
function closeMenus(except = null) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

function closeOnEscape(event) {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.menu[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
}

function filterList(input) {
  const wanted = input.value.trim().toLowerCase();
  for (const item of input.closest("details").querySelectorAll(".menu-item")) {
    item.hidden = !item.textContent.toLowerCase().includes(wanted);
  }
}

function startFilter(menu) {
  const current = menu.querySelector("[aria-current]");
  const list = menu.querySelector(".menu-list");
  if (current) list.scrollTop = current.offsetTop - list.offsetTop - list.clientHeight / 2;
  menu.querySelector("[data-filter]")?.focus();
}

function enterChooses(event) {
  const input = event.target.closest?.("[data-filter]");
  if (!input || event.key !== "Enter") return;
  event.preventDefault();
  input.closest("details").querySelector(".menu-item:not([hidden])")?.click();
}

export function startMenus() {
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", closeOnEscape);
  document.addEventListener("keydown", enterChooses);
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-filter]")) filterList(event.target);
  });
  for (const menu of document.querySelectorAll("details[data-filter-menu]")) {
    menu.addEventListener("toggle", () => menu.open && startFilter(menu));
  }
}
