// The form of the explore page: what depends on what, rows and groups of conditions, its fields without the empty ones.
import { closeMenu } from "../js/grid/menu.js";

/** The fields that say something, in order, with each condition under the number of its group. */
export function clean(form) {
  const groups = [...form.querySelectorAll("[data-ddb-group]")];
  const rows = [...form.querySelectorAll("[data-ddb-row]")].filter((row) => row.querySelector("[name=fn]").value.trim());
  const used = groups.filter((group) => rows.some((row) => group.contains(row)));
  const plain = [...form.querySelectorAll("[name]")].filter((field) => !field.closest("[data-ddb-group]") && said(form, field));
  const pairs = plain.map((field) => [field.name, field.value]);
  if (used.length > 1 || (used[0] && used[0].querySelector("[name=g]").value !== "all")) {
    for (const group of used) pairs.push(["g", group.querySelector("[name=g]").value]);
  }
  for (const row of rows) {
    row.querySelector("[name=fg]").value = used.findIndex((group) => group.contains(row));
    for (const field of row.querySelectorAll("[name]")) pairs.push([field.name, field.value]);
  }
  return pairs;
}

function said(form, field) {
  if (!field.value || field.matches("button, :disabled") || (field.type === "checkbox" && !field.checked)) return false;
  if (field.name === "op") return form.elements.sk.value !== "" && field.value !== "=";
  if (field.name === "sk2") return form.elements.op.value === "between";
  return field.name !== "join" || field.value === "or";
}

/** The button, the sentence beside it, and the key's fields, as index and key have it. */
function follow(form) {
  const chosen = form.elements.index.selectedOptions[0].dataset;
  const query = form.elements.pk.value !== "";
  form.querySelector("[data-ddb-verb]").textContent = query ? "Query" : "Scan";
  form.querySelector("[data-ddb-reads]").classList.toggle("is-scan", !query);
  const told = { query: form.querySelector("[data-ddb-when=query]"), scan: form.querySelector("[data-ddb-when=scan]") };
  told.query.hidden = !query;
  told.scan.hidden = query;
  told.scan.textContent = chosen.reads;
  label(form, "pk", chosen.pk, chosen.pkType);
  form.querySelector("[data-ddb-sort]").hidden = !chosen.sk;
  if (chosen.sk) label(form, "sk", chosen.sk, chosen.skType);
  form.elements.op.querySelector("[value=begins_with]").disabled = chosen.skType === "N";
  form.elements.consistent.disabled = chosen.kind === "GSI";
}

function label(form, name, key, type) {
  const place = form.querySelector(`label[for=${name}]`);
  place.querySelector("[data-ddb-key]").textContent = key;
  place.querySelector("[data-ddb-key-type]").textContent = type;
}

/** A value's type decides what it can be compared by; size, existence and type go with every type. */
function fit(row) {
  const type = row.querySelector("[name=ft]").selectedOptions[0];
  const operators = row.querySelector("[name=fo]");
  const fitting = [...type.dataset.operators.split("|"), "exists", "not exists", "type"];
  for (const option of operators.options) option.disabled = !fitting.includes(option.value) && !option.value.startsWith("size ");
  if (operators.selectedOptions[0]?.disabled) operators.value = "=";
}

export function addRow(form, group, values = {}) {
  const made = form.querySelector("[data-ddb-row-template]").content.firstElementChild.cloneNode(true);
  group.querySelector("[data-ddb-rows]").append(made);
  for (const [name, value] of Object.entries(values)) made.querySelector(`[name=${name}]`).value = value;
  fit(made);
  return made;
}

function addGroup(form) {
  const first = form.querySelector("[data-ddb-group]");
  const made = first.cloneNode(true);
  made.querySelector("[data-ddb-rows]").replaceChildren();
  made.querySelector("[name=g]").value = "any";
  [...form.querySelectorAll("[data-ddb-group]")].at(-1).after(made);
  form.querySelector("[data-ddb-join]").hidden = false;
  addRow(form, made).querySelector("[name=fn]").focus();
}

function remove(form, row) {
  const group = row.closest("[data-ddb-group]");
  row.remove();
  const groups = form.querySelectorAll("[data-ddb-group]");
  if (!group.querySelector("[data-ddb-row]") && groups.length > 1) group.remove();
  form.querySelector("[data-ddb-join]").hidden = form.querySelectorAll("[data-ddb-group]").length < 2;
  form.querySelector("[data-ddb-run]").focus();
}

function click(form, event) {
  const { target } = event;
  if (target.closest("[data-ddb-add-row]")) addRow(form, target.closest("[data-ddb-group]")).querySelector("[name=fn]").focus();
  if (target.closest("[data-ddb-add-group]")) addGroup(form);
  if (target.closest("[data-ddb-remove]")) remove(form, target.closest("[data-ddb-row]"));
  if (target.closest("[data-ddb-link]")) copyLink(form);
}

async function copyLink(form) {
  const url = new URL(form.getAttribute("action"), location.href);
  url.search = new URLSearchParams(clean(form));
  try {
    await window.trellis.copyText(url.href);
    window.trellis.tell("The link is copied. Whoever opens it asks the same.", "done");
  } catch (error) {
    window.trellis.tell(`Nothing was copied: ${error.message}.`, "failed");
  }
}

/** A name as a path has it: in quotes where it has signs that a path has a meaning for. */
const asPath = (name) => (/[.[\],"]|^\s|\s$/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);

const TYPES = ["S", "N", "B", "BOOL", "NULL"];

/** Adds to a cell's menu: open the item, and put its value into the query, where everybody sees it. */
function cellMenu(form, { cell, value, add }) {
  const link = cell.parentElement.querySelector("a.main, td a[href]");
  const name = cell.closest("table").tHead.rows[0].cells[cell.cellIndex].dataset.name;
  const type = cell.dataset.t;
  const ask = () => {
    const absent = value === null;
    const kind = TYPES.includes(type) ? type : absent ? "S" : "JSON";
    put(form, name, absent ? { fo: "not exists", ft: kind } : { fo: "=", ft: kind, fv: kind === "NULL" ? "" : value });
  };
  const actions = cell.dataset.cut === undefined ? [[value === null ? "Only without it, in the query" : "Put into the query", ask]] : [];
  if (link) actions.push(["Open the item", () => location.assign(link.href)]);
  if (actions.length) add(...actions);
}

function put(form, name, values) {
  closeMenu();
  const chosen = form.elements.index.selectedOptions[0].dataset;
  if (values.fo === "=" && name === chosen.pk) form.elements.pk.value = values.fv;
  else if (values.fo === "=" && name === chosen.sk) Object.assign(form.elements.sk, { value: values.fv }), (form.elements.op.value = "=");
  else addRow(form, form.querySelector("[data-ddb-group]"), { ...values, ft: values.ft, fn: asPath(name) });
  follow(form);
  window.htmx.trigger(form, "submit");
}

export function startBuilder(form) {
  for (const blank of form.querySelectorAll(".no-js > [data-ddb-row]")) blank.parentElement.remove();
  form.querySelectorAll("[data-ddb-row]").forEach(fit);
  form.addEventListener("input", (event) => {
    follow(form);
    const row = event.target.closest("[data-ddb-row]");
    if (row) fit(row);
  });
  form.addEventListener("click", (event) => click(form, event));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) window.htmx.trigger(form, "submit");
  });
  document.getElementById("explore").addEventListener("grid:cell", (event) => cellMenu(form, event.detail));
  follow(form);
}
