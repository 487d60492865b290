// A new job: its script is written in an editor.
import { startScript } from "./script.js";

startScript(document.querySelector("[data-glue-new]"));
