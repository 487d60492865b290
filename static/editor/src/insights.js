// Logs Insights QL: its words coloured, its commands, functions and the fields of the chosen groups completed.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
import { snippetCompletion } from "@codemirror/autocomplete";
import { LanguageSupport, StreamLanguage } from "@codemirror/language";

const COMMANDS = {
  fields: "fields ${@timestamp}, ${@message}",
  display: "display ${field}",
  filter: "filter ${@message} like /${pattern}/",
  stats: "stats count(*) as ${events} by bin(${5m})",
  sort: "sort ${@timestamp} desc",
  limit: "limit ${20}",
  parse: 'parse ${@message} "${user=* took *}" as ${user, took}',
  dedup: "dedup ${field}",
  pattern: "pattern ${@message}",
  diff: "diff ${previousDay}",
  unmask: "unmask ${@message}",
  unnest: "unnest ${field} into ${one}",
};
const WORDS = "as by asc desc and or not like in into source filterindex anomaly lookup join";
const FUNCTIONS = {
  "numbers": "abs ceil floor greatest least log sqrt",
  "times": "bin datefloor dateceil fromMillis toMillis now",
  "any value": "ispresent coalesce",
  "text": "isempty isblank concat ltrim rtrim trim strlen toupper tolower substr replace strcontains jsonParse jsonStringify",
  "addresses": "isValidIp isValidIpv4 isValidIpv6 isIpInSubnet isIpv4InSubnet isIpv6InSubnet",
  "of many events": "avg count count_distinct max min pct percentile stddev sum earliest latest sortsFirst sortsLast",
};
const known = new Set(Object.keys(COMMANDS).concat(WORDS.split(" ")));
const functions = new Set(Object.values(FUNCTIONS).join(" ").toLowerCase().split(" "));

function token(stream, state) {
  if (stream.eatSpace()) return null;
  const before = state.before;
  state.before = "";
  if (stream.match(/#.*/)) return keep(state, before, "comment");
  if (stream.match(/"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?/)) return "string";
  if (stream.match(/\{\{\s*\w+\s*\}\}/)) return "modifier";
  if (stream.match(/`[^`]*`?/)) return keep(state, before === "parse" ? "like" : "", "propertyName");
  if (stream.peek() === "/" && (before === "like" || before === "parse")) {
    if (stream.match(/\/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\])*\/[a-z]*/)) return "regexp";
  }
  if (stream.match(/\d+(?:\.\d+)?(?:ms|mo|[smhdwqy])?\b/)) return "number";
  if (stream.match("=~")) return keep(state, "like", "operator");
  const word = stream.match(/[@$A-Za-z_][\w@.$]*/);
  if (word) return named(stream, state, before, word[0]);
  stream.next();
  return stream.current() === "|" ? "operatorKeyword" : "operator";
}

function keep(state, before, style) {
  state.before = before;
  return style;
}

function named(stream, state, before, word) {
  const lower = word.toLowerCase();
  if (lower === "like" || lower === "parse") return keep(state, lower, "keyword");
  if (before === "parse") state.before = "like"; // parse @message /…/
  if (functions.has(lower) && stream.match(/\s*\(/, false)) return "variableName.function";
  if (known.has(lower)) return "keyword";
  return word.startsWith("@") ? "propertyName" : "variableName";
}

const insights = StreamLanguage.define({
  name: "insights",
  startState: () => ({ before: "" }),
  token,
  languageData: { commentTokens: { line: "#" }, closeBrackets: { brackets: ["(", "[", "{", '"', "'", "`"] } },
});

const commands = Object.entries(COMMANDS).map(([label, text]) => snippetCompletion(text, { label, type: "keyword", detail: "command", boost: 2 }));
const calls = Object.entries(FUNCTIONS).flatMap(([detail, names]) =>
  names.split(" ").map((label) => snippetCompletion(`${label}(\${})`, { label, type: "function", detail })),
);
const words = "as by asc desc and or not like in".split(" ").map((label) => ({ label, type: "keyword" }));

function fieldOption({ name, percent }) {
  const plain = /^[@A-Za-z_][\w@.]*$/.test(name);
  return { label: name, apply: plain ? name : `\`${name}\``, type: "property", detail: percent ? `${percent} % of events` : "field", boost: 1 };
}

/** Commands where a stage begins; functions, words and fields everywhere else. */
function completions(fields) {
  const options = fields.map(fieldOption);
  return (context) => {
    const word = context.matchBefore(/[@\w.$]*/);
    if (word.from === word.to && !context.explicit) return null;
    const line = context.state.sliceDoc(0, word.from);
    const begins = /(^|\||\n)\s*$/.test(line.replace(/#[^\n]*/g, ""));
    return { from: word.from, options: begins ? commands : [...options, ...calls, ...words], validFor: /^[@\w.$]*$/ };
  };
}

const USUAL = ["@timestamp", "@message", "@logStream", "@log", "@ingestionTime", "@ptr"].map((name) => ({ name }));

/** The extensions of the language; `fields` are {name, percent} as AWS found them. */
export function logsInsights(fields) {
  const all = [...(fields ?? []), ...USUAL.filter((usual) => !(fields ?? []).some((field) => field.name === usual.name))];
  return [new LanguageSupport(insights, insights.data.of({ autocomplete: completions(all) }))];
}
