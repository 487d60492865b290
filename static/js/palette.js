// “Go to”: every service and every action of this page, found by typing.
import { icon } from "./icons.js";

const dialog = document.getElementById("palette");
const input = document.getElementById("palette-input");
const list = document.getElementById("palette-list");
let chosen = 0;

/** Put the cursor into the page's own search box, or open the palette where there is none. */
export function search() {
  const own = [...document.querySelectorAll("main [data-search]")].find((box) => box.offsetParent !== null);
  if (own) own.select();
  else openPalette();
}

export function openPalette() {
  if (dialog.open) return;
  input.value = "";
  show();
  dialog.showModal();
  input.focus();
}

function everything() {
  const services = [...document.querySelectorAll(".rail [data-go]")].map((link) => ({ link, word: link.dataset.go, kind: "Service" }));
  const actions = [...document.querySelectorAll("main .page-head .actions :is(a[href], button:enabled), main [data-quick]")].map((link) => ({
    link, word: link.textContent.trim(), kind: "Action" }));
  const own = [...document.querySelectorAll(".menu-person a.menu-item")].map((link) => ({ link, word: link.textContent.trim(), kind: "You" }));
  return [...actions, ...services, ...own];
}

function show() {
  const wanted = input.value.trim().toLowerCase();
  const found = everything().filter(({ word }) => word.toLowerCase().includes(wanted));
  chosen = 0;
  list.replaceChildren(...found.map(option));
  if (!found.length) list.append(nothing());
  choose(0);
}

function option({ link, word, kind }, index) {
  const item = document.createElement("div");
  item.className = "menu-item";
  item.id = `palette-${index}`;
  item.setAttribute("role", "option");
  const name = document.createElement("span");
  name.textContent = word;
  const end = document.createElement("span");
  end.className = "end";
  end.textContent = kind;
  item.append(link.querySelector("svg")?.cloneNode(true) ?? icon("arrow-right"), name, end);
  item.addEventListener("click", () => go(link));
  return item;
}

function nothing() {
  const item = document.createElement("div");
  item.className = "menu-item muted";
  item.setAttribute("role", "option");
  item.setAttribute("aria-disabled", "true");
  item.textContent = "Nothing of that name on this page or in the rail.";
  return item;
}

function go(link) {
  dialog.close();
  link.click();
}

function choose(step) {
  const items = [...list.children];
  chosen = (chosen + step + items.length) % items.length;
  items.forEach((item, index) => item.setAttribute("aria-selected", String(index === chosen)));
  input.setAttribute("aria-activedescendant", items[chosen].id);
  items[chosen].scrollIntoView({ block: "nearest" });
}

function keydown(event) {
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) choose(steps[event.key]);
  else if (event.key === "Enter") list.children[chosen].click();
  else return;
  event.preventDefault();
}

export function startPalette() {
  input.addEventListener("input", show);
  input.addEventListener("keydown", keydown);
  document.addEventListener("click", (event) => event.target.closest("[data-palette]") && openPalette());
}
