// Lambda's pages: editors with their mistakes marked, the event's size against Lambda's limits, calls of an invocation.
import { edit } from "../editor/editor.bundle.js";

// One letter is marked; at the end of a line its last one, since behind it there is nothing to underline.
function mark(editor, places) {
  const lines = editor.text.split("\n");
  const mistakes = places.map(({ dataset }) => {
    const line = Math.min(Number(dataset.line), lines.length);
    const column = Math.max(1, Math.min(Number(dataset.column) || 1, lines[line - 1].length));
    const from = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
    return { from, to: from + 1, message: dataset.message ?? dataset.fault };
  });
  editor.mark(mistakes);
}

function startEditor(form) {
  const area = form.querySelector("[data-editor]");
  if (!area) return null;
  const editor = edit(area);
  editor.view.scrollDOM.tabIndex = 0; // so that keys scroll it
  document.fonts.ready.then(() => editor.view.requestMeasure()); // lines have another height once the font is there
  return editor;
}

function startSize(form, area) {
  const place = form.querySelector("[data-lambda-size]");
  const limits = JSON.parse(form.dataset.limits);
  const button = form.querySelector(".button-primary");
  const show = () => {
    const bytes = new Blob([area.value]).size;
    const most = limits[form.elements.kind.value];
    const over = bytes > most;
    place.textContent = `${bytes.toLocaleString("en")} of ${most.toLocaleString("en")} bytes${over ? ": larger than Lambda takes. Put it into S3 and send its key." : ""}`;
    place.classList.toggle("is-over", over);
    if (!button.title) button.disabled = over;
  };
  form.addEventListener("editor:change", show);
  form.addEventListener("input", show);
  show();
}

for (const form of document.querySelectorAll("[data-lambda-code]")) {
  const editor = startEditor(form);
  const places = document.querySelectorAll("#remarks [data-line]");
  if (editor && places.length) mark(editor, [...places]);
}

for (const form of document.querySelectorAll("[data-lambda-test]")) {
  const editor = startEditor(form);
  startSize(form, editor.area);
  if (editor.area.dataset.fault) mark(editor, [editor.area]);
  form.addEventListener("editor:run", () => form.requestSubmit(form.querySelector(".button-primary")));
  // A button with an address of its own sends the form as a browser does, past htmx.
  form.addEventListener("submit", (event) => event.submitter?.hasAttribute("formaction") && event.stopImmediatePropagation(), true);
  document.addEventListener("htmx:afterSettle", () => mark(editor, [...document.querySelectorAll("[data-lambda-mistake]")]));
}

document.addEventListener("htmx:afterSettle", () => {
  for (const carrier of document.querySelectorAll("template[data-lambda-calls]")) {
    window.trellis.drawer.add(JSON.parse(carrier.dataset.lambdaCalls));
    carrier.remove();
  }
});
