// The files of a page on their way: what waits, what is being sent (three at once), and what became of each.
import { sendEntry } from "./send.js";
import { wall } from "./function.js";
import { sniff } from "./sniff.js";
import { bytes } from "./words.js";

const AT_ONCE = 3;
let made = 0;

// What is known to fail is not sent.
function refusal({ file, lane }, most) {
  if (file.size === 0) return { happened: "The file is empty: 0 bytes.", code: "Empty" };
  if (file.size <= most[lane]) return null;
  if (lane === "function") return wall(file.size);
  const who = lane === "straight" ? "S3 takes in one piece" : "Trellis takes";
  return { happened: `${bytes(file.size)} are more than the ${bytes(most[lane])} that ${who}.`, code: "TooLarge" };
}

/** The queue of one place; fires "added", "changed" (detail: entry), "progress", "removed", "asked" and "ended". */
export class Queue extends EventTarget {
  constructor(place) {
    super();
    Object.assign(this, { place, entries: [], policy: "ask", began: 0 });
  }

  /** Add files and look at each; resolves when all have been looked at. */
  async add(files) {
    const entries = files.map(({ file, path }) => this.entryOf(file, path));
    this.entries.push(...entries);
    this.fire("added", entries);
    await Promise.all(entries.map((entry) => this.look(entry)));
  }

  entryOf(file, path) {
    return { id: ++made, file, path, lane: "through", state: "looking", sent: 0, seen: null, fault: null };
  }

  /** Look at a file before it is sent: its way, its real type, and what is known to fail. */
  async look(entry) {
    try {
      entry.seen = await sniff(entry.file, entry.path);
      entry.lane = await this.place.lanes.laneFor(entry.file.size);
      entry.fault = refusal(entry, this.place.lanes.most);
    } catch (error) {
      entry.fault = { happened: `The browser cannot read the file: ${error.message}`, code: error.name };
    }
    if (entry.state === "looking") entry.state = entry.fault ? "refused" : "waiting";
    this.fire("changed", entry);
  }

  /** Choose another way for an entry, which may be too long for it. */
  setLane(entry, lane) {
    entry.lane = lane;
    entry.fault = refusal(entry, this.place.lanes.most);
    if (["waiting", "refused"].includes(entry.state)) entry.state = entry.fault ? "refused" : "waiting";
    this.fire("changed", entry);
  }

  of(...states) {
    return this.entries.filter((entry) => states.includes(entry.state));
  }

  get busy() {
    return this.of("queued", "sending", "exists").length > 0;
  }

  /** Send everything that waits. */
  start() {
    const waiting = this.of("waiting");
    if (!this.busy) Object.assign(this, { began: performance.now(), policy: this.place.collision() });
    waiting.forEach((entry) => this.enqueue(entry, this.policy));
    this.pump();
  }

  enqueue(entry, collision) {
    Object.assign(entry, { state: "queued", collision, sent: 0, fault: null });
    this.fire("changed", entry);
  }

  pump() {
    const free = AT_ONCE - this.of("sending").length;
    this.of("queued").slice(0, Math.max(0, free)).forEach((entry) => this.run(entry));
    if (!this.busy) this.fire("ended");
  }

  async run(entry) {
    Object.assign(entry, { state: "sending", stop: new AbortController() });
    this.fire("changed", entry);
    try {
      this.finish(entry, await sendEntry(entry, this.place, (loaded, total) => this.progress(entry, loaded, total)));
    } catch (error) {
      this.fail(entry, error);
    }
    this.fire("changed", entry);
    this.pump();
  }

  // The form around a file is sent too: its bytes are not the file's.
  progress(entry, loaded, total) {
    entry.sent = Math.max(0, Math.min(entry.file.size, loaded - Math.max(0, total - entry.file.size)));
    this.fire("progress", entry);
  }

  finish(entry, { file, calls, milliseconds, body }) {
    const state = file.state === "skipped" ? "skipped" : "stored";
    Object.assign(entry, { state, result: file, calls, milliseconds, body, sent: entry.file.size });
    this.place.addCalls(calls);
  }

  fail(entry, error) {
    if (error.name === "AbortError") {
      entry.state = "stopped";
      return;
    }
    this.place.addCalls(error.calls ?? []);
    entry.fault = error;
    if (error.code !== "Exists") entry.state = "failed";
    else if (this.policy === "ask") Object.assign(entry, { state: "exists" });
    else this.enqueue(entry, this.policy);
    if (entry.state === "exists") this.fire("asked", entry);
  }

  /** Answer the question what to do with a taken name; `forAll` answers it for the rest as well. */
  decide(entry, collision, forAll) {
    if (forAll) this.policy = collision;
    const decided = forAll ? this.of("exists") : [entry];
    decided.forEach((each) => this.enqueue(each, collision));
    if (forAll) this.of("queued").forEach((each) => (each.collision = collision));
    this.pump();
  }

  cancel(entry) {
    if (entry.state === "sending") entry.stop.abort();
    else if (["waiting", "queued", "exists"].includes(entry.state)) entry.state = "stopped";
    this.fire("changed", entry);
    if (entry.state === "stopped") this.pump();
  }

  cancelAll() {
    this.of("waiting", "queued", "exists").forEach((entry) => {
      entry.state = "stopped";
      this.fire("changed", entry);
    });
    this.of("sending").forEach((entry) => entry.stop.abort());
    if (!this.busy) this.fire("ended");
  }

  /** Send again what failed or was stopped. */
  retry(entries = this.of("failed", "stopped")) {
    if (!this.busy) Object.assign(this, { began: performance.now(), policy: this.place.collision() });
    entries.forEach((entry) => this.enqueue(entry, this.policy));
    this.pump();
  }

  remove(entries) {
    this.entries = this.entries.filter((entry) => !entries.includes(entry));
    this.fire("removed", entries);
  }

  fire(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
