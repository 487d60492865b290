// Glue's pages: the price as it is typed, further arguments, logs that follow their end.
const MOST_LINES = 5000;

function money(amount) {
  if (amount === 0) return "$0";
  if (amount < 0.00005) return "under $0.0001";
  return amount >= 1 ? `$${amount.toFixed(2)}` : `$${amount.toFixed(4)}`;
}

function startPrice(form) {
  const place = form.querySelector("[data-glue-price]");
  const worker = form.querySelector("[data-glue-worker]");
  const units = form.querySelector("[data-glue-units]");
  form.addEventListener("input", () => {
    const chosen = worker?.selectedOptions[0];
    const rate = Number(chosen?.dataset.rate ?? place.dataset.rate);
    const size = chosen ? Number(chosen.dataset.units) * Number(form.querySelector("[data-glue-workers]").value) : Number(units?.value);
    if (Number.isFinite(size) && (chosen || units)) place.textContent = money((size * rate) / 60);
  });
}

function startExtra(rows) {
  rows.parentElement.querySelector("[data-glue-add]").addEventListener("click", () => {
    const row = rows.lastElementChild.cloneNode(true);
    const number = rows.children.length + 1;
    for (const part of row.querySelectorAll("input, select, label")) {
      const name = part.id || part.htmlFor;
      const fresh = name.replace(/\d+$/, number);
      if (part.localName === "label") part.htmlFor = fresh;
      else part.id = fresh;
      if (part.localName === "input") part.value = "";
      if (part.localName === "select") part.selectedIndex = 0;
    }
    rows.append(row);
    row.querySelector("input, select").focus();
  });
}

// Only the fields of what is chosen are shown.
function startChoice(choice) {
  const show = () => {
    for (const part of choice.form.querySelectorAll("[data-glue-for]")) part.hidden = !part.dataset.glueFor.split(" ").includes(choice.value);
  };
  choice.addEventListener("change", show);
  show();
}

function toEnd(log) {
  log.scrollTop = log.scrollHeight;
}

// A log stays at its end while a person is there, and holds no more lines than a browser likes.
function startLog(log) {
  let follows = true;
  log.addEventListener("scroll", () => {
    follows = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  });
  new MutationObserver(() => {
    while (log.childElementCount > MOST_LINES) log.firstElementChild.remove();
    if (follows) toEnd(log);
  }).observe(log, { childList: true });
  toEnd(log);
}

document.querySelectorAll("[data-glue-start]").forEach((form) => {
  startPrice(form);
});
document.querySelectorAll("[data-glue-choice]").forEach(startChoice);
document.querySelectorAll("[data-glue-extra]").forEach(startExtra);
document.querySelectorAll("[data-glue-log]").forEach(startLog);
