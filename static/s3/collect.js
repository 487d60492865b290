// Files from a drop, a picker or the clipboard as {file, path}; a folder's structure stays in the path.
import { momentName } from "./words.js";

/** Whether a drag carries files, and not a link or a piece of text. */
export function carriesFiles(transfer) {
  return transfer !== null && [...transfer.types].includes("Files");
}

/** Return the files of a drop, folders opened. Its items are read at once: the browser empties them after the event. */
export async function fromDrop(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const found = items.map((item) => ({ entry: item.webkitGetAsEntry?.() ?? null, file: item.getAsFile() }));
  const lists = await Promise.all(found.map(({ entry, file }) => (entry ? opened(entry) : plain([file]))));
  return lists.flat();
}

/** Return the files of an <input type="file">. */
export function fromInput(input) {
  return plain(input.files);
}

/** Return the files of a paste. Pictures from the clipboard are all called “image.png”: they get a name of their own. */
export function fromClipboard(data) {
  const files = [...data.files];
  const name = momentName();
  return files.map((file, index) => ({ file, path: file.name === "image.png" ? pasted(name, index) : file.name }));
}

function pasted(name, index) {
  return `Pasted ${name}${index ? ` (${index + 1})` : ""}.png`;
}

function plain(files) {
  return [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

async function opened(entry) {
  if (entry.isFile) return [{ file: await fileOf(entry), path: entry.fullPath.replace(/^\/+/, "") }];
  const found = [];
  for (const child of await childrenOf(entry.createReader())) found.push(...(await opened(child)));
  return found;
}

function fileOf(entry) {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

// A reader gives a folder in pieces of a hundred; an empty piece is its end.
async function childrenOf(reader) {
  const all = [];
  for (;;) {
    const piece = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!piece.length) return all;
    all.push(...piece);
  }
}
