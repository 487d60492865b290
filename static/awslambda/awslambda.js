// Lambda's pages: editors with their mistakes marked, the event's size against Lambda's limits, calls of an invocation.
import { edit } from "../editor/editor.bundle.js";

function mark(editor, places) {
  const mistakes = places.map(({ dataset }) => ({
    line: Number(dataset.line),
    column: Number(dataset.column) || 1,
    message: dataset.message ?? dataset.fault,
  }));
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
  // A button with an address of its own sends the form as it is.
  form.addEventListener("htmx:beforeRequest", (event) => {
    const sender = event.detail.requestConfig?.triggeringEvent?.submitter;
    if (!sender?.hasAttribute("formaction")) return;
    event.preventDefault();
    form.action = sender.formAction;
    form.submit();
  });
  document.addEventListener("htmx:afterSettle", () => mark(editor, [...document.querySelectorAll("[data-lambda-mistake]")]));
}

document.addEventListener("htmx:afterSettle", () => {
  for (const carrier of document.querySelectorAll("template[data-lambda-calls]")) {
    window.trellis.drawer.add(JSON.parse(carrier.dataset.lambdaCalls));
    carrier.remove();
  }
});
