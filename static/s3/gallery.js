// Objects chosen by mouse and keyboard; the form of chosen ones works without this, by its ticks alone.
import { counted } from "./words.js";

const TICKS = "input[type='checkbox'][form='selection']";

const KEYS = [["Choose or not", ["Space"]], ["Choose on the way", ["Shift", "→"]], ["Choose everything", ["Ctrl", "A"]], ["Delete the chosen", ["Del"]]];

/** Make a folder's tiles or rows selectable like files on a desktop. */
export function startGallery(items, form) {
  new Gallery(items, form);
  document.querySelector("[data-keys]")?.append(...KEYS.map(keyLine));
}

function keyLine([word, keys]) {
  const line = document.createElement("div");
  const name = document.createElement("span");
  const places = document.createElement("span");
  name.textContent = word;
  places.append(...keys.flatMap((key) => [Object.assign(document.createElement("kbd"), { textContent: key }), " "]));
  line.append(name, places);
  return line;
}

class Gallery {
  constructor(items, form) {
    Object.assign(this, { items, form, last: null });
    items.addEventListener("click", (event) => this.clicked(event));
    document.addEventListener("keydown", (event) => this.pressed(event));
    items.addEventListener("change", () => this.show());
    form.querySelector("[data-s3-clear]")?.addEventListener("click", () => this.choose([]));
    new MutationObserver(() => this.show()).observe(items, { childList: true });
    this.show();
  }

  get ticks() {
    return [...this.items.querySelectorAll(TICKS)];
  }

  chosen() {
    return this.ticks.filter((tick) => tick.checked);
  }

  show() {
    const number = this.chosen().length;
    this.form.dataset.count = number;
    this.form.querySelector("[data-s3-selected]").textContent = number ? `${counted(number, "entry", "entries")} chosen` : "";
    for (const tick of this.ticks) this.entryOf(tick).classList.toggle("is-selected", tick.checked);
    this.items.toggleAttribute("data-choosing", number > 0);
  }

  entryOf(element) {
    return element.closest("[data-s3-tile], .s3-tile, tr");
  }

  tickOf(entry) {
    return entry?.querySelector(TICKS) ?? null;
  }

  // A tick alone, shift for all up to it, ctrl or cmd on the tile itself; a plain click on a tile opens it.
  clicked(event) {
    const tick = this.tickOf(this.entryOf(event.target));
    if (!tick) return;
    const onTick = event.target === tick;
    const meant = onTick || event.ctrlKey || event.metaKey || event.shiftKey;
    if (!meant) return;
    if (!onTick) {
      event.preventDefault();
      tick.checked = !tick.checked;
    }
    if (event.shiftKey && this.last?.isConnected) this.range(this.last, tick);
    this.last = tick;
    this.show();
  }

  range(from, to) {
    const all = this.ticks;
    const [start, end] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b);
    for (const tick of all.slice(start, end + 1)) tick.checked = to.checked;
  }

  choose(ticks) {
    const wanted = new Set(ticks);
    for (const tick of this.ticks) tick.checked = wanted.has(tick);
    this.show();
  }

  pressed(event) {
    if (event.defaultPrevented || event.altKey || document.querySelector("dialog[open]")) return;
    const inside = this.items.contains(event.target);
    const nowhere = event.target === document.body || event.target.id === "main";
    if (inside) this.pressedInside(event);
    if ((inside || nowhere) && !event.defaultPrevented) this.pressedAnywhere(event);
  }

  pressedAnywhere(event) {
    const withCommand = event.ctrlKey || event.metaKey;
    if (withCommand && event.key === "a") this.choose(this.ticks);
    else if (event.key === "Escape" && this.chosen().length) this.choose([]);
    else if (event.key === "Delete" && this.chosen().length) this.form.querySelector("[data-s3-delete]").click();
    else return;
    event.preventDefault();
  }

  pressedInside(event) {
    const entry = this.entryOf(event.target);
    if (event.key === " " && event.target.matches("a")) this.toggle(entry, event.shiftKey);
    else if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") this.move(entry, event);
    else return;
    event.preventDefault();
  }

  toggle(entry, upTo) {
    const tick = this.tickOf(entry);
    if (!tick) return;
    tick.checked = !tick.checked;
    if (upTo && this.last?.isConnected) this.range(this.last, tick);
    this.last = tick;
    this.show();
  }

  move(entry, event) {
    const entries = this.ticks.map((tick) => this.entryOf(tick));
    const at = entries.indexOf(entry);
    const next = entries[Math.min(entries.length - 1, Math.max(0, goal(event.key, at, entries)))];
    next?.querySelector("[data-s3-open]").focus();
    if (event.shiftKey && next) {
      this.tickOf(entry).checked = true;
      this.tickOf(next).checked = true;
      this.last = this.tickOf(next);
      this.show();
    }
  }
}

function goal(key, at, entries) {
  const row = columns(entries);
  return { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + row, ArrowUp: at - row < 0 ? at : at - row, Home: 0, End: entries.length - 1 }[key];
}

// How many tiles stand beside the first one.
function columns(entries) {
  const top = entries[0].offsetTop;
  const below = entries.findIndex((entry) => entry.offsetTop > top);
  return below > 0 ? below : entries.length;
}
