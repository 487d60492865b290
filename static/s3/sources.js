// Where files come from: choosing, dropping anywhere on the page, pasting.
import { carriesFiles, fromClipboard, fromDrop, fromInput } from "./collect.js";

/** Call `add` with the files of every way in. */
export function startSources(section, add) {
  for (const input of section.querySelectorAll("[data-s3-files], [data-s3-folder]")) {
    input.addEventListener("change", () => {
      add(fromInput(input));
      input.value = ""; // the same file may be chosen again
    });
  }
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-s3-choose]");
    if (!opener) return;
    event.preventDefault();
    section.querySelector(`[data-s3-${opener.dataset.s3Choose}]`).click();
  });
  section.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("paste", (event) => paste(event, add));
  startDrops(section.querySelector("[data-s3-hint]"), add);
}

function paste(event, add) {
  if (!event.clipboardData?.files.length || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  add(fromClipboard(event.clipboardData));
}

// Each element that the mouse passes tells that it is entered and left: only when all are left the drag is gone.
function startDrops(hint, add) {
  let depth = 0;
  const show = (now) => {
    depth = Math.max(0, now);
    hint.hidden = depth === 0;
  };
  const on = (name, action) => document.addEventListener(name, (event) => carriesFiles(event.dataTransfer) && action(event));
  on("dragenter", () => show(depth + 1));
  on("dragleave", () => show(depth - 1));
  on("dragover", (event) => {
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  on("drop", (event) => {
    event.preventDefault();
    show(0);
    drop(event.dataTransfer, add);
  });
}

async function drop(transfer, add) {
  try {
    const files = await fromDrop(transfer);
    if (files.length) add(files);
    else window.trellis.tell("There is no file in what was dropped. On S3 a folder exists only through its files.", "warning");
  } catch (error) {
    window.trellis.tell(`The browser cannot read what was dropped: ${error.message}.`, "failed");
  }
}
