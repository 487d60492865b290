// What a fragment asked AWS goes into the page's drawer.
export function addCalls(part) {
  for (const carrier of part.querySelectorAll("[data-logs-calls]")) {
    window.trellis.drawer.add(JSON.parse(carrier.textContent).calls);
    carrier.remove();
  }
}
