// What a file is, guessed by its first bytes before it is sent; the server decides with the same rules.
const ENDINGS = {
  jpg: "image/jpeg", jpeg: "image/jpeg", jpe: "image/jpeg", jfif: "image/jpeg", png: "image/png", apng: "image/png", gif: "image/gif",
  webp: "image/webp", avif: "image/avif", tif: "image/tiff", tiff: "image/tiff", bmp: "image/bmp", dib: "image/bmp",
};
const LABELS = { "image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WebP", "image/avif": "AVIF",
  "image/tiff": "TIFF", "image/bmp": "BMP" };
const STARTS = [
  ["ffd8ff", "image/jpeg"], ["89504e470d0a1a0a", "image/png"], ["474946383761", "image/gif"], ["474946383961", "image/gif"],
  ["49492a00", "image/tiff"], ["4d4d002a", "image/tiff"], ["49492b00", "image/tiff"], ["4d4d002b", "image/tiff"],
];
const BMP_HEADERS = new Set([12, 40, 52, 56, 64, 108, 124]);
const MOST_PREVIEW_PIXELS = 120e6;
const MOST_PREVIEW_BYTES = 64 * 1024 * 1024;
const SHOWN = new Set(["image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/bmp"]);

/** Return {type, label, note, preview} of a file; `preview` says whether the browser should draw it. Rejects where it cannot be read. */
export async function sniff(file, name) {
  const head = new Uint8Array(await file.slice(0, 64).arrayBuffer());
  const type = pictureType(head);
  const claimed = ENDINGS[ending(name)] ?? "";
  return { type, label: LABELS[type] ?? (file.type || "File"), note: noteOn(type, claimed, name), preview: canPreview(file, type, head) };
}

function pictureType(head) {
  const hex = Array.from(head.slice(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const found = STARTS.find(([start]) => hex.startsWith(start));
  if (found) return found[1];
  if (text(head, 0, 4) === "RIFF" && text(head, 8, 12) === "WEBP") return "image/webp";
  if (text(head, 0, 2) === "BM" && BMP_HEADERS.has(numberAt(head, 14, true))) return "image/bmp";
  return isAvif(head) ? "image/avif" : "";
}

function isAvif(head) {
  if (text(head, 4, 8) !== "ftyp") return false;
  const end = Math.min(numberAt(head, 0, false), head.length);
  const brands = [text(head, 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(text(head, at, at + 4));
  return brands.includes("avif") || brands.includes("avis");
}

function noteOn(type, claimed, name) {
  if (type && claimed && claimed !== type) return `named .${ending(name)}, is ${LABELS[type]}`;
  if (!type && claimed) return `named .${ending(name)}, but the content is no ${LABELS[claimed]} picture`;
  return "";
}

function canPreview(file, type, head) {
  if (!SHOWN.has(type) || file.size > MOST_PREVIEW_BYTES) return false;
  return type !== "image/png" || numberAt(head, 16, false) * numberAt(head, 20, false) <= MOST_PREVIEW_PIXELS;
}

function ending(name) {
  return name.includes(".") ? name.split(".").pop().toLowerCase() : "";
}

function text(head, from, to) {
  return String.fromCharCode(...head.slice(from, to));
}

function numberAt(head, at, little) {
  if (head.length < at + 4) return 0;
  return new DataView(head.buffer).getUint32(at, little);
}
