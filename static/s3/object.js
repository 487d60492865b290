// The object page: its picture as large as the window, its neighbours, and a shared link that says how long it still works.
import { neighbours } from "./order.js";

const OPEN = "#view"; // an address that ends so shows the picture large at once

/** Let the picture be seen in a dialog: Esc closes, `z` shows every pixel, arrows lead to its neighbours in the folder. */
export function startViewer(dialog) {
  if (!dialog) return;
  const { previous, next } = neighbours(location.pathname + location.search);
  offer(dialog.querySelector("[data-s3-prev]"), previous);
  offer(dialog.querySelector("[data-s3-next]"), next);
  dialog.querySelector("[data-s3-zoom]").addEventListener("click", () => zoom(dialog));
  dialog.addEventListener("keydown", (event) => pressed(event, dialog));
  dialog.addEventListener("close", () => history.replaceState(null, "", location.pathname + location.search));
  document.querySelector("[data-s3-view]").addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(dialog);
  });
  if (location.hash === OPEN) open(dialog);
}

/** Say so where the browser cannot draw the picture: nothing but an empty frame would be seen. */
export function watchPicture(image) {
  if (!image) return;
  const tell = () => {
    const words = document.getElementById("broken-picture").content.cloneNode(true);
    image.closest("a").replaceWith(words);
  };
  if (image.complete && !image.naturalWidth) tell();
  else image.addEventListener("error", tell, { once: true });
}

function offer(link, url) {
  link.hidden = !url;
  if (url) link.href = url + OPEN;
}

// The large picture is fetched when somebody wants to see it.
function open(dialog) {
  const stage = dialog.querySelector("[data-s3-stage]");
  if (!stage.firstChild) {
    const picture = new Image();
    picture.src = dialog.dataset.source;
    picture.alt = dialog.querySelector("#viewer-name").textContent;
    picture.addEventListener("click", () => zoom(dialog));
    stage.append(picture);
  }
  dialog.showModal();
  stage.focus();
}

function zoom(dialog) {
  const full = dialog.toggleAttribute("data-full");
  dialog.querySelector("[data-s3-zoom]").setAttribute("aria-pressed", String(full));
}

function pressed(event, dialog) {
  if (event.key === "z") zoom(dialog);
  const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  const link = rel && !dialog.hasAttribute("data-full") && dialog.querySelector(`a[rel="${rel}"]:not([hidden])`);
  if (link) link.click();
}

/** Count down until a shared link ends. */
export function startLink(section) {
  if (!section) return;
  const ends = new Date(section.querySelector("time").dateTime);
  const place = section.querySelector("[data-s3-left]");
  const show = () => {
    const seconds = Math.ceil((ends - Date.now()) / 1000);
    place.textContent = seconds > 0 ? `Works for ${clock(seconds)} more` : "This link has ended";
    section.toggleAttribute("data-ended", seconds <= 0);
    if (seconds <= 0) clearInterval(ticking);
  };
  const ticking = setInterval(show, 1000);
  show();
}

function clock(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)} h` : `${minutes}:${two(seconds % 60)} min`;
}
