// What every page can do. Everything here adds to pages that work without it.
import { startChanges } from "./changes.js";
import { copyText, startCopy } from "./copy.js";
import { startDialogs } from "./dialogs.js";
import { add, fold, startDrawer, toggle } from "./drawer.js";
import { startHighlight } from "./highlight.js";
import { onKey, startKeys } from "./keys.js";
import { startMenus } from "./menus.js";
import { announce, startNotices, tell } from "./notices.js";
import { openPalette, search, startPalette } from "./palette.js";
import { foldRail, isDark, startTheme, switchTheme } from "./theme.js";
import { startTabs } from "./tabs.js";
import { startTimes } from "./times.js";

// For the scripts of single pages.
window.trellis = { drawer: { add, fold }, tell, announce, copyText, onKey, isDark };

startTheme();
startMenus();
startCopy(tell);
startDialogs();
startNotices();
startTabs();
startTimes();
startChanges(announce);
startPalette();
startDrawer();
startHighlight();
startKeys();

onKey("?", () => document.getElementById("shortcuts").showModal());
onKey("/", search);
onKey("r", () => location.reload());
onKey("c", toggle);
onKey("[", foldRail);
onKey("t", switchTheme);
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "k") {
    event.preventDefault();
    openPalette();
  }
});
document.dispatchEvent(new CustomEvent("trellis:ready"));
