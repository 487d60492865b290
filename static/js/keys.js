// Keyboard shortcuts: single letters, and `g` followed by a letter. They never fire while something is being typed.
const GO_MILLISECONDS = 1500;
const singles = new Map();
const places = new Map();
let goingUntil = 0;

export function onKey(key, action) {
  singles.set(key, action);
}

const TYPED = "input:not([type='checkbox'], [type='radio'], [type='submit']), textarea, select, [role='textbox'], dialog[open]";

function isTyping(target) {
  return target.isContentEditable || target.closest?.(TYPED) !== null;
}

function pressed(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const action = Date.now() < goingUntil ? places.get(event.key.toLowerCase()) : singles.get(event.key);
  setGoing(false);
  if (!action) return;
  event.preventDefault();
  action();
}

function setGoing(going) {
  goingUntil = going ? Date.now() + GO_MILLISECONDS : 0;
  document.documentElement.toggleAttribute("data-going", going);
}

function startGoing() {
  setGoing(true);
  setTimeout(() => Date.now() >= goingUntil && setGoing(false), GO_MILLISECONDS + 20);
}

// The first free letter of a service's name; the rail shows it while `g` waits for one.
function letterFor(name) {
  const letters = [...name.toLowerCase(), ..."abcdefghijklmnopqrstuvwxyz"];
  return letters.find((letter) => /[a-z]/.test(letter) && !places.has(letter));
}

function learnPlaces() {
  for (const link of document.querySelectorAll(".rail [data-go]")) {
    const letter = letterFor(link.dataset.go);
    if (!letter) continue;
    places.set(letter, () => link.click());
    link.append(keyOf(letter, "rail-key"));
    listPlace(link.dataset.go, letter);
  }
}

function keyOf(letter, className = "") {
  const key = document.createElement("kbd");
  key.textContent = letter;
  key.className = className;
  if (className) key.setAttribute("aria-hidden", "true");
  return key;
}

function listPlace(name, letter) {
  const line = document.createElement("div");
  const word = document.createElement("span");
  const keys = document.createElement("span");
  word.textContent = name;
  keys.append(keyOf("g"), " ", keyOf(letter));
  line.append(word, keys);
  document.querySelector("[data-keys]")?.append(line);
}

// From entry to entry of the page's list; Enter opens what is in focus, as it does any link.
function step(by) {
  const entries = [...document.querySelectorAll("main :is([data-open], tbody a.main)")].filter((link) => link.offsetParent);
  const at = entries.findIndex((link) => (link.closest("tr, li") ?? link).contains(document.activeElement));
  entries[at < 0 ? 0 : Math.min(entries.length - 1, Math.max(0, at + by))]?.focus();
}

export function startKeys() {
  learnPlaces();
  onKey("j", () => step(1));
  onKey("k", () => step(-1));
  onKey("g", startGoing);
  document.addEventListener("keydown", pressed);
}
