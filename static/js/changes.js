// The bar that says that a real account can be changed: it counts down, and when the time is over it says so and
// switches off what would only be refused. The server sends the seconds that are left, so that a clock that is wrong
// in the browser does no harm.
const WORDS = "Changes have ended: the account is read-only again.";

export function left(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const parts = [Math.floor((whole % 3600) / 60), whole % 60].map((part) => String(part).padStart(2, "0"));
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${parts.join(":")}` : parts.join(":");
}

function lock(control, why) {
  if (control.tagName === "BUTTON") {
    control.disabled = true;
  } else {
    control.removeAttribute("href");
    control.removeAttribute("data-dialog");
    control.setAttribute("role", "link");
    control.setAttribute("aria-disabled", "true");
  }
  control.title = why;
}

function lockAll(why) {
  for (const control of document.querySelectorAll("[data-changes]")) lock(control, why);
}

function end(bar) {
  bar.classList.add("is-over");
  bar.querySelector("form")?.remove();
  const said = bar.querySelector("[data-said]");
  said.setAttribute("role", "status"); // not before: what counts down would be read out each second
  said.textContent = WORDS;
  const pill = document.querySelector(".pill-writes");
  pill?.classList.replace("pill-writes", "pill-aws");
  const state = pill?.querySelector("[data-state]");
  if (state) state.textContent = "read-only";
  lockAll(WORDS);
  document.addEventListener("htmx:afterSettle", () => lockAll(WORDS));
}

export function startChanges(announce) {
  const bar = document.querySelector("[data-changes-left]");
  if (!bar) return;
  const until = Date.now() + Number(bar.dataset.changesLeft) * 1000;
  const places = document.querySelectorAll("[data-countdown]");
  const timer = setInterval(show, 1000);
  function show() {
    const seconds = (until - Date.now()) / 1000;
    for (const place of places) place.textContent = `in ${left(seconds)}`;
    if (seconds > 0) return;
    clearInterval(timer);
    end(bar);
    announce("Changes have ended");
  }
  show();
}
