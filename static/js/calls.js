// Fills a copy of the server's row for one call with the call's own facts.

/** Milliseconds as people read them; the same steps as the server's macro. */
export function took(milliseconds) {
  if (milliseconds >= 10000) return `${(milliseconds / 1000).toFixed(1)} s`;
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(2)} s`;
  return milliseconds >= 10 ? `${milliseconds.toFixed(0)} ms` : `${milliseconds.toFixed(1)} ms`;
}

export function fillCall(row, call, whole) {
  const texts = { ...call, time: took(call.milliseconds), status: call.status ?? "No answer",
    times: call.count > 1 ? `× ${call.count}` : "" };
  for (const target of row.querySelectorAll("[data-fill]")) fill(target, texts[target.dataset.fill] ?? "");
  for (const link of row.querySelectorAll("[data-fill-href]")) {
    const url = call[link.dataset.fillHref];
    link.href = url || "#";
    link.closest("div").hidden = !url;
  }
  row.querySelector(".call-short").hidden = !call.shortened;
  const bar = row.querySelector(".took");
  bar.setAttribute("x", (100 * call.offset_ms) / whole);
  bar.setAttribute("width", Math.max((100 * call.milliseconds) / whole, 1.2));
  if (call.error_code) markFailed(row);
  return row;
}

function fill(target, text) {
  target.textContent = text;
  const holder = target.closest(".call-part[data-part]:not([data-part='Response']), .key-values > div");
  if (holder && target.dataset.fill !== "error_message") holder.hidden = text === "";
}

function markFailed(row) {
  row.classList.add("call-failed");
  const mark = row.querySelector("summary > svg");
  mark.setAttribute("aria-label", "Failed");
  const use = mark.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#error"));
}
