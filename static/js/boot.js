// Runs before the first paint, so that a chosen theme or a narrow rail never flickers.
(function () {
  "use strict";
  const root = document.documentElement;
  root.dataset.js = "";
  try {
    const theme = localStorage.getItem("trellis.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    if (localStorage.getItem("trellis.rail") === "icons") root.dataset.rail = "icons";
    const height = Number(localStorage.getItem("trellis.drawer.height"));
    if (height >= 120) root.style.setProperty("--drawer-height", height + "px");
  } catch (error) {
    console.info("This browser keeps no settings for this site:", error.message);
  }
})();
