// The values of a query's placeholders.
/** One field for each {{name}}; what was typed into one stays. */
export function askParameters(form, text) {
  const place = form.querySelector("[data-logs-parameters]");
  const names = [...new Set([...text.matchAll(/\{\{\s*([A-Za-z_]\w{0,127})\s*\}\}/g)].map((match) => match[1]))];
  const shown = [...place.querySelectorAll("input")].map((one) => one.name.slice(2));
  if (names.join() === shown.join()) return;
  const values = Object.fromEntries([...place.querySelectorAll("input")].map((one) => [one.name.slice(2), one.value]));
  place.replaceChildren(...names.map((name, at) => parameterField(name, values[name] ?? "", at + 1)));
}

function parameterField(name, value, at) {
  const field = document.createElement("div");
  field.className = "field work-parameter";
  const label = Object.assign(document.createElement("label"), { htmlFor: `p-${at}`, textContent: `{{${name}}}` });
  const input = Object.assign(document.createElement("input"), { id: `p-${at}`, className: "input", name: `p.${name}`, value, autocomplete: "off" });
  field.append(label, input);
  return field;
}
