// The list of groups: how many are chosen; a form that was refused opens again.
function count() {
  const chosen = document.querySelectorAll("[data-logs-pick] input[name='group']:checked").length;
  const button = document.querySelector("[data-logs-query]");
  if (!button) return;
  button.disabled = chosen === 0 || chosen > 50;
  document.querySelector("[data-logs-picked]").textContent = chosen > 50 ? `${chosen} chosen: AWS queries at most 50 at once.` : chosen ? `${chosen} chosen` : "Choose some to query them together.";
}

document.addEventListener("change", (event) => event.target.matches("[data-logs-pick] input") && count());
document.addEventListener("htmx:afterSettle", count);
window.addEventListener("pageshow", count);
count();
const refused = document.querySelector("#groups[data-logs-open]");
if (refused) document.getElementById(refused.dataset.logsOpen).showModal();
