// The form for a new table: units only where capacity is provisioned, the price of it, indexes that come and go.
const form = document.querySelector("[data-ddb-create]");
const indexes = form.querySelector("[data-ddb-indexes]");

const named = (index, name) => index.querySelector(`[name$="-${name}"]`);

function price() {
  const told = form.querySelector("[data-ddb-when=PROVISIONED]");
  const { read, write, hours } = told.dataset;
  const global = [...indexes.children].filter((one) => named(one, "name").value && named(one, "kind").value === "GSI").length;
  const single = Number(hours) * (form.elements.read_units.value * Number(read) + form.elements.write_units.value * Number(write));
  told.querySelector("strong").textContent = `$${(single * (1 + global)).toFixed(2)}`;
  told.querySelector("[data-ddb-indexed]").textContent = global ? `, the same again for each global index` : "";
}

function show() {
  const billing = form.elements.billing.value;
  form.querySelector("[data-ddb-units]").hidden = billing !== "PROVISIONED";
  for (const part of form.querySelectorAll("[data-ddb-when]")) part.hidden = part.dataset.ddbWhen !== billing;
  for (const index of indexes.children) {
    for (const part of index.querySelectorAll("[data-ddb-global]")) part.hidden = named(index, "kind").value === "LSI";
    index.querySelector("[data-ddb-include]").hidden = named(index, "projection").value !== "INCLUDE";
  }
  price();
}

/** Another index: a copy of the last one with the next number, emptied. */
function add() {
  const last = indexes.lastElementChild;
  const before = named(last, "name").name.match(/indexes-(\d+)-/)[1];
  const after = String(Number(before) + 1);
  const made = last.cloneNode(true);
  for (const part of made.querySelectorAll("[name], [id], [for], [aria-describedby]")) {
    for (const name of ["name", "id", "for", "aria-describedby"]) {
      if (part.hasAttribute(name)) part.setAttribute(name, part.getAttribute(name).replaceAll(`indexes-${before}-`, `indexes-${after}-`));
    }
  }
  for (const fault of made.querySelectorAll(".fault")) fault.remove();
  for (const input of made.querySelectorAll("input")) {
    input.value = "";
    input.removeAttribute("aria-invalid");
    if (!made.querySelector(`[id="${input.id}-help"]`)) input.removeAttribute("aria-describedby");
  }
  indexes.append(made);
  show();
  named(made, "name").focus();
}

function drop(index) {
  if (indexes.children.length > 1) index.remove();
  else for (const input of index.querySelectorAll("input")) input.value = "";
  form.querySelector("[data-ddb-add-index]").focus();
  show();
}

form.addEventListener("input", show);
form.addEventListener("click", (event) => {
  if (event.target.closest("[data-ddb-add-index]")) add();
  const dropped = event.target.closest("[data-ddb-drop-index]");
  if (dropped) drop(dropped.closest("[data-ddb-index]"));
});
show();
