// A new job: only the fields of what was chosen are shown, and the script is written in an editor.
import { startScript } from "./script.js";

const form = document.querySelector("[data-glue-new]");
const recipe = form.elements.recipe;

function show() {
  for (const part of form.querySelectorAll("[data-glue-for]")) part.hidden = !part.dataset.glueFor.split(" ").includes(recipe.value);
}

recipe.addEventListener("change", show);
show();
startScript(form);
