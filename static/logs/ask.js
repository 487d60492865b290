// A filter put into the text of a query, where it belongs: before the first stage that makes other rows of the events.
const LATER = /^(stats|sort|limit|dedup|display|head)\b/i;

/** The stages of a query as {text, start, end}; pipes in strings, patterns and comments separate nothing. */
export function stagesOf(query) {
  const pieces = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*|(?<=(?:like|=~|parse\s+\S+)\s+)\/(?:\\.|[^/\\\n])*\/|\|/gi;
  const found = [];
  let start = 0;
  for (const match of query.matchAll(pieces)) {
    if (match[0] !== "|") continue;
    found.push({ text: query.slice(start, match.index), start, end: match.index });
    start = match.index + 1;
  }
  return [...found, { text: query.slice(start), start, end: query.length }];
}

const nameOf = (name) => (/^[@A-Za-z_][\w@.]*$/.test(name) ? name : `\`${name}\``);

function condition({ name, value, not, kind }) {
  const field = nameOf(name);
  if (value === null) return not ? `ispresent(${field})` : `not ispresent(${field})`;
  const number = ["integer", "float"].includes(kind);
  return `${field} ${not ? "!=" : "="} ${number ? value : `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`}`;
}

/** The query with one more filter; what stats has worked out is filtered after it. */
export function withFilter(query, wanted) {
  const added = `filter ${condition(wanted)}`;
  const stages = stagesOf(query).filter((stage) => stage.text.replace(/#[^\n]*/g, "").trim());
  const stats = stages.filter((stage) => /^\s*stats\b/i.test(stage.text)).at(-1);
  if (stats && worked(stats.text, wanted.name)) return insert(query, stats.end, added);
  const later = stages.find((stage) => LATER.test(stage.text.trim()));
  if (!later) return `${query.trimEnd()}\n| ${added}`;
  const before = stages.filter((stage) => stage.end < later.start).at(-1);
  return before ? insert(query, before.end, added) : `${added}\n| ${query.trimStart()}`;
}

function worked(stats, name) {
  const [, keys = ""] = stats.split(/\bby\b/i);
  return !keys.includes(name) || /\bbin\s*\(/i.test(name);
}

function insert(query, at, added) {
  const before = query.slice(0, at).trimEnd();
  const rest = query.slice(at).trimStart();
  return `${before}\n| ${added}${rest ? `\n${rest}` : ""}`;
}
