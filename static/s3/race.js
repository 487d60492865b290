// The upload race: one picture by three lanes, one after the other, then the objects themselves compared.
import { wall, encoded } from "./function.js";
import { hops } from "./lanes.js";
import { sendEntry } from "./send.js";
import { bytes, took } from "./words.js";

const section = document.querySelector("[data-s3-race]");
const data = section.dataset;
const field = section.querySelector("[data-race-file]");
const button = section.querySelector("[data-race-start]");
const SCALE = 600 / (12 * 1024 * 1024); // the drawing is 12 MiB wide
const PUT = 0.005;
const addCalls = (calls = []) => window.trellis.drawer.add(calls);
const place = {
  csrf: data.csrf, prefix: "race/", bucket: data.bucket, uploadUrl: data.uploadUrl, presignUrl: data.presignUrl, uploadedUrl: data.uploadedUrl, addCalls,
  lanes: { functionLane: async () => ({ url: data.function }) },
};

function showWalls() {
  const file = field.files[0];
  section.querySelector("[data-race-walls]").toggleAttribute("hidden", !file); // a drawing has no property of that name
  if (!file) return;
  const width = (size) => Math.min(600, size * SCALE);
  section.querySelector("[data-walls-picture]").setAttribute("width", width(file.size));
  section.querySelector("[data-walls-base64]").setAttribute("width", width(encoded(file.size)));
  const met = wall(file.size);
  section.querySelector("[data-race-fit]").textContent = met ? `The third lane: ${met.happened}` : `${bytes(file.size)}, as base64 ${bytes(encoded(file.size))}: it fits every lane.`;
}

function available(lane) {
  return lane === "through" || (lane === "straight" ? data.straight === "1" : Boolean(data.function));
}

async function run(lane, file) {
  const row = section.querySelector(`[data-race-lane="${lane}"]`);
  const show = (name, text) => (row.querySelector(`[data-${name}]`).textContent = text);
  const met = lane === "function" ? wall(file.size) : null;
  if (met) {
    show("result", met.happened);
    return null;
  }
  show("result", "Sending");
  const entry = { lane, file, path: `${lane}-${file.name}`, collision: "replace", stop: new AbortController(), seen: null };
  try {
    const sent = await sendEntry(entry, place, () => {});
    addCalls(sent.calls);
    const ways = hops({ ...sent, lane, size: file.size });
    show("result", "Stored");
    show("hops", ways.map((hop) => `${hop.from} → ${hop.to} ${hop.bytes ? bytes(hop.bytes) : "nothing"}`).join("; "));
    show("calls", sent.calls.reduce((sum, call) => sum + (call.count ?? 1), 0) + (lane === "function" ? 2 : lane === "straight" ? 1 : 0));
    show("time", took(sent.milliseconds));
    show("cost", `$${cost(lane, sent.milliseconds).toFixed(4)}`);
    return sent.file.key;
  } catch (error) {
    addCalls(error.calls ?? []);
    show("result", [error.happened ?? error.message, error.remedy].filter(Boolean).join(" "));
    return null;
  }
}

// US dollars for a thousand uploads.
function cost(lane, milliseconds) {
  if (lane !== "function") return PUT;
  return PUT + 0.0035 + 0.0002 + milliseconds * 0.125 * 0.0000166667;
}

async function compare(keys) {
  const asked = keys.map((key) => `key=${encodeURIComponent(key)}`).join("&");
  const answer = await fetch(`${data.compareUrl}?${asked}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return "The objects cannot be read again.";
  const told = await answer.json();
  addCalls(told.calls);
  const same = told.equal ? `The ${told.objects.length} objects hold the same ${bytes(told.objects[0].size)}, byte for byte.` : "The objects differ.";
  const kinds = told.objects.map((one, place) => `${one.key} says ${one.says}${told.honest[place] ? "" : `, and its bytes are ${one.is_kind}`}`);
  return `${same} ${kinds.join("; ")}.`;
}

async function start() {
  const file = field.files[0];
  if (!file) {
    section.querySelector("[data-race-fit]").textContent = "Choose a picture first.";
    field.focus();
    return;
  }
  button.disabled = true;
  const keys = [];
  for (const lane of ["through", "straight", "function"]) {
    const key = available(lane) ? await run(lane, file) : null;
    if (key) keys.push(key);
  }
  section.querySelector("[data-race-compared]").textContent = keys.length ? await compare(keys) : "";
  button.disabled = false;
}

field.addEventListener("change", showWalls);
button.addEventListener("click", start);
