// The sign-in form shows only the fields of the way that is chosen.
const form = document.querySelector("[data-rds-login]");

function show() {
  const kind = form.elements.kind.value;
  for (const part of form.querySelectorAll("[data-rds-for]")) part.hidden = !part.dataset.rdsFor.split(" ").includes(kind);
}

if (form) {
  form.addEventListener("input", show);
  show();
}
