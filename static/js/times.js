// “3 minutes ago” stays true while a page is open; the words are those of the server's filter.
const STEPS = [[86400 * 365, "year"], [86400 * 30, "month"], [86400, "day"], [3600, "hour"], [60, "minute"]];

export function ago(moment, now = new Date()) {
  const seconds = Math.trunc((now - moment) / 1000);
  for (const [length, unit] of STEPS) {
    if (Math.abs(seconds) < length) continue;
    const count = Math.floor(Math.abs(seconds) / length);
    const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
    return seconds > 0 ? `${words} ago` : `in ${words}`;
  }
  return seconds >= 0 ? "just now" : "in a moment";
}

function refreshTimes() {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const words = ago(new Date(time.dateTime));
    if (time.textContent !== words) time.textContent = words;
  }
}

export function startTimes() {
  setInterval(refreshTimes, 20000);
}
