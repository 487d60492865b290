// The upload area of a folder's page: the queue and everything that the page shows of it.
import { askNext, startAsking } from "./collide.js";
import { Lanes } from "./lanes.js";
import { Queue } from "./queue.js";
import { makeRow, showProgress, showRow } from "./row.js";
import { startSources } from "./sources.js";
import { endWords, showTotal, tellEnd, tellProgress } from "./total.js";
import { counted } from "./words.js";

const addCalls = (calls = []) => window.trellis.drawer.add(calls);

/** Turn the plain upload form of a folder's page into a drop zone with a queue; `onStored` is called when files have arrived. */
export function startUploader(section, onStored) {
  const queue = new Queue(placeOf(section));
  const view = new View(section, queue);
  startSources(section, (files) => view.add(files));
  startAsking(section.querySelector("[data-s3-asking]"), queue);
  queue.addEventListener("ended", () => queue.of("stored").length && onStored(queue.of("stored")));
  window.addEventListener("beforeunload", (event) => queue.busy && event.preventDefault());
}

function placeOf(section) {
  const data = section.dataset;
  return {
    csrf: data.csrf, prefix: decodeURIComponent(data.prefixQuoted), uploadUrl: data.uploadUrl, presignUrl: data.presignUrl,
    uploadedUrl: data.uploadedUrl, lanes: new Lanes(data, addCalls), addCalls,
    bucket: data.bucket,
    collision: () => section.querySelector("[data-s3-collision]").value,
  };
}

class View {
  constructor(section, queue) {
    Object.assign(this, { section, queue, rows: new Map() });
    this.find = (name) => section.querySelector(`[data-s3-${name}]`);
    this.watchQueue();
    this.find("queue").addEventListener("click", (event) => this.clicked(event.target));
    this.find("queue-list").addEventListener("change", (event) => this.edited(event.target));
  }

  watchQueue() {
    const on = (name, action) => this.queue.addEventListener(name, ({ detail }) => action(detail));
    on("added", (entries) => this.showAdded(entries));
    on("removed", (entries) => this.showRemoved(entries));
    on("changed", (entry) => this.showChanged(entry));
    on("progress", (entry) => this.showProgress(entry));
    on("asked", () => askNext(this.find("asking"), this.queue));
    on("ended", () => this.showEnd());
  }

  async add(files) {
    if (!files.length) return;
    if (!this.queue.busy) this.queue.remove(this.queue.of("stored", "skipped"));
    await Promise.all([this.queue.add(files), this.offerFunction()]);
    this.find("live").textContent = `${counted(files.length, "file")} in the list. Check the names, then upload.`;
    this.find("queue").scrollIntoView({ block: "nearest" });
    this.button("start").focus({ preventScroll: true });
  }

  // The third lane is offered in every row once it is known that there is one.
  async offerFunction() {
    const lane = await this.queue.place.lanes.functionLane();
    const words = this.find("function-words");
    if (lane.allowed) for (const option of this.functionOptions()) option.hidden = option.disabled = false;
    words.querySelector("[data-why]").textContent = lane.ready ? `The API ${lane.name} takes pictures, on its stage ${lane.stage}.` : lane.why;
    const link = words.querySelector("a");
    link.hidden = lane.allowed === true;
    link.href = lane.ready ? "?lane=function" : lane.help;
    link.textContent = lane.ready ? "Load this page with that way" : "Make it";
  }

  functionOptions() {
    const kept = this.find("row").content.querySelectorAll('option[value="function"]');
    return [...kept, ...this.find("queue-list").querySelectorAll('option[value="function"]')];
  }

  showAdded(entries) {
    const template = this.find("row");
    for (const entry of entries) this.rows.set(entry.id, makeRow(entry, template));
    this.find("queue-list").append(...entries.map(({ id }) => this.rows.get(id)));
    this.showHead();
  }

  showRemoved(entries) {
    for (const { id } of entries) {
      this.rows.get(id).remove();
      this.rows.delete(id);
    }
    this.showHead();
  }

  showChanged(entry) {
    const row = this.rows.get(entry.id);
    if (!row) return;
    showRow(row, entry);
    askNext(this.find("asking"), this.queue);
    this.showHead();
  }

  showProgress(entry) {
    const row = this.rows.get(entry.id);
    if (row) showProgress(row, entry);
    showTotal(this.find("total"), this.queue);
    tellProgress(this.find("live"), this.queue);
  }

  // The queue tells of every file; the head is drawn once for all of them.
  showHead() {
    if (this.headAsked) return;
    this.headAsked = true;
    queueMicrotask(() => {
      this.headAsked = false;
      this.drawHead();
    });
  }

  drawHead() {
    const { queue } = this;
    this.find("queue").hidden = queue.entries.length === 0;
    this.find("queue").toggleAttribute("data-done", queue.of("stored", "skipped").length === queue.entries.length);
    showTotal(this.find("total"), queue);
    const waiting = queue.of("waiting").length;
    const again = queue.of("failed", "stopped").length;
    this.offer("start", waiting, `Upload ${counted(waiting, "file")}`);
    this.offer("cancel-all", queue.busy, "Stop all");
    this.offer("retry-all", !queue.busy && again, `Send ${counted(again, "file")} again`);
    this.offer("clear", !queue.busy, waiting ? "Discard the list" : "Close the list");
  }

  offer(name, shown, word) {
    const button = this.button(name);
    const focused = button === document.activeElement && !shown;
    button.hidden = !shown;
    button.querySelector("[data-word]").textContent = word;
    if (focused) this.find("queue-list").focus({ preventScroll: true }); // a hidden button would lose the keyboard's place
  }

  button(name) {
    return this.section.querySelector(`[data-queue="${name}"]`);
  }

  clicked(target) {
    const button = target.closest("[data-queue], [data-act]");
    if (!button) return;
    const { queue } = this;
    const whole = { start: () => queue.start(), "cancel-all": () => queue.cancelAll(), "retry-all": () => queue.retry(), clear: () => queue.remove([...queue.entries]) };
    if (button.dataset.queue) whole[button.dataset.queue]();
    else this.act(button.dataset.act, this.entryOf(button));
  }

  act(action, entry) {
    if (action === "cancel") this.queue.cancel(entry);
    if (action === "retry") this.queue.retry([entry]);
    if (action === "remove") this.queue.remove([entry]);
    if (action === "through") {
      this.queue.setLane(entry, "through");
      this.queue.retry([entry]);
    }
  }

  edited(field) {
    const entry = this.entryOf(field);
    if (field.matches("[data-lane]")) this.queue.setLane(entry, field.value);
    else if (field.value.trim()) entry.path = field.value.trim();
    else field.value = entry.path;
  }

  entryOf(element) {
    const id = Number(element.closest("[data-entry]").dataset.entry);
    return this.queue.entries.find((entry) => entry.id === id);
  }

  showEnd() {
    this.showHead();
    tellEnd(this.find("live"), this.queue);
    if (this.queue.of("failed").length) window.trellis.tell(`${endWords(this.queue)}. The list says why, file by file.`, "warning");
  }
}
