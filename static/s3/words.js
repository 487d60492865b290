// Numbers as people read them; the same steps as the server's filters.
const UNITS = ["KiB", "MiB", "GiB", "TiB"];

/** Bytes in IEC units. */
export function bytes(count) {
  if (count < 1024) return `${count} B`;
  let value = count;
  let unit = -1;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(value >= 100 ? 0 : 1)} ${UNITS[unit]}`;
}

/** “1 file”, “300 files”. */
export function counted(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}

/** How long something still takes, in seconds, roughly: people want an idea and not a clock. */
export function remaining(seconds) {
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 1) return "a moment left";
  if (seconds < 60) return `${Math.ceil(seconds)} s left`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min left`;
  return `${(seconds / 3600).toFixed(1)} h left`;
}

/** Milliseconds that have passed. */
export function took(milliseconds) {
  if (milliseconds >= 10000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return milliseconds >= 1000 ? `${(milliseconds / 1000).toFixed(2)} s` : `${Math.round(milliseconds)} ms`;
}

/** A moment as a name can hold it: 2026-11-23 at 13.05.22. */
export function momentName(moment = new Date()) {
  const two = (number) => String(number).padStart(2, "0");
  const day = [moment.getFullYear(), two(moment.getMonth() + 1), two(moment.getDate())].join("-");
  return `${day} at ${[moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(two).join(".")}`;
}
