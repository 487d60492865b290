// Colours Python, shell, JSON and SQL: one expression per language, five kinds of words, no more.
const PYTHON = "False None True and as assert break class continue def del elif else except finally for from if import in is lambda not or pass raise return try while with yield";
const SQL = "select from where and or not null insert into values update set delete join left right inner outer on group by order having limit as create table drop alter distinct union";
const STRING = `"(?:\\\\.|[^"\\\\])*"|'(?:\\\\.|[^'\\\\])*'`;
const NUMBER = "\\b\\d+(?:\\.\\d+)?\\b";

const RULES = {
  python: [["c", "#[^\\n]*"], ["s", `[bfr]?"""[^]*?"""|[bfr]?(?:${STRING})`], ["k", words(PYTHON)], ["f", "\\b[a-zA-Z_]\\w*(?=\\()"], ["n", NUMBER]],
  shell: [["c", "(?:^|\\s)#[^\\n]*"], ["s", STRING], ["k", "(?:^|\\n)\\s*(?:aws|export|source|curl|python3?|make)\\b"], ["f", "\\s--?[a-zA-Z][\\w-]*"]],
  json: [["f", `"(?:\\\\.|[^"\\\\])*"(?=\\s*:)`], ["s", `"(?:\\\\.|[^"\\\\])*"`], ["k", "\\b(?:true|false|null)\\b"], ["n", `-?${NUMBER}`]],
  sql: [["c", "--[^\\n]*"], ["s", STRING], ["k", words(SQL)], ["n", NUMBER]],
};

function words(list) {
  return `\\b(?:${list.split(" ").join("|")})\\b`;
}

/** Colour one <code data-language>; its text stays what it was. */
export function highlight(code) {
  const rules = RULES[code.dataset.language];
  if (!rules || code.dataset.coloured !== undefined) return;
  const flags = code.dataset.language === "sql" ? "gi" : "g";
  const pattern = new RegExp(rules.map(([, source]) => `(${source})`).join("|"), flags);
  code.replaceChildren(...pieces(code.textContent, pattern, rules));
  code.dataset.coloured = "";
}

function* pieces(text, pattern, rules) {
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > end) yield text.slice(end, match.index);
    const kind = rules[match.slice(1).findIndex((group) => group !== undefined)][0];
    yield coloured(match[0], kind);
    end = match.index + match[0].length;
  }
  if (end < text.length) yield text.slice(end);
}

function coloured(text, kind) {
  const span = document.createElement("span");
  span.className = `tok-${kind}`;
  span.textContent = text;
  return span;
}

export function startHighlight() {
  const colour = (part) => part.querySelectorAll("code[data-language]").forEach(highlight);
  colour(document.querySelector("main"));
  document.addEventListener("htmx:afterSettle", (event) => colour(event.target));
}
