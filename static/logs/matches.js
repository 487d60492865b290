// What a filter matched is marked in the rows, by the browser's own highlights: nothing in the page changes.
const NAME = "logs-match";
const LONGEST = 4000; // characters of a cell that are looked through
const MOST = 3000; // marks of a page
const NESTED = /[+*}]\)[+*{]|\([^)]*[+*][^)]*\)[+*{]/; // could take for ever in a browser: left unmarked

/** The patterns of `like`, `=~` and `=` on the message, as JavaScript knows them. */
function patterns(query) {
  const found = [];
  for (const [, not, pattern, text] of query.matchAll(/(not\s+)?(?:like|=~)\s+(?:\/((?:\\.|[^/\\\n])+)\/|["']((?:\\.|[^"'\\])+)["'])/gi)) {
    if (!not) found.push(pattern ? expression(pattern) : new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "g"));
  }
  return found.filter(Boolean);
}

function expression(pattern) {
  const loose = pattern.startsWith("(?i)");
  const body = loose ? pattern.slice(4) : pattern;
  if (NESTED.test(body) || body.length > 200) return null;
  try {
    return new RegExp(body, loose ? "gi" : "g");
  } catch {
    return null; // RE2 knows more than a browser: such a pattern is left unmarked
  }
}

export function highlight(part, query) {
  if (!globalThis.CSS?.highlights) return;
  CSS.highlights.delete(NAME);
  const wanted = patterns(query);
  if (!wanted.length) return;
  const ranges = [];
  const walker = document.createTreeWalker(part.querySelector("[data-grid] tbody") ?? document.createElement("i"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode() && ranges.length < MOST) mark(walker.currentNode, wanted, ranges);
  CSS.highlights.set(NAME, new Highlight(...ranges));
}

function mark(node, wanted, ranges) {
  if (!node.parentElement.closest(".logs-text, .grid-long")) return;
  const text = node.data.slice(0, LONGEST);
  for (const one of wanted) {
    for (const match of text.matchAll(one)) {
      if (!match[0] || ranges.length >= MOST) return;
      const range = new Range();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      ranges.push(range);
    }
  }
}
