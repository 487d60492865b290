// Dialogs: opened by data-dialog="id", closed by data-close or a click beside them; names typed exactly; forms sent once.
function openDialog(event) {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (!dialog || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  dialog.showModal();
  dialog.querySelector("[data-must-equal], [autofocus]")?.focus();
}

function closeDialog(event) {
  const dialog = event.target.closest("dialog");
  if (!dialog) return;
  const beside = event.target === dialog && isBeside(dialog.getBoundingClientRect(), event);
  if (beside || event.target.closest("[data-close]")) dialog.close();
}

function isBeside(box, { clientX: x, clientY: y }) {
  return x < box.left || x > box.right || y < box.top || y > box.bottom;
}

function checkName(field) {
  const same = field.value === field.dataset.mustEqual;
  field.setCustomValidity(same || !field.value ? "" : `Type “${field.dataset.mustEqual}” exactly.`);
}

// A form with data-busy is sent once; the button shows that it was.
function markBusy(event) {
  const form = event.target;
  if (!form.matches("[data-busy]") || event.defaultPrevented) return;
  if (form.dataset.sent !== undefined) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "";
  (event.submitter ?? form.querySelector("button"))?.setAttribute("aria-busy", "true");
}

function clearBusy() {
  for (const form of document.querySelectorAll("[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
}

export function startDialogs() {
  document.addEventListener("click", openDialog);
  document.addEventListener("click", closeDialog);
  document.addEventListener("submit", markBusy);
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-must-equal]")) checkName(event.target);
  });
  window.addEventListener("pageshow", clearBusy); // a page that comes back from the browser's memory
}
