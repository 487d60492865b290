// The last text of an instance stays in this browser; a query can be saved under a name, and copied as a link.
function stored(key) {
  try {
    return localStorage.getItem(key);
  } catch (error) {
    console.info("This browser keeps nothing for this site:", error.message);
    return null;
  }
}

function keep(key, text) {
  try {
    localStorage.setItem(key, text);
  } catch (error) {
    console.info("This text was not kept:", error.message);
  }
}

function link(form, editor) {
  const url = new URL(form.getAttribute("action"), location.href);
  url.searchParams.set("sql", editor.text);
  for (const field of form.querySelectorAll("[name='database'], [name^='p.'], [name^='null.']:checked")) {
    if (field.value) url.searchParams.set(field.name, field.value);
  }
  return url.href;
}

export function startKeeping(form, editor) {
  const key = `trellis.sql.${form.dataset.key}`;
  if (!editor.text && !new URLSearchParams(location.search).has("sql")) editor.set(stored(key) ?? "");
  form.elements.sql.addEventListener("editor:change", () => keep(key, editor.text));
  const save = document.querySelector("[data-rds-save]");
  document.querySelector("[data-rds-open-save]").addEventListener("click", () => {
    save.hidden = !save.hidden;
    if (!save.hidden) save.elements.name.focus();
  });
  save.addEventListener("submit", () => {
    save.elements.sql.value = editor.text;
    save.elements.database.value = form.elements.database.value;
  });
  document.querySelector("[data-rds-link]").addEventListener("click", async () => {
    try {
      await window.trellis.copyText(link(form, editor));
      window.trellis.tell("The link is copied. Whoever opens it runs the query, reading only.", "done");
    } catch (error) {
      window.trellis.tell(`Nothing was copied: ${error.message}.`, "failed");
    }
  });
}
