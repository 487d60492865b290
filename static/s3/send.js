// One file on its way: through the application, or straight to S3 with the application's permission.
import { throughFunction } from "./function.js";
import { Fault, faultOf, postJson, send } from "./http.js";

/** Send an entry of the queue by its lane. Resolves with {file, calls, milliseconds}; rejects with a Fault or an AbortError. */
export function sendEntry(entry, place, onProgress) {
  if (entry.lane === "function") return throughFunction(entry, place, onProgress);
  return entry.lane === "straight" ? straight(entry, place, onProgress) : through(entry, place, onProgress);
}

async function through(entry, place, onProgress) {
  const form = new FormData();
  form.append("csrf_token", place.csrf);
  form.append("prefix", place.prefix);
  form.append("collision", entry.collision);
  form.append("files", entry.file, entry.path);
  const headers = { Accept: "application/json", "X-CSRFToken": place.csrf };
  const started = performance.now();
  const answer = await send("POST", place.uploadUrl, form, { headers, onProgress, signal: entry.stop.signal });
  return outcome(answer, performance.now() - started);
}

function outcome(answer, milliseconds) {
  const file = answer.data?.files?.[0];
  if (!file) throw faultOf(answer);
  if (file.error) throw Object.assign(new Fault(file.error), { calls: answer.data.calls ?? [] });
  return { file, calls: answer.data.calls ?? [], milliseconds };
}

async function straight(entry, place, onProgress) {
  const options = { csrf: place.csrf, signal: entry.stop.signal };
  const wish = { name: entry.path, size: entry.file.size, type: entry.seen?.type || entry.file.type, prefix: place.prefix, collision: entry.collision };
  const permit = await postJson(place.presignUrl, wish, options);
  if (permit.state === "skipped") return { file: { ...permit, size: 0 }, calls: permit.calls ?? [], milliseconds: 0 };
  const started = performance.now();
  await toS3(entry, permit, onProgress);
  const milliseconds = performance.now() - started;
  const told = await postJson(place.uploadedUrl, { key: permit.key }, options);
  return { file: told.files?.[0] ?? told.file ?? told, calls: [...(permit.calls ?? []), ...(told.calls ?? [])], milliseconds };
}

async function toS3(entry, permit, onProgress) {
  const form = new FormData();
  for (const [name, value] of Object.entries(permit.fields)) form.append(name, value);
  form.append("file", entry.file); // S3 ignores what follows the file, so it comes last
  const answer = await send("POST", permit.url, form, { onProgress, signal: entry.stop.signal });
  if (answer.status > 299) throw s3Fault(answer);
}

// S3 tells its errors in XML.
function s3Fault({ status, text }) {
  const xml = new DOMParser().parseFromString(text, "application/xml");
  const tell = (name) => xml.querySelector(name)?.textContent ?? "";
  const happened = tell("Message") || `S3 answered with status ${status}.`;
  return new Fault({ title: "S3 refused it", happened, code: tell("Code") || `HTTP ${status}`, request_id: tell("RequestId"), status });
}
