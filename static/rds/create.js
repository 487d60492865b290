// The form for a new instance: the price of what is chosen, and the password's field only where one is typed.
const form = document.querySelector("[data-rds-create]");

function priceOf() {
  const chosen = form.elements.instance_class.selectedOptions[0];
  const hourly = Number(chosen.dataset[form.elements.engine.value === "postgres" ? "postgres" : "mysql"]);
  const told = form.querySelector("[data-rds-price]");
  const single = hourly * Number(told.dataset.hours) + Number(told.dataset.storage) * Number(form.elements.storage.value || 0);
  return single * (form.elements.multi_az.checked ? 2 : 1);
}

function show() {
  form.querySelector("[data-rds-price] strong").textContent = `$${priceOf().toFixed(2)}`;
  form.querySelector("[data-rds-typed]").hidden = form.elements.login.value !== "typed";
}

form.addEventListener("input", show);
show();
