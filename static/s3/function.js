// The third way: a picture as base64 in JSON, through API Gateway to a Lambda function that stores it.
import { Fault, faultOf, postJson, send } from "./http.js";
import { bytes } from "./words.js";

export const REQUEST = 10 * 1024 * 1024; // API Gateway's body
export const EVENT = 6 * 1024 * 1024; // Lambda's event
const AROUND = 2048; // bytes of names and braces around the base64, at most
export const MOST_PICTURE = Math.floor((EVENT - AROUND) / 4) * 3;

/** Return how many bytes a picture is as base64. */
export const encoded = (size) => 4 * Math.ceil(size / 3);

/** Return the wall that a picture of this size meets, known before anything is sent; null where it fits. */
export function wall(size) {
  if (size <= MOST_PICTURE) return null;
  const body = encoded(size);
  const who = body > REQUEST ? `the ${bytes(REQUEST)} that API Gateway takes` : `the ${bytes(EVENT)} that Lambda takes`;
  return { happened: `As base64 it is ${bytes(body)}, more than ${who}. Nothing was sent.`, remedy: "Choose another way.", code: "TooLarge" };
}

/** Send an entry of the queue; resolves with {file, calls, milliseconds, body}, `body` being the bytes that crossed. */
export async function throughFunction(entry, place, onProgress) {
  const options = { csrf: place.csrf, signal: entry.stop.signal };
  const lane = await place.lanes.functionLane();
  const wish = { name: entry.path, size: entry.file.size, type: entry.seen?.type || entry.file.type, prefix: place.prefix, collision: entry.collision };
  const permit = await postJson(place.presignUrl, wish, options); // the name that is free
  if (permit.state === "skipped") return { file: { ...permit, size: 0 }, calls: permit.calls ?? [], milliseconds: 0 };
  const body = JSON.stringify({ image_base64: await base64(entry.file), bucket: place.bucket, s3_file_name: permit.key });
  const sent = new Blob([body]).size;
  if (sent > EVENT) throw new Fault({ title: "Too large", ...wall(entry.file.size) });
  const started = performance.now();
  const went = (await call(lane.url, body, { onProgress, signal: entry.stop.signal }))?.bucket;
  if (went && went !== place.bucket) throw new Fault({ title: "Elsewhere", happened: `The function stored it in the bucket ${went}, which its owner chose.`, code: "OtherBucket" });
  const milliseconds = performance.now() - started;
  const told = await postJson(place.uploadedUrl, { key: permit.key }, options);
  const file = told.files?.[0] ?? told.file ?? told;
  if (file.error) throw new Fault(file.error);
  return { file, calls: [...(permit.calls ?? []), ...(told.calls ?? [])], milliseconds, body: sent };
}

async function call(url, body, options) {
  let answer;
  try {
    answer = await send("POST", url, body, { ...options, headers: { "Content-Type": "application/json" } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Fault({ title: "No answer", happened: "API Gateway did not answer, or does not let this page call it (CORS).", remedy: "Enable CORS on the API and deploy it.", code: "NoCors" });
  }
  // A function that failed may well be told with status 200.
  const failed = answer.data?.errorMessage ?? answer.data?.message;
  if (answer.status > 299 || answer.data?.errorMessage) {
    throw failed ? new Fault({ title: "Not stored", happened: `API Gateway answered ${answer.status}: ${failed}`, remedy: "The API's Test page says why.", code: `HTTP ${answer.status}`, status: answer.status }) : faultOf(answer);
  }
  return answer.data;
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}
