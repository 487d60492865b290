// A new job: only the fields of what was chosen are shown, and the script is written in an editor.
import { edit } from "../editor/editor.bundle.js";

const form = document.querySelector("[data-glue-new]");
const recipe = form.elements.recipe;

function show() {
  for (const part of form.querySelectorAll("[data-glue-for]")) part.hidden = !part.dataset.glueFor.split(" ").includes(recipe.value);
}

recipe.addEventListener("change", show);
show();
const area = form.querySelector("[data-editor]");
if (area) {
  const editor = edit(area);
  editor.view.scrollDOM.tabIndex = 0; // so that keys scroll it
  document.fonts.ready.then(() => editor.view.requestMeasure()); // lines have another height once the font is there
}
