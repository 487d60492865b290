// The last text of an editor stays in this browser; a query can be saved under a name, and copied as a link.
//
// The form has a textarea[data-editor] and `data-key`, unique for what is queried. A link carries the text, the
// parameters (p.…, null.…) and the fields marked data-keep-in-link; form[data-keep-save] is sent with the text and
// with the fields that both forms have. The buttons [data-keep-open] and [data-keep-link] do what their words say.
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

function link(form, area) {
  const url = new URL(form.getAttribute("action"), location.href);
  url.searchParams.set(area.name, area.value);
  for (const field of form.querySelectorAll("[data-keep-in-link], [name^='p.'], [name^='null.']:checked")) {
    if (field.value) url.searchParams.append(field.name, field.value);
  }
  return url.href;
}

function fill(save, form) {
  for (const field of save.querySelectorAll("input[type='hidden']")) {
    if (field.name !== "csrf_token" && form.elements[field.name]) field.value = form.elements[field.name].value;
  }
}

export function startKeeping(form, editor) {
  const area = form.querySelector("textarea[data-editor]");
  const key = `trellis.query.${form.dataset.key}`;
  if (!editor.text && !new URLSearchParams(location.search).has(area.name)) editor.set(stored(key) ?? "");
  area.addEventListener("editor:change", () => keep(key, editor.text));
  const save = document.querySelector("[data-keep-save]");
  const opening = document.querySelector("[data-keep-open]");
  opening?.addEventListener("click", () => {
    save.hidden = !save.hidden;
    if (!save.hidden) save.elements.name.focus();
  });
  save?.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    save.hidden = true;
    opening?.focus();
  });
  save?.addEventListener("submit", () => fill(save, form));
  document.querySelector("[data-keep-link]")?.addEventListener("click", async () => {
    try {
      await window.trellis.copyText(link(form, area));
      window.trellis.tell("The link is copied. Whoever opens it runs the query, reading only.", "done");
    } catch (error) {
      window.trellis.tell(`Nothing was copied: ${error.message}.`, "failed");
    }
  });
}
