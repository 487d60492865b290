// The object page: its picture as large as the window, and a shared link that says how long it still works.

/** Open the picture in a dialog; a click or the key `z` switches between whole and full size. */
export function startViewer(dialog) {
  if (!dialog) return;
  const picture = dialog.querySelector("img");
  const zoom = (now = !dialog.hasAttribute("data-full")) => dialog.toggleAttribute("data-full", now);
  dialog.addEventListener("click", (event) => event.target === picture && zoom());
  dialog.addEventListener("close", () => zoom(false));
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "z") zoom();
    if (event.key === "ArrowLeft") follow(dialog, "prev");
    if (event.key === "ArrowRight") follow(dialog, "next");
  });
  document.querySelector("[data-s3-view]")?.addEventListener("click", (event) => open(event, dialog, picture));
}

function open(event, dialog, picture) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  picture.src = picture.dataset.src; // the large picture is fetched when somebody wants to see it
  dialog.showModal();
}

function follow(dialog, rel) {
  dialog.querySelector(`a[rel="${rel}"]`)?.click();
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
