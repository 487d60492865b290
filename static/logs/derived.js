// A page of its own for what is asked beside a query: its picture, and the way to a part of it.
import { drawHistograms } from "./plots.js";

function zoom(from, to) {
  const link = document.querySelector("[data-logs-histogram] a[href]");
  const url = new URL(link.href);
  url.searchParams.set("start", new Date(from).toISOString());
  url.searchParams.set("end", new Date(to).toISOString());
  location.assign(url);
}

const draw = () => drawHistograms(document, zoom);
document.addEventListener("htmx:afterSettle", draw);
document.addEventListener("logs:zone", draw);
draw();
