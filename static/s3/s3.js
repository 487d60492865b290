// The scripts of S3's pages: each part starts where its markup is.
import { startColours } from "./colours.js";
import { startGallery } from "./gallery.js";
import { startLink, startViewer, watchPicture } from "./object.js";
import { rememberOrder } from "./order.js";
import { refreshListing } from "./refresh.js";
import { startUploader } from "./uploader.js";

function startListing() {
  const items = document.querySelector("[data-s3-items]");
  if (!items || items.dataset.started !== undefined) return;
  items.dataset.started = "";
  startColours(items);
  startGallery(items, document.querySelector("[data-s3-selection]"));
  rememberOrder(items);
  new MutationObserver(() => rememberOrder(items)).observe(items, { childList: true });
}

function start() {
  const upload = document.querySelector("[data-s3-upload]");
  if (upload) startUploader(upload, refreshListing);
  startListing();
  startViewer(document.querySelector("[data-s3-viewer]"));
  watchPicture(document.querySelector("[data-s3-view] img"));
  startLink(document.querySelector("[data-s3-link]"));
}

document.addEventListener("trellis:listing", startListing);
start();
