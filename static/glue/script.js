// A script in the editor.
import { edit } from "../editor/editor.bundle.js";

export function startScript(form) {
  const area = form.querySelector("[data-editor]");
  if (!area) return;
  const editor = edit(area);
  editor.view.scrollDOM.tabIndex = 0; // so that keys scroll it
  document.fonts.ready.then(() => editor.view.requestMeasure()); // lines have another height once the font is there
}
