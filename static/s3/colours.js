// A tile's own colour until its picture is there: learnt from the picture once, remembered by this browser for the session.
const PREFIX = "trellis.colour.";
const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });

/** Colour the tiles inside `items` that are known, and learn the others as they load. */
export function startColours(items) {
  items.querySelectorAll("[data-s3-thumbnail]").forEach(prepare);
  const watch = (changes) => changes.flatMap((change) => [...change.addedNodes]).forEach((node) => node.querySelectorAll?.("[data-s3-thumbnail]").forEach(prepare));
  new MutationObserver(watch).observe(items, { childList: true });
}

function prepare(image) {
  if (image.complete && image.naturalWidth) {
    learn(image);
    return;
  }
  const known = recall(image);
  if (known) image.parentElement.style.backgroundColor = known;
  image.addEventListener("load", () => learn(image), { once: true });
}

function learn(image) {
  image.parentElement.style.backgroundColor = ""; // a transparent picture stands on the tile's own ground
  if (recall(image)) return;
  pen.clearRect(0, 0, 1, 1);
  pen.drawImage(image, 0, 0, 1, 1);
  const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data;
  if (alpha > 200) keep(image, `rgb(${red} ${green} ${blue})`);
}

function recall(image) {
  try {
    return sessionStorage.getItem(PREFIX + new URL(image.src).searchParams.get("v"));
  } catch {
    return null; // storage is switched off: the neutral tile stays
  }
}

function keep(image, colour) {
  try {
    sessionStorage.setItem(PREFIX + new URL(image.src).searchParams.get("v"), colour);
  } catch (error) {
    console.info("The tile's colour is not kept:", error.message);
  }
}
