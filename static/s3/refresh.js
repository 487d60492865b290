// After an upload: the folder as it is now, without losing what is chosen, loaded, or where the page stands.

/** Bring a folder's listing up to date. Tiles that are there stay as they are; new ones come in at their place. */
export async function refreshListing() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) {
    window.trellis.tell("The folder could not be read again. Load the page to see it as it is.", "warning");
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [here, there] = [document, fresh].map((page) => page.querySelector("[data-s3-listing]"));
  const items = here.querySelector("[data-s3-items]");
  const wanted = there.querySelector("[data-s3-items]");
  if (items && wanted) merge(items, wanted);
  else here.replaceChildren(...there.childNodes);
  for (const part of [".page-head .facts", "[data-s3-foot]"]) replacePart(part, fresh);
  window.htmx.process(here);
  document.dispatchEvent(new CustomEvent("trellis:listing", { detail: here }));
}

function replacePart(selector, fresh) {
  const [old, now] = [document, fresh].map((page) => page.querySelector(selector));
  if (old && now) old.replaceChildren(...now.childNodes);
}

function identity(entry) {
  const tick = entry.querySelector("input[form='selection']");
  return tick ? `${tick.name} ${tick.value}` : "more";
}

function sameContent(old, now) {
  const source = (entry) => entry.querySelector("img")?.getAttribute("src");
  return source(old) === source(now);
}

function merge(items, wanted) {
  const known = new Map([...items.children].map((entry) => [identity(entry), entry]));
  const more = known.get("more");
  let before = null; // the entry after which the next one belongs
  for (const now of [...wanted.children]) {
    const old = known.get(identity(now));
    if (identity(now) === "more" && (more || known.size > wanted.children.length)) continue; // more is loaded than the first page shows
    before = placed(items, old, now, before);
  }
}

function placed(items, old, now, before) {
  if (old && sameContent(old, now)) return old;
  if (old) {
    now.querySelector("input").checked = old.querySelector("input").checked;
    old.replaceWith(now);
  } else if (before) before.after(now);
  else items.prepend(now);
  return now;
}
