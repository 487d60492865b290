// One request with progress, cancel and a JSON answer; every failure becomes a Fault that a person can read.

/** What went wrong with a request, in the words that the page shows; `code` is AWS's or ours. */
export class Fault extends Error {
  constructor({ title, happened, remedy = "", code = "", request_id: requestId = "", status = 0 }) {
    super(happened);
    Object.assign(this, { title, happened, remedy, code, requestId, status });
  }
}

/** Send a body; resolves with {status, data, text}. Rejects with a Fault, or with an AbortError where `signal` says so. */
export function send(method, url, body, { headers = {}, onProgress = () => {}, signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded, event.total));
    request.addEventListener("load", () => resolve(answerOf(request)));
    request.addEventListener("error", () => reject(silent(url)));
    request.addEventListener("abort", () => reject(new DOMException("The upload was stopped.", "AbortError")));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body);
  });
}

/** Post JSON to the dashboard and return what it answers; rejects with a Fault for any status above 299. */
export async function postJson(url, data, { csrf, signal } = {}) {
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf };
  const answer = await send("POST", url, JSON.stringify(data), { headers, signal });
  if (answer.status > 299) throw faultOf(answer);
  return answer.data;
}

/** Return the Fault that an answer of the dashboard tells: a problem of its own, or the status alone. */
export function faultOf({ status, data }) {
  const problem = data?.error ?? data ?? {};
  if (problem.happened || problem.detail) {
    return new Fault({ ...problem, status, happened: problem.happened ?? problem.detail, title: problem.title ?? "Not stored" });
  }
  return new Fault({ title: "Not stored", happened: words(status), code: `HTTP ${status}`, status });
}

function words(status) {
  if (status === 413) return "The file is larger than the server in front of Trellis takes.";
  if (status >= 500) return "Trellis could not answer. Look at the terminal that it runs in.";
  return "Trellis refused the request, without saying why.";
}

function silent(url) {
  const ours = new URL(url, location.href).origin === location.origin;
  const happened = ours ? "The connection broke before Trellis answered." : "S3 did not answer, or did not let this page send to it.";
  const remedy = ours ? "Check that it still runs, then send the file again." : "";
  return new Fault({ title: "No answer", happened, remedy, code: ours ? "NoAnswer" : "NoCors" });
}

function answerOf(request) {
  const isJson = /json/.test(request.getResponseHeader("Content-Type") ?? "");
  return { status: request.status, text: request.responseText, data: isJson ? parsed(request.responseText) : null };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null; // an answer cut off in the middle: its status still tells
  }
}
