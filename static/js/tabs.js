// Tabs that do not fit scroll sideways: the current one is brought into sight.

export function startTabs() {
  for (const tabs of document.querySelectorAll(".tabs")) {
    const current = tabs.querySelector('[aria-current="page"]');
    if (current) tabs.scrollLeft = current.offsetLeft - (tabs.clientWidth - current.offsetWidth) / 2 - tabs.offsetLeft;
  }
}
