// The order of the pictures in the folder that was seen last: the object page leads to the neighbours without asking AWS.
const NAME = "trellis.pictures";

/** Remember the pictures of a folder's page in their order. */
export function rememberOrder(items) {
  const links = [...items.querySelectorAll("[data-s3-picture] [data-s3-open]")].map((link) => link.getAttribute("href"));
  try {
    sessionStorage.setItem(NAME, JSON.stringify(links));
  } catch (error) {
    console.info("The order of the pictures is not kept:", error.message);
  }
}

/** Return the addresses of the pictures before and after one, null where there is none. */
export function neighbours(url) {
  const links = kept();
  const at = links.indexOf(url);
  return at < 0 ? { previous: null, next: null } : { previous: links[at - 1] ?? null, next: links[at + 1] ?? null };
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(NAME) ?? "[]");
  } catch {
    return []; // storage is switched off
  }
}
