// Light, dark, or like the system; and the width of the rail.
import { forget, load, save } from "./settings.js";

const root = document.documentElement;
const SYMBOLS = { light: "sun", dark: "moon", system: "system" };

export function chosenTheme() {
  return load("theme") ?? "system";
}

export function chooseTheme(theme) {
  if (theme === "system") {
    forget("theme");
    delete root.dataset.theme;
  } else {
    save("theme", theme);
    root.dataset.theme = theme;
  }
  showTheme(theme);
  document.dispatchEvent(new CustomEvent("trellis:theme", { detail: theme }));
}

/** Whether the page is dark now, whoever decided it. */
export function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

export function switchTheme() {
  chooseTheme(isDark() ? "light" : "dark");
}

function showTheme(theme) {
  for (const button of document.querySelectorAll("[data-choose-theme]")) {
    button.setAttribute("aria-pressed", String(button.dataset.chooseTheme === theme));
  }
  const use = document.querySelector("[data-theme-menu] > summary use");
  if (use) use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${SYMBOLS[theme]}`));
}

export function foldRail() {
  const narrow = root.dataset.rail !== "icons";
  if (narrow) root.dataset.rail = "icons";
  else delete root.dataset.rail;
  save("rail", narrow ? "icons" : "words");
}

export function startTheme() {
  showTheme(chosenTheme());
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-choose-theme]");
    if (choice) {
      chooseTheme(choice.dataset.chooseTheme);
      choice.closest("details").open = false;
    }
    if (event.target.closest("[data-fold]")) foldRail();
  });
}
