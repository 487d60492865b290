// A job is edited: its script in the editor, and only the sizes of its type.
import { startScript } from "./script.js";

const form = document.querySelector("[data-glue-edit]");
const type = form.elements.engine;

function show() {
  const shell = type.value === "pythonshell";
  form.elements.capacity.closest(".field").hidden = !shell;
  for (const name of ["worker", "workers"]) form.elements[name].closest(".field").hidden = shell;
}

type.addEventListener("change", show);
show();
startScript(form);
