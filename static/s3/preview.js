// Small pictures of files that are not sent yet: drawn when their row comes into sight, one after the other.
const SIDE = 96; // device pixels: the box is 48 px wide
let chain = Promise.resolve();
const wanted = new WeakMap();
const watcher = new IntersectionObserver(
  (seen) => seen.filter((one) => one.isIntersecting).forEach(({ target }) => {
    watcher.unobserve(target);
    chain = chain.then(() => draw(target, ...wanted.get(target))); // one at a time: a phone has little memory
  }),
  { rootMargin: "100px" },
);

/** Show an entry's picture in a box as soon as the box is seen; `onBroken` is called where it cannot be drawn. */
export function preview(box, entry, onBroken) {
  if (wanted.has(box) || !entry.seen.preview) return;
  wanted.set(box, [entry, onBroken]);
  watcher.observe(box);
}

async function draw(box, { file }, onBroken) {
  if (!box.isConnected) return;
  try {
    const bitmap = await createImageBitmap(file, { resizeHeight: SIDE, resizeQuality: "medium" });
    box.replaceChildren(canvasOf(bitmap));
    bitmap.close();
  } catch (error) {
    console.info(`No preview of ${file.name}: ${error.message}`);
    onBroken(); // it keeps its icon, and may still be sent
  }
}

function canvasOf(bitmap) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  canvas.getContext("2d").drawImage(bitmap, (SIDE - bitmap.width) / 2, 0);
  return canvas;
}
