// The fields of a query's parameters: the server reads their names, what is typed into them stays.
import { latest } from "../js/latest.js";

const PAUSE = 400; // milliseconds without typing before the names are asked for
const place = document.getElementById("parameters");
const names = (part) => [...part.querySelectorAll("[name]")].map((field) => field.name);
const named = (part, name) => part.querySelector(`[name="${CSS.escape(name)}"]`);
let waiting;

const ask = latest(async (form) => {
  const answer = await fetch(form.dataset.fields, { method: "POST", body: new FormData(form) });
  return answer.ok ? answer.text() : null;
});

function put(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  if (names(box.content).join("\n") === names(place).join("\n")) return;
  for (const field of box.content.querySelectorAll("[name]")) {
    const typed = named(place, field.name);
    if (typed) Object.assign(field, field.type === "checkbox" ? { checked: typed.checked } : { value: typed.value });
  }
  const { name, type, selectionStart, selectionEnd } = place.contains(document.activeElement) ? document.activeElement : {};
  place.replaceChildren(box.content);
  const again = name && named(place, name);
  if (!again) return;
  again.focus();
  if (type !== "checkbox") again.setSelectionRange(selectionStart, selectionEnd);
}

/** Show a field for each parameter of the form's query, when it has not changed for a moment. */
export function askParameters(form) {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const html = await ask(form);
    if (html !== null) put(html);
  }, PAUSE);
}
