// Messages above the content, and the page's title while a person looks elsewhere.
import { icon } from "./icons.js";

const SYMBOLS = { done: "done", info: "info", warning: "warning", failed: "error" };
const plainTitle = document.title;

/** Show a message; kind is info, done, warning or failed. Returns its element. */
export function tell(text, kind = "info") {
  const notice = document.createElement("div");
  notice.className = `notice notice-${kind}`;
  const words = document.createElement("div");
  words.textContent = text;
  notice.append(icon(SYMBOLS[kind]), words, dismissButton());
  document.getElementById("notices").append(notice);
  return notice;
}

function dismissButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-quiet button-icon button-small";
  button.dataset.dismiss = "";
  button.title = "Dismiss";
  button.append(icon("close", "small"));
  button.setAttribute("aria-label", "Dismiss");
  return button;
}

/** Say in the tab's title that something has ended, until the person comes back to it. */
export function announce(text) {
  if (!document.hidden) return;
  document.title = `${text} · ${plainTitle}`;
}

function announceIn(part) {
  const said = part.matches?.("[data-announce]") ? part : part.querySelector?.("[data-announce]");
  if (said) announce(said.dataset.announce);
}

export function startNotices() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) event.target.closest(".notice").remove();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) document.title = plainTitle;
  });
  document.addEventListener("htmx:afterSettle", (event) => announceIn(event.target));
  document.addEventListener("htmx:sendError", () =>
    tell("The dashboard does not answer. Check that it still runs, then load the page again.", "failed"),
  );
}
