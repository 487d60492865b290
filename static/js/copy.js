// Copy buttons: data-copy is the text, data-copy-from an element's id, data-copy-near the code beside the button.
function textOf(button) {
  if (button.dataset.copy !== undefined) return button.dataset.copy;
  const source = button.dataset.copyFrom
    ? document.getElementById(button.dataset.copyFrom)
    : button.parentElement.querySelector("code, pre");
  return source.value ?? source.textContent;
}

export async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  return copyBySelection(text); // browsers offer the clipboard on https and localhost only
}

function copyBySelection(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("The browser refused to copy");
}

function showDone(button) {
  const use = button.querySelector("use");
  const before = use.getAttribute("href");
  use.setAttribute("href", before.replace(/#.*/, "#check"));
  button.classList.add("is-done");
  setTimeout(() => {
    use.setAttribute("href", before);
    button.classList.remove("is-done");
  }, 1200);
}

export function startCopy(tell) {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-from], [data-copy-near]");
    if (!button || button.classList.contains("is-done")) return;
    try {
      await copyText(textOf(button));
      showDone(button);
    } catch (error) {
      tell(`Nothing was copied: ${error.message}.`, "failed");
    }
  });
}
